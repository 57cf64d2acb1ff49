"""Form of a column of several labels: names, or a list of 0 and 1 with a mark for each label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nlprnn.data.cells import as_label, label_items
from nlprnn.data.read_options import ReadOptions

_MARKS = {"0", "1", "true", "false"}


def with_label_form(options: ReadOptions, cells: Iterable[Any]) -> ReadOptions:
    """Return options by which a column of labels is read as what it is, by some of its cells.

    Lists of equal length with 0 and 1 alone, one of them more than once in a list, are marks: a list of names has none
    twice. Their labels are named by their positions, from 0, if `label_names` names none.

    Args:
        options: of the user.
        cells: values of the column.

    Raises:
        ValueError: a cell is an array without commas, or the number of names is not that of the marks.
    """
    lists = [items for cell in cells if (items := label_items(cell, options.label_separator))]
    lengths = {len(items) for items in lists}
    repeated = any(len(set(map(str, items))) < len(items) for items in lists)
    if len(lengths) != 1 or not repeated or not {as_label(item) for items in lists for item in items} <= _MARKS:
        return options
    (number,) = lengths
    names = options.label_names or tuple(map(str, range(number)))
    if len(names) != number:
        raise ValueError(f"{number} marks a row, but --label-names has {len(names)} names: name each")
    return replace(options, label_names=names, types={**options.types, "labels": "marked labels"})
