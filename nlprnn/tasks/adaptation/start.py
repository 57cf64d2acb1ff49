"""The start of an adaptation: the former model is loaded, and the options of the recipe become those of that model."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch

from nlprnn import pipelines
from nlprnn.errors import ModelError, OptionError
from nlprnn.experiment import Run
from nlprnn.experiment.adaptation_options import AdaptationOptions
from nlprnn.experiment.origin import OLD_VALIDATION, Origin
from nlprnn.experiment.plan import Plan
from nlprnn.experiment.run_file import options_of_training
from nlprnn.pipelines.loading import load
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.resources import is_in_package
from nlprnn.serialization.checksums import file_checksum
from nlprnn.serialization.hub import local_folder
from nlprnn.serialization.model_files import WEIGHTS_FILE
from nlprnn.serialization.model_folder import read_config
from nlprnn.tasks.adaptation.traits import Traits, traits_of
from nlprnn.training.files import INITIAL_MODEL

PipelineT = TypeVar("PipelineT", bound=Pipeline[Any, Any])
OptionsT = TypeVar("OptionsT", bound=AdaptationOptions)
PlanT = TypeVar("PlanT", bound=Plan)

LEARNING_RATE_FACTOR = 0.5
"""Of the learning rate of a new model."""

_EPOCHS, _PATIENCE = 10, 3
"""Epochs at most, and epochs without improvement after which training ends."""

_RECIPES: Mapping[type, tuple[str, str]] = {
    pipelines.Classifier: ("classifier", "news"),
    pipelines.Forecaster: ("forecaster", "forecasting"),
    pipelines.Generator: ("language model", "text_generation"),
    pipelines.Recognizer: ("speech recognizer", "speech"),
    pipelines.Regressor: ("regressor", "regression"),
    pipelines.Tagger: ("tagger", "tagging"),
    pipelines.TextEncoder: ("pretrained encoder", "pretrain"),
    pipelines.Translator: ("translation model", "translation"),
}
"""Kind of a model -> its noun, and the recipe that trains such."""

_READING = (
    *("encoding", "header", "columns", "split_field", "sentence_field", "scheme"),
    *("label_names", "tag_names", "label_separator"),
    *("text_field", "label_field", "token_field", "tag_field", "source", "target"),
)
"""Options by which a dataset is read."""


@dataclass(frozen=True)
class Start(Generic[PipelineT]):
    """The model that a run starts from.

    Attributes:
        pipeline: the former model; of a run that is resumed the grown one, whose weights are arbitrary.
        origin: what is kept of it in `run.json`; without labels where the recipe itself chose the model, and its labels
            are not kept.
        traits: what it settles.
        explicit: names of the options that were given.
    """

    pipeline: PipelineT
    origin: Origin
    traits: Traits
    explicit: frozenset[str]

    @property
    def goes_on(self) -> bool:
        """Whether the former model is trained further; else it is where a new one starts, with labels of its own."""
        return bool(self.origin.labels) or not hasattr(self.pipeline.model, "labels")


def open_start(run: Run, options: OptionsT, kind: type[PipelineT]) -> tuple[Start[PipelineT] | None, OptionsT]:
    """Load the model of `--init-from`, and take from it the options that it settles.

    A run that is resumed takes them from its `run.json`, and does not need the former model any more.

    Args:
        run: its `run.json` gets the name and the checksum of the model.
        options: of the recipe.
        kind: of pipeline that the recipe trains.

    Returns:
        The model, None without one or for a pretrained encoder; and the options with those of the model.

    Raises:
        ModelError: the model is missing, damaged or of another task.
        OptionError: an option that was given contradicts the model; names it.
    """
    if options.init_from is None:
        return None, options
    if run.resume:
        if (origin := run.origin) is None:
            return None, options
        pipeline = kind.load_untrained(run.folder / INITIAL_MODEL)
    else:
        if kind is not pipelines.TextEncoder and _holds_encoder(options):
            return None, options
        pipeline = _load(options, kind)
        origin = Origin(
            model=_name(options),
            checksum=file_checksum(local_folder(options.init_from) / WEIGHTS_FILE),
            settled=_settled(options, pipeline, run.explicit),
            labels=getattr(pipeline.model, "labels", ()) if "init_from" in run.explicit else (),
            reading=_reading(options),
        )
        run.start_from(origin)
    start = Start(pipeline, origin, traits_of(pipeline), run.explicit)
    return start, replace(options, **origin.settled)


def adapted_plan(plan: PlanT, start: Start[Any] | None, options: AdaptationOptions) -> PlanT:
    """Return the plan of a model that is trained further: a lower learning rate, and fewer epochs.

    Args:
        plan: of a new model of these sizes.
        start: the model that the run starts from; None = the plan is returned as it is.
        options: those that are given replace the rules.
    """
    if start is None:
        return plan
    if not start.goes_on:
        return replace(plan, adapted_from=start.origin.model)
    rules: dict[str, Any] = {
        "learning_rate": LEARNING_RATE_FACTOR * plan.learning_rate,
        "epochs": min(plan.epochs, _EPOCHS),
        "patience": _PATIENCE,
    }
    free = {name: value for name, value in rules.items() if getattr(options, name) is None}
    return replace(plan, adapted_from=start.origin.model, **free)


def mixed_in_options(options: OptionsT, start: Start[Any]) -> OptionsT:
    """Return the options by which the data of `--mix-in` are read."""
    changes: dict[str, Any] = {"dataset": options.mix_in, **start.origin.reading}
    return replace(options, **changes)


def score_before(
    run: Run,
    start: Start[Any] | None,
    score: Callable[[str, np.ndarray | slice], Mapping[str, Any]],
    sizes: Mapping[str, int],
) -> None:
    """Log the scores of a former model before it is trained on, on validation rows of the new data and of the old.

    Args:
        run: which is begun or resumed.
        start: the former model; None = there is none.
        score: (split, rows) -> scores.
        sizes: split -> number of its rows, of all held-out splits.
    """
    if start is not None:
        splits = run.scored(split for split in (OLD_VALIDATION, "validation") if split in sizes)
        run.score_origin(start.origin, score, {split: sizes[split] for split in splits})


def explicit_values(start: Start[Any], options: AdaptationOptions) -> dict[str, Any]:
    """Return the values that given options put in place of those of the model, by their paths in its modules."""
    replaced = {option: paths for option, paths in start.traits.paths.items() if option in start.explicit}
    return {path: getattr(options, option) for option, paths in replaced.items() for path in paths}


def _holds_encoder(options: AdaptationOptions) -> bool:
    folder = local_folder(_existing(options))
    return read_config(folder)["model"]["class"] in [cls.__name__ for cls in pipelines.TextEncoder.model_classes]


def _name(options: AdaptationOptions) -> str:
    """The name of the model; that of a bundled one, wherever the package is."""
    path = Path(str(options.init_from))
    return path.name if is_in_package(path) else str(path)


def _existing(options: AdaptationOptions) -> str:
    """The name of the model; an error about it names the option."""
    name = str(options.init_from)
    try:
        local_folder(name)
    except ModelError as error:
        raise ModelError(f"--init-from: {error}, or that of a run of recipes/pretrain.py") from None
    return name


def _load(options: AdaptationOptions, kind: type[PipelineT]) -> PipelineT:
    name = _existing(options)
    pipeline: Pipeline[Any, Any] = load(name, device="cpu")
    if not isinstance(pipeline, kind):
        noun, recipe = next((of for one, of in _RECIPES.items() if isinstance(pipeline, one)), ("model", ""))
        mend = f"give it to recipes/{recipe}.py" if recipe else "give a model of this recipe"
        raise ModelError(f"--init-from {name} is a {noun}, and a {_RECIPES[kind][0]} is trained here: {mend}")
    for key, weight in pipeline.model.named_parameters():
        if not torch.isfinite(weight).all():
            raise ModelError(f"{name} has weights that are not finite (in {key}): train or download it again")
    return pipeline


def _settled(options: AdaptationOptions, pipeline: Pipeline[Any, Any], explicit: frozenset[str]) -> dict[str, Any]:
    """Return the options that take the value of the model."""
    name, traits = options.init_from, traits_of(pipeline)
    if refused := [option for option in traits.refused if option in explicit]:
        raise OptionError(f"{_flag(refused[0])} is of a new tokenizer, and that of {name} is kept: leave it out")
    known = {field.name for field in fields(options)}
    if traits.fixed.get("multi_label") and "multi_label" not in known:
        raise ModelError(f"{name} gives a text several labels: give it to recipes/news.py --init-from")
    fixed = {option: value for option, value in traits.fixed.items() if option in known}
    if odd := contradictions(options, fixed, explicit):
        wrong = ", ".join(f"{_flag(option)} {shlex.quote(str(getattr(options, option)))}" for option in odd)
        right = ", ".join(str(fixed[option]) for option in odd)
        raise OptionError(f"{wrong} contradicts {name}, which has {right}: leave it out, or train without --init-from")
    other = {option: value for option, value in traits.other.items() if option in known and option not in explicit}
    if getattr(options, "streaming", False) or "init_from" not in explicit:  # where the recipe chose, its plan holds
        other = {}
    rate = getattr(options, "learning_rate", None)
    if rate is not None and "learning_rate" not in explicit:  # of a recipe without a plan
        other["learning_rate"] = LEARNING_RATE_FACTOR * rate
    return fixed | other


def contradictions(options: AdaptationOptions, fixed: Mapping[str, Any], explicit: frozenset[str]) -> list[str]:
    """Return the options that were given with another value than that of a model, which no training changes.

    Args:
        options: of the recipe.
        fixed: option -> value of the model.
        explicit: names of the options that were given.
    """
    return [option for option, value in fixed.items() if option in explicit and getattr(options, option) != value]


def _flag(option: str) -> str:
    return "--" + option.replace("_", "-")


def _reading(options: AdaptationOptions) -> dict[str, Any]:
    """Return the options by which the data of `--mix-in` are read: as when the model was trained, if it was on them.

    Other data are read like the new ones.
    """
    if options.mix_in is None:
        return {}
    known = {field.name for field in fields(options)}
    former = options_of_training(local_folder(str(options.init_from)), options.mix_in)
    return {name: former[name] for name in _READING if name in known and name in former}
