"""Models for other runtimes: `export_onnx(pipeline, folder)`.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.export.onnx_folder import export_onnx

__all__ = ["export_onnx"]


def __getattr__(name: str) -> Any:
    if name == "export_onnx":
        return import_module("nlprnn.export.onnx_folder").export_onnx
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
