"""Models from their folders, of the kind that a verb takes."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nlprnn.errors import ModelError

if TYPE_CHECKING:
    from nlprnn.pipelines import (
        Classifier,
        Forecaster,
        Generator,
        Regressor,
        SequenceClassifier,
        SequenceRegressor,
        SpeechPipeline,
        Tagger,
        Translator,
    )
    from nlprnn.pipelines.loading import AnyPipeline

    Kind = TypeVar(
        "Kind",
        Classifier,
        Forecaster,
        Generator,
        Regressor,
        SequenceClassifier,
        SequenceRegressor,
        SpeechPipeline,
        Tagger,
        Translator,
    )


def load_any(model: str | Path, device: str) -> AnyPipeline:
    """Load a model of any kind.

    Raises:
        ModelError: it is missing or damaged, or has weights that are not finite.
        DeviceError: the device is missing.
    """
    from nlprnn.pipelines import load

    pipeline = load(model, device=device)
    for name, weight in pipeline.model.named_parameters():
        least, greatest = map(float, weight.detach().aminmax())  # a twentieth of the time that `isfinite` takes
        if not math.isfinite(greatest - least):
            raise ModelError(f"{model} has weights that are not finite (in {name}): train or download it again")
    return pipeline


def load_as(kind: type[Kind], model: str | Path, device: str, *, quantize: str | None = None) -> Kind:
    """Load a model of one kind, with int8 weights where `quantize` is "int8".

    Raises:
        ModelError: as `load_any`, or the model is of another kind; names the verb for that one.
        DeviceError: the device is missing, or has no int8 kernels.
    """
    pipeline = load_any(model, device)
    if not isinstance(pipeline, kind):
        noun, verb = _noun_and_verb(type(pipeline))
        needed, _ = _noun_and_verb(kind)
        mend = f"try nlprnn {verb} --model {shlex.quote(str(model))}" if verb else "give it to --init-from of a recipe"
        raise ModelError(f"{model} is a {noun}, but a {needed} is needed: {mend}")
    return pipeline.quantized() if quantize else pipeline


def load_translator(models: Sequence[str | Path], device: str, *, int8: bool = False) -> Translator:
    """Load one or more translation models that translate together.

    Raises:
        ModelError: as `load_as`, or two have different tokenizers.
        DeviceError: as `load_as`, or it has no int8 kernels, with `int8`.
    """
    from nlprnn.pipelines import Translator

    return Translator.ensemble([load_as(Translator, model, device) for model in models], int8=int8)


def kind_of(pipeline: AnyPipeline) -> str:
    """Return the noun for a model of this kind, such as "classifier"."""
    return _noun_and_verb(type(pipeline))[0]


def _noun_and_verb(kind: type[AnyPipeline]) -> tuple[str, str]:
    from nlprnn import pipelines

    names: dict[type, tuple[str, str]] = {
        pipelines.Classifier: ("classifier", "classify"),
        pipelines.Forecaster: ("forecaster", "forecast"),
        pipelines.Generator: ("language model", "generate"),
        pipelines.Regressor: ("regressor", "rate"),
        pipelines.SequenceClassifier: ("sequence classifier", "classify"),
        pipelines.SequenceRegressor: ("sequence regressor", "rate"),
        pipelines.SpeechPipeline: ("speech recognizer", "transcribe"),
        pipelines.Tagger: ("tagger", "tag"),
        pipelines.TextEncoder: ("pretrained encoder", ""),
        pipelines.Translator: ("translation model", "translate"),
    }
    return next(names[one] for one in kind.__mro__ if one in names)
