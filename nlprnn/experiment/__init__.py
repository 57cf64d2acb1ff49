"""A run of a recipe: options, run folder, seed, model card."""

from nlprnn.experiment.command import RecipeCommand, recipe
from nlprnn.experiment.options import Options, option
from nlprnn.experiment.run import Run
from nlprnn.experiment.run_options import RunOptions

__all__ = ["Options", "RecipeCommand", "Run", "RunOptions", "option", "recipe"]
