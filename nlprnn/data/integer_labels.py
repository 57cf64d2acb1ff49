"""Names of integer labels or tags, as a user gives them: separated by commas, or in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlprnn.data.formats.lines import read_text
from nlprnn.errors import DataError, OptionError

_FILE_SUFFIXES = (".txt", ".json", ".names", ".labels")


def parse_label_names(value: str, option: str) -> tuple[str, ...]:
    """Return the names of the labels 0, 1, 2 and so on.

    Args:
        value: the names, separated by commas; or a file of names, one a line, or in JSON: a list of names, an object of
            name -> number or of number -> name, or such an object as the value of "id2label".
        option: the option that the value is of, for messages.

    Raises:
        DataError: the file is missing or damaged.
        OptionError: there are fewer than two names, a name twice, or numbers that do not count from 0.
    """
    path = Path(value).expanduser()
    if "," not in value and path.suffix in _FILE_SUFFIXES and not path.is_file():
        raise DataError(f"{option} {value}: no such file")
    names = _names_of_file(path, option) if _is_file(path) else [name.strip() for name in value.split(",")]
    fault = ""
    if "" in names:
        fault = "has a name that is empty"
    elif len(names) < 2:
        fault = f"has one name, {names[0]!r}"
    elif len(set(names)) < len(names):
        fault = f"has the name {next(name for name in names if names.count(name) > 1)!r} twice"
    if fault:
        raise OptionError(f"{option} {value} {fault}: give one name for each of the labels 0, 1, ..., in their order")
    return tuple(names)


def name_of_number(label: str, names: tuple[str, ...]) -> str | None:
    """Return the name of a label that is a number in digits, or a name itself; None for any other."""
    if label in names:
        return label
    return names[int(label)] if label.isdecimal() and label.isascii() and int(label) < len(names) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a list of names that is longer than any path
        return False


def _names_of_file(path: Path, option: str) -> list[str]:
    text = read_text(path)
    if not text.lstrip().startswith(("[", "{")):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError(
            f"{option} {path}: not valid JSON; give a list of names, or an object of names and numbers"
        ) from None
    if isinstance(value, dict) and isinstance(value.get("id2label"), dict):
        value = value["id2label"]
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return [name.strip() for name in value]
    if isinstance(value, dict) and value:
        return _names_of_object(value, path, option)
    raise DataError(f"{option} {path}: must be a list of names, or an object of names and numbers")


def _names_of_object(value: Mapping[str, Any], path: Path, option: str) -> list[str]:
    """The names of an object of names and numbers, whichever of them are its keys."""
    pairs: dict[Any, str] = {}
    for key, item in value.items():
        if isinstance(item, str):
            pairs[int(key) if key.isdecimal() else key] = item
        elif type(item) is int:
            pairs[item] = key
    if pairs.keys() != set(range(len(value))):
        raise OptionError(f"{option} {path}: the numbers of the {len(value)} names must be 0 to {len(value) - 1}")
    return [pairs[number].strip() for number in range(len(value))]
