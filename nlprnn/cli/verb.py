"""What the verbs share: how one is made, and the options of model, texts, JSON and device."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

import click

from nlprnn.devices import DEVICES
from nlprnn.experiment.options import Options, click_options
from nlprnn.friendly_command import FriendlyCommand

MODEL = click.Option(["--model"], metavar="MODEL", required=True, help="Model folder or Hub id.")
MODELS = click.Option(
    ["--model", "models"],
    metavar="MODEL",
    required=True,
    multiple=True,
    help="Model folder or Hub id; repeated, an ensemble of translation models.",
)
MODEL_OR_BUNDLED = click.Option(
    ["--model"], metavar="MODEL", help="Model folder or Hub id; the bundled model of fairy tales if not given."
)
TEXTS = click.Argument(["texts"], nargs=-1)
FILE = click.Option(
    ["--file", "path"],
    type=click.Path(path_type=Path),
    help='File of texts: a table (CSV, TSV, JSON lines, Parquet), or one a line; "-" = standard input.',
)
DEVICE = click.Option(["--device"], type=click.Choice(DEVICES), default="auto", help="Device to run on.")


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
