"""nlprnn: recurrent networks on text, from strings to trained models and back.

`nlprnn.load("folder or hub id")` gives a model that takes and returns text, and `nlprnn.train("sentiment", data)` a new
one. The parts are in `nlprnn.modules`, `nlprnn.models`, `nlprnn.text`, `nlprnn.data`, `nlprnn.training` and
`nlprnn.decoding`.
Importing this package loads neither torch nor any other large library; using a name does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nlprnn.extension_points import EVALUATE
from nlprnn.version import __version__

if TYPE_CHECKING:
    from nlprnn.pipelines import Classifier, Forecaster, Generator, Recognizer, Regressor, Tagger, Translator, load
    from nlprnn.serialization.registry import register
    from nlprnn.tasks.train import train

__all__ = [
    "Classifier",
    "Forecaster",
    "Generator",
    "Recognizer",
    "Regressor",
    "Tagger",
    "Translator",
    "__version__",
    "load",
    "register",
    "train",
]


def __getattr__(name: str) -> Any:
    if name == "register":
        return import_module("nlprnn.serialization.registry").register
    if name == "train":
        return import_module("nlprnn.tasks.train").train
    if name in __all__ and name != "__version__":
        return getattr(import_module("nlprnn.pipelines"), name)
    raise AttributeError(f"module 'nlprnn' has no attribute {name!r}")


def _evaluate(pipeline: Any, data: Any, **options: Any) -> Any:
    return import_module("nlprnn.tasks.train").evaluate_data(pipeline, data, **options)


EVALUATE[:] = [_evaluate]


def __dir__() -> list[str]:
    return __all__
