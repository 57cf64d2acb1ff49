"""Models from their folders, of the kind that a verb takes."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nlprnn.errors import ModelError

if TYPE_CHECKING:
    from nlprnn.pipelines import Classifier, Generator, Regressor, Tagger, Translator
    from nlprnn.pipelines.loading import AnyPipeline

    Kind = TypeVar("Kind", Classifier, Generator, Regressor, Tagger, Translator)

# Pipeline -> what a person calls it, and the verb that uses it.
_KINDS = {
    "Classifier": ("a classifier", "classify"),
    "Generator": ("a language model", "generate"),
    "Regressor": ("a regressor", "rate"),
    "Tagger": ("a tagger", "tag"),
    "Translator": ("a translation model", "translate"),
}


def load_any(model: str | Path, device: str) -> AnyPipeline:
    """Load a model of whichever kind.

    Raises:
        ModelError: it is not there, is damaged, or has weights that are no numbers.
        DeviceError: the device is not there.
    """
    from nlprnn.pipelines import load

    pipeline = load(model, device=device)
    for name, weight in pipeline.model.named_parameters():
        least, greatest = map(float, weight.detach().aminmax())  # a twentieth of the time that `isfinite` takes
        if not math.isfinite(greatest - least):
            raise ModelError(f"{model} has weights that are no numbers (in {name}): train or download it again")
    return pipeline


def load_as(kind: type[Kind], model: str | Path, device: str) -> Kind:
    """Load a model of one kind.

    Raises:
        ModelError: as `load_any`, or the model is of another kind; names the verb for that one.
        DeviceError: the device is not there.
    """
    pipeline = load_any(model, device)
    if not isinstance(pipeline, kind):
        needed, (_, verb) = _KINDS[kind.__name__][0], _KINDS[type(pipeline).__name__]
        raise ModelError(
            f"{model} is {kind_of(pipeline)}, needed is {needed}: try nlprnn {verb} --model {shlex.quote(str(model))}"
        )
    return pipeline


def load_translator(models: Sequence[str | Path], device: str, *, int8: bool = False) -> Translator:
    """Load one or more translation models that decide together.

    Raises:
        ModelError: as `load_as`, or two have different tokenizers.
        DeviceError: as `load_as`, or it has no integer kernels, with `int8`.
    """
    from nlprnn.pipelines import Translator

    return Translator.ensemble([load_as(Translator, model, device) for model in models], int8=int8)


def kind_of(pipeline: AnyPipeline) -> str:
    """Return what a person calls a model of this kind, with its article."""
    return _KINDS[type(pipeline).__name__][0]
