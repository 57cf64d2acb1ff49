"""Upgrade of model folders of older formats, so that saved models load for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")

_RENAMED_CLASSES: dict[str, tuple[str, dict[str, str]]] = {
    "ClassificationHead": ("OutputHead", {"num_classes": "output_size"}),
    "NgramScores": ("NgramLinear", {}),
}
"""Class in format 1 -> its new name, and its renamed arguments."""

_ENSEMBLES = {"TextClassifier": "EnsembleClassifier", "TextRegressor": "EnsembleRegressor"}
"""Class in format 1, which held an n-gram model -> the ensemble of both."""

_RENAMED_WEIGHTS = [(re.compile(r"^decoder\.join\."), "decoder.attentional_layer.")]
"""Beginning of a weight's name in format 1 -> its new beginning."""


def upgrade_config(call: Any) -> Any:
    """Rename the classes and arguments of format 1 in a constructor call, recursively; other values stay."""
    if isinstance(call, list):
        return [upgrade_config(item) for item in call]
    if not isinstance(call, dict):
        return call
    name, renamed = _RENAMED_CLASSES.get(str(call.get("class")), (call.get("class"), {}))
    upgraded = {renamed.get(key, key): upgrade_config(value) for key, value in call.items()}
    upgraded |= {"class": name} if "class" in call else {}
    if name not in _ENSEMBLES or (ngrams := upgraded.pop("ngrams", None)) is None:
        return upgraded
    return {"class": _ENSEMBLES[name], "network": upgraded, "ngrams": ngrams}


def upgrade_weights(weights: Mapping[str, Value]) -> dict[str, Value]:
    """Rename the weights of format 1."""
    renamed = {}
    network = "network." if any(name.startswith("ngrams.") for name in weights) else ""
    for name, value in weights.items():
        name = name if name.startswith("ngrams.") else network + name
        for pattern, new in _RENAMED_WEIGHTS:
            name = pattern.sub(new, name)
        renamed[name] = value
    return renamed
