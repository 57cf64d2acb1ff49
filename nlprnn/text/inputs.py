"""Texts that a program gives to a pipeline: of any sequence or stream, checked one by one.

Lists, tuples, generators, open files, NumPy arrays, pandas Series and columns of Hugging Face data sets are all taken
as their elements. A table, or an element that is not a text, is an error that names it: a data frame would otherwise be
read as the list of its column names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from nlprnn.errors import list_names


class TextInputs(Iterator[Any]):
    """The texts of an iterable, in order.

    Args:
        texts: an iterable of strings; with `words`, of strings or of sequences of strings.
        call: how a program gives one text, for messages: "classifier([text])".
        words: take sentences that are split into words, too.

    Raises:
        TypeError: `texts` is one string, a table, a mapping, a set or no iterable, or, on reaching it, an element is no
            string; the message names its number, counted from 0, and its type.
    """

    def __init__(self, texts: Iterable[Any], call: str, *, words: bool = False) -> None:
        _refuse_container(texts, call)
        self._items = enumerate(texts)
        self._words = words
        # Of streams, whether the next text is there without waiting (see `nlprnn.batching.adaptive_batches`).
        self.has_pending = getattr(texts, "has_pending", lambda: True)

    def __next__(self) -> Any:
        number, text = next(self._items)
        if isinstance(text, str):
            return text
        if self._words and hasattr(text, "__len__") and not isinstance(text, bytes | Mapping | Set):
            for word in text:
                if not isinstance(word, str):
                    raise TypeError(
                        f"text {number} (counted from 0) has a word that is {_describe(word)}, not a string"
                    )
            return text
        raise TypeError(f"text {number} (counted from 0) is {_describe(text)}, not a string: {_mend(text)}")


def _refuse_container(texts: object, call: str) -> None:
    """Raise TypeError where the elements of an object are not the texts that it holds."""
    if isinstance(texts, str):
        raise TypeError(f"give a list, even for one text: {call}")
    columns = getattr(texts, "column_names", None) or getattr(texts, "columns", None)
    if columns is not None and not isinstance(texts, Mapping):
        raise TypeError(
            f"got a table ({type(texts).__name__}) with the columns {list_names(list(map(str, columns)))}: give a list "
            f"of texts, {call}, or one column of the table"
        )
    if isinstance(texts, bytes | bytearray | Mapping | Set) or not hasattr(texts, "__iter__"):
        raise TypeError(f"got {_describe(texts)}: give a list of texts, {call}")


def _describe(value: object) -> str:
    """Return the type of a value, and the value itself where it is short and not a text."""
    name = type(value).__name__
    if value is None or name in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return f"missing ({value})"
    return f"{name} {value}" if isinstance(value, int | float) else name


def _mend(value: object) -> str:
    if _describe(value).startswith("missing"):
        return "leave it out, or give '' for an empty text"
    if isinstance(value, bytes | bytearray):
        return "decode it first"
    if hasattr(value, "read_text"):
        return "read the file first"
    return "give its text"
