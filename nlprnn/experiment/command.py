"""The options that all recipes share, so that they speak one language."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import nullcontext, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nlprnn.devices import DEVICES
from nlprnn.errors import TrainingError
from nlprnn.experiment.run import Run, can_resume, has_ended, recall_options, remember_options, resume_command, set_seed
from nlprnn.experiment.run_folder import has_checkpoint, is_further_process, run_folder
from nlprnn.friendly_command import INTERRUPTED, FriendlyCommand

SEED = click.IntRange(0, 2**32 - 1)
"""What NumPy and torch both take as a seed."""
_SHARED = ("dataset", "seed", "epochs", "max_minutes", "device", "resume", "tensorboard")
_LENGTH = ("epochs", "max_minutes")
# What a training ends by; not every recipe has them all.
_END = (*_LENGTH, "patience")
# What may be given anew when a run goes on; anything else would make it another run.
_FREE_TO_CHANGE = {"prompt", "out", "resume", *_END, "device", "threads", "tensorboard"}


def recipe(
    name: str, *, dataset: str, epochs: int, sample: Mapping[str, float | str]
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a command of a function `main(run, **own options)`.

    Adds the shared options, picks the folder, seeds everything, remembers the options for `--resume`, and tells
    how to go on when training is stopped. The recipe's own options are added by `click.option` as usual, below.

    Args:
        name: of the recipe, and of its folder under `runs/`.
        dataset: the default of `--dataset`.
        epochs: the default of `--epochs`.
        sample: options that differ on the default data set, such as `max_minutes` for a first run that soon ends.
    """

    def decorate(main: Callable[..., None]) -> click.Command:
        def callback(**options: Any) -> None:
            ctx = click.get_current_context()
            with run_folder(name, options["out"], resume=options["resume"]) as folder:
                if options["resume"]:
                    stored = recall_options(folder, name)
                    options = _merge(ctx, stored)
                    if has_ended(folder) and all(str(options.get(key)) == str(stored.get(key)) for key in _END):
                        more = " or ".join("--" + key.replace("_", "-") for key in _END if key in options)
                        click.echo(f"The run in {folder} has ended: more {more} would train it further.")
                        return
                    options["resume"] = can_resume(folder)
                elif options["dataset"] == dataset:
                    options.update(_chosen(ctx, sample))
                _check_machine(options["device"], tensorboard=options["tensorboard"])
                set_seed(options["seed"], options["threads"])
                own = {key: value for key, value in options.items() if key not in (*_SHARED, "out", "threads")}
                remember_options(folder, name, {**options, "out": None, "resume": False})
                _call(main, Run(recipe=name, folder=folder, **{key: options[key] for key in _SHARED}), own)

        callback.__doc__ = main.__doc__
        callback.__click_params__ = getattr(main, "__click_params__", [])  # type: ignore[attr-defined]
        settings = {"show_default": True, "help_option_names": ["-h", "--help"]}
        command = click.command(name, cls=FriendlyCommand, context_settings=settings)
        return command(_shared_options(callback, dataset, epochs))

    return decorate


def _call(main: Callable[..., None], run: Run, own: dict[str, Any]) -> None:
    from nlprnn.training.signals import TrainingInterrupted

    quiet = redirect_stdout(io.StringIO()) if is_further_process() else nullcontext()
    try:
        with quiet:
            main(run, **own)
    except (TrainingInterrupted, KeyboardInterrupt) as stopped:
        if has_checkpoint(run.folder):
            saved = "everything is saved" if isinstance(stopped, TrainingInterrupted) else "the last checkpoint is kept"
            text = f"Training was stopped, and {saved}. Go on with:\n  {resume_command(run.folder)}"
        else:
            text = "Stopped before there was anything to save."
        click.echo("\n" + text, err=True)
        raise click.exceptions.Exit(INTERRUPTED) from stopped


def _check_machine(device: str, *, tensorboard: bool) -> None:
    """Raise at once, rather than after the data are read."""
    from nlprnn.devices import resolve_device

    resolve_device(device)
    if tensorboard and find_spec("tensorboard") is None:
        raise TrainingError('--tensorboard needs TensorBoard: pip install "nlprnn[tensorboard]"')


def _shared_options(command: Callable[..., None], dataset: str, epochs: int) -> Callable[..., None]:
    for option in (
        click.option("--tensorboard", is_flag=True, help="Write TensorBoard's files as well."),
        click.option("--threads", type=click.IntRange(1, 1024), help="CPU threads; all cores if not given."),
        click.option("--resume", is_flag=True, help="Go on with the run in --out, exactly where it stopped."),
        click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs."),
        click.option(
            "--max-minutes",
            type=click.FloatRange(min=0, min_open=True),
            help="Plan the training over so many minutes where the epochs would take longer; it ends in time.",
        ),
        click.option("--epochs", type=click.IntRange(min=1), default=epochs, help="Passes over the data."),
        click.option("--seed", type=SEED, default=1, help="Seed of all that is random."),
        click.option(
            "--out", type=click.Path(path_type=Path), help="Folder of the model; a new one under runs/ if not given."
        ),
        click.option("--dataset", default=dataset, help="Sample name, Hub id, folder or file."),
    ):
        command = option(command)
    return command


def _chosen(ctx: click.Context, sample: Mapping[str, float | str]) -> dict[str, float | str]:
    """What differs on the sample data from the defaults, and was not given; say so."""
    chosen = {key: value for key, value in sample.items() if not _given(ctx, *(_LENGTH if key in _LENGTH else [key]))}
    if chosen and not is_further_process():
        shown = {key: value if isinstance(value, str) else f"{value:g}" for key, value in chosen.items()}
        told = " ".join(f"--{key.replace('_', '-')} {value}" for key, value in shown.items())
        click.echo(f"The sample data are trained on with {told}; give your own to change that.", err=True)
    return chosen


def _given(ctx: click.Context, *names: str) -> bool:
    """Whether any of these options stood on the command line."""
    defaults = (ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP)
    return any(ctx.get_parameter_source(name) not in defaults for name in names)


def _merge(ctx: click.Context, stored: dict[str, Any]) -> dict[str, Any]:
    """Take the options of the stopped run, but for those given anew; one that may not change is an error.

    An option that this recipe did not have yet when the run began is free, and what it is taken as is told.
    """
    merged = dict(ctx.params)
    types = {parameter.name: parameter for parameter in ctx.command.params}
    for name, value in ctx.params.items():
        given = _given(ctx, name)
        before = stored.get(name)
        if given and name in stored and name not in _FREE_TO_CHANGE and str(value) != str(before):
            option = "--" + name.replace("_", "-")
            raise TrainingError(
                f"{option} is {value} now and was {before} when the run began: leave it out to resume, "
                "or begin another run with another --out"
            )
        if given or name in ("out", "resume"):
            continue
        if name in stored:
            merged[name] = types[name].type_cast_value(ctx, before)
        else:
            option = "--" + name.replace("_", "-")
            click.echo(
                f"{option} did not exist when the run began, and is {value} now; give it to change that.", err=True
            )
    return merged
