"""Form of a column of several labels: names, or 0 and 1 with a mark for each label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nlprnn.data.cells import as_label, as_string, label_items
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.written_lists import written_bits

_MARKS = {"0", "1", "true", "false"}


def with_label_form(options: ReadOptions, cells: Iterable[Any]) -> ReadOptions:
    """Return options by which a column of labels is read as what it is, by some of its cells.

    Lists of equal length with 0 and 1 alone, one of them more than once in a list, are marks: a list of names has none
    twice. So are texts of 0 and 1 alone ("0110") where one begins with 0, as a number does not. Their labels are named
    by their positions, from 0, if `label_names` names none.

    Args:
        options: of the user.
        cells: values of the column.

    Raises:
        ValueError: a cell is an array without commas, or the number of names is not that of the marks.
    """
    filled = [cell for cell in cells if as_string(cell)]
    bits = list(map(written_bits, filled))
    if not all(bits) or not any(first == "0" for first, *_ in bits):
        bits = [label_items(cell, options.label_separator) for cell in filled]
    lists = [items for items in bits if items]
    lengths = {len(items) for items in lists}
    repeated = any(len(set(map(str, items))) < len(items) for items in lists)
    if len(lengths) != 1 or not repeated or not {as_label(item) for items in lists for item in items} <= _MARKS:
        return options
    (number,) = lengths
    names = options.label_names or tuple(map(str, range(number)))
    if len(names) != number:
        raise ValueError(f"{number} marks a row, but --label-names has {len(names)} names: name each")
    return replace(options, label_names=names, types={**options.types, "labels": "marked labels"})
