"""Upgrade of model folders of older formats, so that saved models load for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")

_RENAMED_CLASSES: dict[str, tuple[str, dict[str, str]]] = {
    "ClassificationHead": ("OutputHead", {"num_classes": "output_size"}),
    "NgramScores": ("NgramLinear", {}),
}
"""Class in format 1 -> its new name, and its renamed arguments."""

_RENAMED_WEIGHTS = [("decoder.join.", "decoder.attentional_layer."), ("characters.reader.", "characters.encoder.")]
"""Beginning of a weight's name in format 1 -> its new beginning."""

_ENSEMBLES = {"TextClassifier": "EnsembleClassifier", "TextRegressor": "EnsembleRegressor"}
"""Models that had n-grams inside in format 1 -> the ensemble of both."""


def upgrade_config(call: Any) -> Any:
    """Upgrade a constructor call of format 1, recursively: renamed classes and arguments, and n-grams beside a network.

    Values that are no calls stay.
    """
    if isinstance(call, list):
        return [upgrade_config(item) for item in call]
    if not isinstance(call, dict):
        return call
    name, renamed = _RENAMED_CLASSES.get(str(call.get("class")), (call.get("class"), {}))
    upgraded = {renamed.get(key, key): upgrade_config(value) for key, value in call.items()}
    if "class" in call:
        upgraded["class"] = name
    if name == "LanguageModel":
        upgraded.setdefault("text_start", "line_end")  # where generation with models of format 1 began
    if name in _ENSEMBLES and "ngrams" in upgraded:
        ngrams = upgraded.pop("ngrams")
        if ngrams is not None:
            return {"class": _ENSEMBLES[name], "network": upgraded, "ngrams": ngrams}
    return upgraded


def upgrade_weights(weights: Mapping[str, Value], config: Mapping[str, Any]) -> dict[str, Value]:
    """Rename the weights of format 1.

    Args:
        weights: name -> value.
        config: the upgraded constructor call of the model.
    """
    is_ensemble = config["class"] in _ENSEMBLES.values()
    upgraded = {}
    for name, value in weights.items():
        for old, new in _RENAMED_WEIGHTS:
            name = new + name.removeprefix(old) if name.startswith(old) else name
        upgraded[f"network.{name}" if is_ensemble and not name.startswith("ngrams.") else name] = value
    return upgraded
