"""A run of a recipe: options, run folder, seed, model card.

Importing this package loads nothing; using a name loads its module.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.experiment.command import RecipeCommand, recipe
    from nlprnn.experiment.options import Options, option
    from nlprnn.experiment.run import Run
    from nlprnn.experiment.run_options import RunOptions

_MODULES = {
    "Options": "options",
    "RecipeCommand": "command",
    "Run": "run",
    "RunOptions": "run_options",
    "option": "options",
    "recipe": "command",
}

__all__ = ["Options", "RecipeCommand", "Run", "RunOptions", "option", "recipe"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
