"""What the verbs share: how one is made, and the options of model, texts, JSON and device."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nlprnn.devices import DEVICES
from nlprnn.experiment.options import Options, click_options
from nlprnn.friendly_command import FriendlyCommand
from nlprnn.resources import BUNDLED_MODELS, bundled_model_folder

MODEL = click.Option(["--model"], metavar="MODEL", required=True, help="Model folder or Hub id.")
MODELS = click.Option(
    ["--model", "models"],
    metavar="MODEL",
    required=True,
    multiple=True,
    help="Model folder or Hub id; repeated, an ensemble of translation models.",
)
TEXTS = click.Argument(["texts"], nargs=-1)
FILE = click.Option(
    ["--file", "path"],
    type=click.Path(path_type=Path),
    help='File of texts: a table (CSV, TSV, JSON lines, Parquet), or one a line; "-" = standard input.',
)
DEVICE = click.Option(["--device"], type=click.Choice(DEVICES), default="auto", help="Device to run on.")


def bundled_model_option(name: str) -> click.Option:
    """Return `--model`, by default a model that comes with the package, which is then named on standard error."""

    def announce(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
        if ctx.get_parameter_source(parameter.name or "") is ParameterSource.DEFAULT and not ctx.resilient_parsing:
            click.echo(f"Model: {name} ({BUNDLED_MODELS[name]}; comes with nlprnn). --model takes another.", err=True)
        return value

    return click.Option(
        ["--model"],
        metavar="MODEL",
        default=lambda: str(bundled_model_folder(name)),
        show_default=f"{name}, which comes with nlprnn",
        callback=announce,
        help="Model folder or Hub id.",
    )


def json_option(content: str) -> click.Option:
    """Return `--json`, a flag for output to programs."""
    return click.Option(["--json", "as_json"], is_flag=True, help=f"JSON output: {content}.")


def verb(*parameters: click.Parameter | type[Options]) -> Callable[[Callable[..., None]], FriendlyCommand]:
    """Make a verb of a function, which has its name, and whose docstring is its help.

    Args:
        parameters: of the command line, in the order of the help. A dataclass of options stands for all its fields,
            which the function gets as one value, `options`.
    """
    group = next((parameter for parameter in parameters if isinstance(parameter, type)), None)
    params = chain.from_iterable(click_options(one) if isinstance(one, type) else [one] for one in parameters)

    def decorate(function: Callable[..., None]) -> FriendlyCommand:
        def callback(**values: Any) -> None:
            if group is not None:
                values["options"] = group(**{field.name: values.pop(field.name) for field in fields(group)})
            function(**values)

        return FriendlyCommand(
            function.__name__,
            callback=callback,
            params=list(params),
            help=inspect.getdoc(function),
            context_settings={"show_default": True},
        )

    return decorate
