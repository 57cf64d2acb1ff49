"""Configurations of older formats -> the current one, so that saved models load for ever."""

from __future__ import annotations

from typing import Any

_RENAMED: dict[str, tuple[str, dict[str, str]]] = {
    "ClassificationHead": ("OutputHead", {"num_classes": "output_size"}),
    "NgramScores": ("NgramLinear", {}),
}
"""Class in format 1 -> its name now, and its renamed arguments."""


def upgrade_config(call: Any) -> Any:
    """Rename the classes and arguments of format 1 in a constructor call, recursively; other values stay."""
    if isinstance(call, list):
        return [upgrade_config(item) for item in call]
    if not isinstance(call, dict):
        return call
    name, renamed = _RENAMED.get(str(call.get("class")), (call.get("class"), {}))
    upgraded = {renamed.get(key, key): upgrade_config(value) for key, value in call.items()}
    return {**upgraded, "class": name} if "class" in call else upgraded
