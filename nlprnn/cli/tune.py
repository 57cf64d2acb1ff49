"""`nlprnn tune`: a search for good options of a recipe within a time budget."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nlprnn.errors import OptionError
from nlprnn.experiment.command import RecipeCommand
from nlprnn.friendly_command import FriendlyCommand
from nlprnn.tasks.train import load_recipe, recipe_names

_POSITIVE = click.FloatRange(0, min_open=True)
_OWN = (
    click.Option(
        ["--max-minutes", "study_minutes"], type=_POSITIVE, help="Time budget in minutes of the study, all included."
    ),
    click.Option(
        ["--trial-minutes"],
        type=_POSITIVE,
        help="Time limit of the training of a trial in minutes.  [default: a tenth of --max-minutes]",
    ),
    click.Option(["--max-model-mb"], type=_POSITIVE, help="Size limit of a model's weights in megabytes."),
    click.Option(
        ["--seeds", "study_seeds"],
        type=click.IntRange(1),
        help="Number of seeds that the best setting and the defaults are compared with at the end.  [default: 3]",
    ),
    click.Option(
        ["--out", "study_out"],
        type=click.Path(path_type=Path),
        help="Folder of the study.  [default: a new one under runs/]",
    ),
    click.Option(["--resume", "resume_study"], is_flag=True, help="Continue the study in --out where it stopped."),
)
_REPLACED = {"max_minutes", "seeds", "out", "resume"}
"""Options of a recipe in whose place a study has its own."""


class RecipeGroup(click.Group):
    """A group with a command for each recipe, by its name or the path of its script."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the recipes that come with the package and have options to tune."""
        return recipe_names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a recipe, and return the command that tunes it."""
        try:
            return _command(load_recipe(cmd_name), cmd_name)
        except OptionError:  # which click words itself
            return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names of the recipes without loading them."""
        with formatter.section("Recipes"):
            formatter.write_text(", ".join(self.list_commands(ctx)) + ", or the path of a script")


@click.group(cls=RecipeGroup, subcommand_metavar="RECIPE [OPTIONS]", context_settings={"show_default": True})
def tune() -> None:
    """Search for good options of RECIPE within a time budget: no search space to write.

    The first trial has the defaults; options that you give stay as they are. Ctrl-C hands over the best so far.

    \b
    nlprnn tune sentiment --dataset reviews.csv --max-minutes 30
    nlprnn tune news --max-minutes 60 --hidden-size 128 --max-model-mb 5
    nlprnn tune news --out runs/tune-news --resume --max-minutes 120
    nlprnn tune news --help
    """


def _command(recipe: RecipeCommand, name: str) -> click.Command:
    """Return the command that tunes a recipe: the options of a study, and those of the recipe, which stay fixed."""
    shared = [parameter for parameter in recipe.params if parameter.name not in _REPLACED]
    return FriendlyCommand(
        name,
        params=[*_OWN, *shared],
        callback=partial(_tune, recipe, name),
        help=f"Search for good options of the recipe {name}; those of the recipe that are given stay fixed.",
        context_settings={"show_default": True, "help_option_names": ["-h", "--help"], "max_content_width": 120},
    )


def _tune(
    recipe: RecipeCommand,
    name: str,
    /,
    study_minutes: float | None,
    trial_minutes: float | None,
    max_model_mb: float | None,
    study_seeds: int | None,
    study_out: Path | None,
    resume_study: bool,
    **values: Any,
) -> None:
    from nlprnn.training.signals import TrainingInterrupted
    from nlprnn.tuning.run_study import StudyRequest, run_study

    ctx = click.get_current_context()
    default = (ParameterSource.DEFAULT, None)
    fixed = {key: value for key, value in values.items() if ctx.get_parameter_source(key) not in default}
    request = StudyRequest(study_minutes, trial_minutes, max_model_mb, study_seeds)
    try:
        run_study(recipe, name, fixed, request, out=study_out, resume=resume_study)
    except TrainingInterrupted as stopped:
        command = f"nlprnn tune {shlex.quote(name)} --out {shlex.quote(str(stopped))} --resume"
        click.echo(f"\nEverything is saved. Continue with:\n  {command}", err=True)
        raise click.exceptions.Exit(stopped.exit_code) from None
