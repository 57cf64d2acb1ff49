"""Registry of classes that a model folder may name: modules, models, processors and pipelines.

A folder names classes, never code to import. The packages of nlprnn register theirs; a user's class has to be
registered once per program that saves or loads a model with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from torch import nn


@runtime_checkable
class Processor(Protocol):
    """What turns the input of a pipeline into sequences, such as a tokenizer."""

    @property
    def kind(self) -> str:
        """Name of the class in the processor's configuration file; a class attribute."""

    def save(self, folder: str | Path) -> None:
        """Write the processor into a folder."""

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote."""


@dataclass
class Registry:
    """Classes that a folder may name.

    Attributes:
        modules: name -> class of modules and models.
        processors: kind -> class of processors.
        pipelines: name -> class of pipelines.
    """

    modules: dict[str, type[nn.Module]] = field(default_factory=dict)
    processors: dict[str, type[Processor]] = field(default_factory=dict)
    pipelines: dict[str, type[Any]] = field(default_factory=dict)

    def add(self, *classes: type) -> None:
        """Add classes; a class defined again, as in a notebook, replaces the former one.

        Raises:
            TypeError: a class is neither a module, nor a processor, nor a pipeline.
            ValueError: another class has its name.
        """
        from torch import nn

        for cls in classes:
            if isinstance(cls, type) and issubclass(cls, nn.Module):
                _add(self.modules, cls.__name__, cls)
            elif isinstance(cls, type) and isinstance(getattr(cls, "model_classes", None), tuple):
                _add(self.pipelines, cls.__name__, cls)
            elif isinstance(cls, type) and isinstance(kind := getattr(cls, "kind", None), str):
                _add(self.processors, kind, cls)
            else:
                raise TypeError(
                    f"cannot register {cls!r}: give a subclass of torch.nn.Module, a processor class with a `kind`, or "
                    "a subclass of Pipeline with `model_classes`"
                )

    def extended(self, classes: Iterable[type]) -> Registry:
        """Return a copy of this registry with further classes."""
        registry = Registry(dict(self.modules), dict(self.processors), dict(self.pipelines))
        registry.add(*classes)
        return registry


def _add(known: dict[str, Any], name: str, cls: type) -> None:
    former = known.get(name, cls)
    if (former.__module__, former.__qualname__) != (cls.__module__, cls.__qualname__):
        raise ValueError(
            f"cannot register {cls.__module__}.{cls.__qualname__} as {name!r}: {former.__module__}."
            f"{former.__qualname__} has this name; rename one of them"
        )
    known[name] = cls


REGISTRY = Registry()
"""The classes of `register`."""


def register(*classes: type) -> None:
    """Make a user's classes known to saving and loading, for this program.

    Args:
        classes: subclasses of `torch.nn.Module` (encoders, poolings, heads, attentions, models), processors, and
            pipelines.

    Raises:
        TypeError: a class is neither a module, nor a processor, nor a pipeline.
        ValueError: another class has its name.
    """
    REGISTRY.add(*classes)
