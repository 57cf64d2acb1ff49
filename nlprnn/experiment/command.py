"""A recipe as a command: options from the command line, a settings file or Python; one folder a run; resume."""

from __future__ import annotations

import io
import shlex
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nlprnn.errors import NlprnnError, OptionError, TrainingError
from nlprnn.experiment.learning_rate import LearningRateFinder, LearningRateSearched
from nlprnn.experiment.options import click_options, option_fields, plain
from nlprnn.experiment.run import Run
from nlprnn.experiment.run_file import (
    has_ended,
    is_longer,
    kept_if_refused,
    stored_explicit,
    stored_options,
    write_run_file,
)
from nlprnn.experiment.run_folder import can_resume, is_further_process, is_restart, is_saved, run_folder
from nlprnn.experiment.run_options import RunOptions
from nlprnn.experiment.seed import set_seed
from nlprnn.experiment.seeds import check_seeds, finish_seeds, log_seed, open_seed_runs
from nlprnn.experiment.settings import find_settings, read_settings
from nlprnn.friendly_command import INTERRUPTED, FriendlyCommand

if TYPE_CHECKING:
    from nlprnn.training.callbacks import Callback

Main = Callable[[Run, Any], None]


def recipe(name: str) -> Callable[[Main], RecipeCommand]:
    """Make a command of a function `main(run, options)`, whose annotation of `options` is an `Options` dataclass.

    The command chooses the folder, seeds all random generators, stores the options for `--resume`, and prints how to
    continue when training is stopped.

    Args:
        name: of the recipe, and of its folder under `runs/`.
    """

    def decorate(main: Main) -> RecipeCommand:
        return RecipeCommand(name, main, typing.get_type_hints(main)["options"])

    return decorate


