"""Models for other runtimes: `export_onnx(pipeline, folder)`.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.export.onnx_folder import export_onnx

__all__ = ["MOST_LOSS", "export_onnx"]

MOST_LOSS = 1.0
"""Loss of score with eight-bit weights at which an export is still written: points of accuracy or F1, percent of the
RMSE."""


def __getattr__(name: str) -> Any:
    if name == "export_onnx":
        return import_module("nlprnn.export.onnx_folder").export_onnx
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
