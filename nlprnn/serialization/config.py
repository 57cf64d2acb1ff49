"""Configuration of a module: its constructor call as JSON.

As in scikit-learn, a class keeps each constructor argument as an attribute of the same name. So the constructor call
can be recovered from an instance: plain values directly, modules recursively. Building is limited to a closed list of
classes; a file can never name code to import.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from torch import nn

from nlprnn.errors import ModelError


def to_config(module: nn.Module, classes: Mapping[str, type[nn.Module]]) -> dict[str, Any]:
    """Return the constructor call of a module: {"class": name, argument: value or nested call}.

    Args:
        module: to be saved.
        classes: name -> class, all that may be built again.

    Raises:
        ModelError: the class of the module, or of one in it, is unknown.
        AttributeError: the class does not keep an argument as an attribute.
        TypeError: an argument is neither a plain JSON value nor a module.
    """
    cls = type(module)
    if classes.get(cls.__name__) is not cls:
        raise ModelError(
            f"cannot save a module of class {cls.__name__}, which loading would not know: call "
            f"nlprnn.register({cls.__name__}) first"
        )
    names = inspect.signature(cls).parameters
    return {"class": cls.__name__, **{name: _encode(getattr(module, name), name, classes) for name in names}}


def _encode(value: Any, name: str, classes: Mapping[str, type[nn.Module]]) -> Any:
    if isinstance(value, nn.Module):
        return to_config(value, classes)
    if isinstance(value, list | tuple):
        return [_encode(item, name, classes) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"argument {name} is a {type(value).__name__}, which JSON cannot hold")


_INVALID_ARGUMENTS = (TypeError, ValueError, AttributeError, IndexError, RuntimeError)
"""Errors that arguments of a wrong type or value cause."""

_DEEPEST, _MOST_CALLS = 32, 1000
"""Modules in each other, and in all, of a configuration. Those of nlprnn have five and a dozen."""

_LARGEST = 2**63 - 1
"""Whole number that PyTorch takes."""


def from_config(config: Mapping[str, Any], classes: Mapping[str, type[nn.Module]]) -> nn.Module:
    """Build the module that `to_config` described.

    Args:
        config: the constructor call.
        classes: name -> class, all that may be built.

    Raises:
        ModelError: the class is unknown, or its arguments do not fit.
    """
    name = config.get("class")
    if not isinstance(name, str) or name not in classes:
        raise ModelError(
            f"unknown class {name!r} in the model's configuration: upgrade nlprnn, or call nlprnn.register if the "
            "class is yours"
        )
    arguments = {key: _decode(value, classes) for key, value in config.items() if key != "class"}
    try:
        bound = inspect.signature(classes[name]).bind(**arguments)
        for key, value in bound.arguments.items():
            is_whole = str(bound.signature.parameters[key].annotation).startswith("int")
            if is_whole and isinstance(value, float | bool):
                raise TypeError(f"{key} must be a whole number, got {value}")
            if is_whole and isinstance(value, int) and abs(value) > _LARGEST:
                raise ValueError(f"{key} is beyond {_LARGEST}")
        return classes[name](**arguments)
    except _INVALID_ARGUMENTS as error:
        raise ModelError(
            f"the model's configuration of {name} does not fit ({error}): train or download it again"
        ) from error


def check_nesting(config: Mapping[str, Any]) -> None:
    """Check a constructor call from a file before anything is made of it, without recursion, which has a limit.

    Raises:
        ModelError: there are more modules, or modules deeper in each other, than any model has.
    """
    calls = 0
    pending: list[tuple[Any, int]] = [(config, 1)]
    while pending:
        value, depth = pending.pop()
        items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        calls += isinstance(value, Mapping)
        if depth > _DEEPEST or calls > _MOST_CALLS:
            raise ModelError(
                f"the model's configuration has more than {_DEEPEST} modules in each other, or {_MOST_CALLS:,} in all: "
                "it is of no model of nlprnn"
            )
        pending += [(item, depth + 1) for item in items]


def _decode(value: Any, classes: Mapping[str, type[nn.Module]]) -> Any:
    if isinstance(value, Mapping):
        return from_config(value, classes)
    if isinstance(value, list):
        return [_decode(item, classes) for item in value]
    return value
