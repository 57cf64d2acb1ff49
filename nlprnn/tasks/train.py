"""Training from Python: a recipe, data of any kind, and options by name."""

from __future__ import annotations

import difflib
import runpy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.errors import OptionError
from nlprnn.experiment.command import RecipeCommand
from nlprnn.resources import recipes_folder

if TYPE_CHECKING:
    from nlprnn.pipelines.loading import AnyPipeline
    from nlprnn.tasks.evaluation import EvaluationResult

_COLUMNS: Mapping[str, Sequence[str]] = {
    "sentiment": ("text", "label"),
    "news": ("text", "label"),
    "regression": ("text", "number"),
    "tagging": ("tokens", "tags"),
    "translation": ("source", "target"),
    "text_generation": ("text",),
    "pretrain": ("text",),
    "sequences": ("features", "label"),
}
"""Recipe -> columns of data that are given as lists."""


def train(task: str, data: Any = None, **options: Any) -> AnyPipeline:
    """Train a model and return it; `model.scores` are those of the splits that were held out.

    Everything is as with the command of the recipe: the report of the data on standard error, the run's folder (`out`,
    else a new one under `runs/`) with model card and curve, Ctrl-C and `resume=True`.

    Args:
        task: a recipe ("sentiment", "news", "regression", "tagging", "translation", "text_generation", ...), or the
            path of a script with one.
        data: a path, a sample's name or a Hub id, a data frame of pandas or polars, a `Dataset` or `DatasetDict`, a
            list of dictionaries, two lists (texts and labels, numbers or translations; words and tags of sentences;
            feature arrays (T, D) and labels; for text generation one list of texts), or a mapping of "train",
            "validation" and "test" to one of these.
        options: of the recipe, by name: `epochs=3, text_field="body"`; `mix_in` may be data of any kind too.

    Raises:
        NlprnnError: a task or option is unknown, the data are missing or damaged, or training fails; one sentence.
    """
    recipe = load_recipe(task)
    for name in ("seeds", "find_learning_rate"):
        if options.get(name) not in (None, 1):
            raise OptionError(f"{name} gives no single model: use the command of the recipe")
    if data is not None:
        from nlprnn.data.in_memory import dataset_name

        columns = ("text", "labels") if options.get("multi_label") else _COLUMNS.get(recipe.recipe, ("text", "label"))
        options["dataset"] = dataset_name(data, columns)
        if options.get("mix_in") is not None:
            options["mix_in"] = dataset_name(options["mix_in"], columns)
    folder = recipe.train(**options)
    from nlprnn.pipelines import load

    return load(folder, device=str(options.get("device", "auto")))


def load_recipe(task: str) -> RecipeCommand:
    """Return the command of a recipe that comes with the package, by its name, or of a script, by its path.

    Raises:
        OptionError: there is none; names the nearest.
    """
    path = Path(task)
    if path.suffix != ".py" or not path.is_file():
        path = recipes_folder() / f"{task.replace('-', '_')}.py"
    command = runpy.run_path(str(path)).get("main") if path.is_file() else None
    if not isinstance(command, RecipeCommand):
        near = difflib.get_close_matches(task, recipe_names(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(recipe_names())}"
        raise OptionError(f"there is no recipe {task!r}: {hint}")
    return command


def recipe_names() -> list[str]:
    """Return the names of the recipes that come with the package."""
    paths = recipes_folder().glob("*.py")
    return sorted(path.stem for path in paths if "@recipe(" in path.read_text(encoding="utf-8"))


def evaluate_data(pipeline: AnyPipeline, data: Any, **options: Any) -> EvaluationResult:
    """Score a pipeline on data of any kind that `train` takes.

    Args:
        pipeline: a trained model.
        data: with the columns, or lists, that it was trained on.
        options: of the evaluation, by name: `split="test"`, `text_field="body"`.

    Raises:
        NlprnnError: an option is unknown or does not fit the model, or the data are missing or damaged.
        TypeError: there is no evaluation of this kind of pipeline.
    """
    from nlprnn.data.in_memory import dataset_name
    from nlprnn.experiment.run_file import trained_columns
    from nlprnn.tasks.evaluation import evaluate, evaluation_options

    kind = evaluation_options(pipeline)
    dataset = dataset_name(data, _columns_of(pipeline))
    trained = {} if pipeline.folder is None else trained_columns(pipeline.folder)
    return evaluate(pipeline, dataset, kind.from_mapping(options), trained_columns=trained)


def _columns_of(pipeline: AnyPipeline) -> Sequence[str]:
    from nlprnn import pipelines

    columns: Mapping[type, Sequence[str]] = {
        pipelines.Generator: ("text",),
        pipelines.Regressor: ("text", "number"),
        pipelines.SequenceClassifier: ("features", "label"),
        pipelines.SequenceRegressor: ("features", "label"),
        pipelines.Tagger: ("tokens", "tags"),
        pipelines.Translator: ("source", "target"),
    }
    several = bool(getattr(pipeline.model, "multi_label", False))
    return next((of for one, of in columns.items() if isinstance(pipeline, one)), ("text", "label" + "s" * several))
