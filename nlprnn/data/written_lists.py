"""Lists that a table holds as text: those of Python, NumPy and JSON, and marks such as "0110"."""

from __future__ import annotations

import ast
import re
from typing import Any

_VALUE = r"""(?:'([^']*)'|"([^"]*)"|(True|False|[-+\d.e]+))"""
_ITEM = re.compile(_VALUE)
# An array of NumPy: two items or more without commas between them.
_ARRAY = re.compile(rf"\[\s*{_VALUE}(?:\s+{_VALUE})+\s*\]")
_SET = re.compile(r"(?:frozen)?set\((.*)\)", re.DOTALL)
_BITS = re.compile("[01]{2,}")


def written_bits(value: Any) -> list[str]:
    """Return the characters of a text of several 0 and 1, such as "0110"; of any other value none."""
    text = value.strip() if isinstance(value, str) else ""
    return list(text) if _BITS.fullmatch(text) else []


def written_list(value: Any) -> list[Any] | None:
    """Return the list that a table wrote as text, such as "['a', 'b']", "[1, 0]", "set()" or NumPy's "[1 0]".

    Of any other value, return None.

    Raises:
        ValueError: NumPy left out the middle of a long array.
    """
    text = value.strip() if isinstance(value, str) else ""
    if written_set := _SET.fullmatch(text):
        text = written_set[1].strip() or "[]"
    if not (text.startswith(("[", "(", "{")) and text.endswith(("]", ")", "}"))):
        return None
    if text.startswith("[") and _ARRAY.fullmatch(text):
        if "..." in text:
            raise ValueError(f"{text[:50]!r} is an array without its middle; write the whole list")
        return [first or second or number for first, second, number in _ITEM.findall(text)]
    try:
        items = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        items = [item.strip() for item in text[1:-1].split(",")] if text.startswith("[") and "," in text else None
    if isinstance(items, set):
        return sorted(items, key=str)  # a set has no order of its own
    return list(items) if isinstance(items, list | tuple) else None