class RecipeCommand(FriendlyCommand):
    """The command of a recipe; `train` runs it from Python.

    Args:
        name: of the recipe.
        main: the recipe.
        options: its options.
    """

    def __init__(self, name: str, main: Main, options: type[RunOptions]) -> None:
        config = click.Option(
            ["--config"],
            is_eager=True,
            expose_value=False,
            callback=self._read_settings,
            help="Settings: a TOML file of options, or the name of one that comes with the recipes; flags win over it.",
        )
        super().__init__(
            name,
            params=[config, *click_options(options)],
            callback=self._run_from_command_line,
            help=main.__doc__,
            context_settings={"show_default": True, "help_option_names": ["-h", "--help"], "max_content_width": 120},
        )
        self.recipe = name
        self.main_function = main
        self.options = options

    def train(
        self, *, callbacks: Sequence[Callback] = (), scored_splits: Sequence[str] | None = None, **options: Any
    ) -> Path:
        """Run the recipe with these options, the others by default; return the folder of the model.

        Args:
            callbacks: of the `Trainer`.
            scored_splits: held-out splits to score at the end; None = all.
            options: of the recipe, by name.

        Raises:
            NlprnnError: as the command would print it; `TrainingInterrupted` after Ctrl-C, with everything saved;
                `LearningRateSearched`, with the losses, after `find_learning_rate`.
        """

        def main(run: Run) -> None:
            run = replace(run, callbacks=[*run.callbacks, *callbacks], scored_splits=scored_splits)
            self.main_function(run, run.options)

        return self._run(options, main, hint=False)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line; an option that other recipes have and this one has not is an error with the reason."""
        for argument in args:
            name = argument.partition("=")[0].removeprefix("--").replace("-", "_")
            if argument.startswith("--") and name in self.options.absent:
                raise click.UsageError(
                    f"There is no {argument.partition('=')[0]} here: {self.options.absent[name]}.", ctx
                )
        return super().parse_args(ctx, args)

    def _read_settings(self, ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
        if value is None:
            return
        try:
            ctx.default_map = read_settings(find_settings(value), self.options)
        except NlprnnError as error:
            raise click.UsageError(str(error), ctx) from None

    def _run_from_command_line(self, **values: Any) -> None:
        ctx = click.get_current_context()
        changes = {name: value for name, value in values.items() if ctx.get_parameter_source(name) not in _NOT_GIVEN}
        quiet = redirect_stdout(io.StringIO()) if is_further_process() else nullcontext()
        with quiet:
            try:
                self._run(changes, lambda run: self.main_function(run, run.options), hint=True)
            except LearningRateSearched as found:
                click.echo(found.report(values["find_learning_rate"]))

    def _run(self, changes: Mapping[str, Any], main: Callable[[Run], None], *, hint: bool) -> Path:
        """Begin or resume a run; `hint`: where it is stopped, print how to continue it, and exit."""
        out = None if changes.get("out") is None else Path(changes["out"])
        resume = bool(changes.get("resume")) or is_restart(out)
        # Options of a run that is resumed are checked together with those that it began with.
        options = self.options() if resume else self.options.from_mapping(changes)
        with run_folder(self.recipe, out, resume=resume) as folder:
            explicit = frozenset(changes)
            if resume:
                explicit |= stored_explicit(folder, self.options)
                stored = stored_options(folder, self.recipe)
                options = _resumed_options(self.options, stored, changes)
                check_seeds(folder, options, stored)
                if has_ended(folder) and not is_longer(options, stored):
                    flags = [field.flag for field in option_fields(self.options) if field.meta["length"]]
                    flags += ["--seeds"] if options.seeds > 1 else []
                    click.echo(f"The run in {folder} has ended: a larger {' or '.join(flags)} would train it further.")
                    return folder
            _check_machine(options)
            with _print_resume_command(folder) if hint else nullcontext():
                self._train(folder, options, main, resume=resume, explicit=explicit)
            return folder

    def _train(
        self,
        folder: Path,
        options: RunOptions,
        main: Callable[[Run], None],
        *,
        resume: bool,
        explicit: frozenset[str],
    ) -> None:
        """Train in a folder, or once for each of several seeds, each in a folder in it."""
        if options.seeds > 1:
            from nlprnn.training.distributed import wait_for_all_processes

            write_run_file(folder, self.recipe, options, explicit)
            for run in open_seed_runs(folder, options):
                log_seed(run)
                with run_folder(self.recipe, run.folder, resume=run.resume):
                    wait_for_all_processes()  # else the others would write into the folder before the first has it
                    self._train(run.folder, run.options, main, resume=run.resume, explicit=explicit)
            finish_seeds(folder, options)
            return
        resume = resume and can_resume(folder)
        set_seed(options.seed, options.threads)
        with kept_if_refused(folder) if resume and not is_further_process() else nullcontext():
            write_run_file(folder, self.recipe, options, explicit)
            callbacks = [LearningRateFinder()] if options.find_learning_rate else []
            main(Run(self.recipe, folder, options, resume, explicit, callbacks))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under the heading of the class that declares them, those of every run last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        headings = {field.name: field.section for field in option_fields(self.options)}
        parameters = [parameter for parameter in self.get_params(ctx) if parameter.name in headings]
        last = RunOptions.section
        for parameter in sorted(parameters, key=lambda parameter: headings[parameter.name or ""] == last):
            if (record := parameter.get_help_record(ctx)) is not None:
                sections.setdefault(headings[parameter.name or ""], []).append(record)
        others = [p.get_help_record(ctx) for p in self.get_params(ctx) if p.name not in headings]
        sections.setdefault(last, []).extend(record for record in others if record is not None)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


_NOT_GIVEN = (ParameterSource.DEFAULT, None)


def _resumed_options(cls: type[RunOptions], stored: Mapping[str, Any], changes: Mapping[str, Any]) -> RunOptions:
    """Return the options of the stopped run, except for those given now that may change.

    An option that this recipe did not have yet when the run began is free; its value is reported.

    Raises:
        TrainingError: an option is given that may not change, or the run has one that is not known any more.
    """
    fields = {field.name: field for field in option_fields(cls)}
    for name in changes.keys() - fields.keys():
        cls.from_mapping({name: changes[name]})  # raises, and names the nearest option
    requested = cls().to_mapping() | {name: plain(fields[name].checked(value)) for name, value in changes.items()}
    merged = dict(stored)
    for field in fields.values():
        name = field.name
        if name in changes:
            if not field.meta["free"] and name in stored and requested[name] != stored[name]:
                raise TrainingError(
                    f"{field.flag} is {requested[name]} now and was {stored[name]} when the run began: leave it out to "
                    "resume, or begin another run with another --out"
                )
            merged[name] = requested[name]
        elif name not in stored:
            click.echo(
                f"{field.flag} did not exist when the run began, and is {requested[name]} now; give it to change that.",
                err=True,
            )
    try:
        return cls.from_mapping(merged)
    except OptionError as error:
        raise TrainingError(f"the run began with other options ({error}): begin another with another --out") from error


def _check_machine(options: RunOptions) -> None:
    """Raise before the data are read rather than after."""
    from nlprnn.devices import resolve_device
    from nlprnn.training.precision import check_precision, chosen_precision

    try:
        precision = chosen_precision(options.precision)
    except ValueError as error:  # that of `accelerate launch`
        raise TrainingError(f"{error} with --precision") from None
    check_precision(precision, resolve_device(options.device))
    if options.tensorboard and find_spec("tensorboard") is None:
        raise TrainingError('--tensorboard needs TensorBoard: pip install "nlprnn[tensorboard]"')


@contextmanager
def _print_resume_command(folder: Path) -> Iterator[None]:
    """Where training is stopped, print how to continue it, and exit; name a process that is missing."""
    from nlprnn.training.distributed import is_lost_process
    from nlprnn.training.signals import TrainingInterrupted

    try:
        yield
    except (TrainingInterrupted, KeyboardInterrupt) as stopped:
        if is_saved(folder):
            kept = "everything is saved" if isinstance(stopped, TrainingInterrupted) else "the last checkpoint is kept"
            text = f"Training was stopped, and {kept}. Continue with:\n  {_resume_command(folder)}"
        else:
            text = "Stopped before there was anything to save."
        if not is_further_process():
            click.echo("\n" + text, err=True)
        code = stopped.exit_code if isinstance(stopped, TrainingInterrupted) else INTERRUPTED
        raise click.exceptions.Exit(code) from stopped
    except RuntimeError as error:
        if is_lost_process(error):
            raise TrainingError(
                "another process of this training has ended, and its output names the reason: add --resume to go on "
                "from the last checkpoint"
            ) from error
        raise


def _resume_command(folder: Path) -> str:
    """Return the command that continues the run in a folder."""
    program = Path(sys.argv[0])
    caller = "python " + shlex.quote(str(program)) if program.suffix == ".py" else program.name
    return f"{caller} --out {shlex.quote(str(folder))} --resume"
