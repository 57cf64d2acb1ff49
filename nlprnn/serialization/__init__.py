"""Saving and loading: configurations, weights, registered classes, atomic files and the Hugging Face Hub.

What needs torch is imported on first use, not with this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nlprnn.serialization.atomic_files import check_writable, replacing, write_json, write_text, write_weights
from nlprnn.serialization.hub import local_folder, push
from nlprnn.serialization.registry import REGISTRY, Processor, Registry, register

if TYPE_CHECKING:
    from nlprnn.serialization.config import from_config, to_config
    from nlprnn.serialization.model_folder import read_config, read_model, read_weights, write_model

__all__ = [
    "REGISTRY",
    "Processor",
    "Registry",
    "check_writable",
    "from_config",
    "local_folder",
    "push",
    "read_config",
    "read_model",
    "read_weights",
    "register",
    "replacing",
    "to_config",
    "write_json",
    "write_model",
    "write_text",
    "write_weights",
]
_LAZY = {
    "from_config": "config",
    "read_config": "model_folder",
    "read_model": "model_folder",
    "read_weights": "model_folder",
    "to_config": "config",
    "write_model": "model_folder",
}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"nlprnn.serialization.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'nlprnn.serialization' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
