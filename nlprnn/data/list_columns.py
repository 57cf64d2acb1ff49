"""Columns whose cells are lists of numbers, or lists of these: as flat arrays with lengths, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

Place = Callable[[int], str]


def list_depth(cell: Any) -> int:
    """Return the depth of the lists in a cell: 0 of a number or text, 1 of a list of numbers, 2 of lists of these.

    A text that is a list in JSON counts as one.
    """
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        cell = _from_json(cell)
    if isinstance(cell, np.ndarray):
        return cell.ndim
    if not isinstance(cell, list | tuple):
        return 0
    return 1 + max((list_depth(item) for item in cell[:3]), default=0)


def arrow_depth(arrow_type: pa.DataType) -> int:
    """Return the depth of the lists of numbers of a type, 0 for any other."""
    import pyarrow as pa

    depth = 0
    while (item := _item_type(arrow_type)) is not None:
        depth, arrow_type = depth + 1, item
    is_number = pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type) or pa.types.is_boolean(arrow_type)
    return depth if is_number or pa.types.is_decimal(arrow_type) or pa.types.is_null(arrow_type) else 0


def flat_numbers(
    column: pa.ChunkedArray | Sequence[Any], depth: int, name: str, *, place: Place
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the numbers of a column of lists, end to end.

    Args:
        column: of lists of numbers (T,), or lists of lists (T, D) of one D.
        depth: 1 or 2.
        name: of the column, for messages.
        place: row -> where it is, for messages.

    Returns:
        numbers (total, D) float64, NaN where there is none, D = 1 for lists of numbers; and lengths (rows,) int64.

    Raises:
        DataError: a cell is no such list, or has steps of different numbers of features; names the row.
    """
    import pyarrow as pa

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [_as_arrow(column, depth, name, place)]
    pieces: list[NDArray[np.float64]] = []
    lengths: list[NDArray[np.int64]] = []
    width: int | None = None
    for chunk in chunks:
        first = sum(len(of_chunk) for of_chunk in lengths)
        steps = chunk.storage if isinstance(chunk, pa.ExtensionArray) else chunk
        lengths.append(_lengths(steps))
        steps = _flattened(steps)
        if depth == 1:
            pieces.append(_numbers(steps)[:, None])
            continue
        numbers, width = _stacked(steps, lengths[-1], name, width, partial(_shifted, place, first))
        pieces.append(numbers)
    if not pieces:
        return np.zeros((0, 1)), np.zeros(0, dtype=np.int64)
    if depth == 2:  # of a chunk without any number the width is that of the others
        pieces = [piece if piece.shape[1] else np.full((len(piece), width or 1), np.nan) for piece in pieces]
    return np.concatenate(pieces), np.concatenate(lengths)


def arrow_lists(arrays: Sequence[Any]) -> pa.Array:
    """Return arrays (T, D) of one D as a column of lists of lists.

    Raises:
        DataError: they have several numbers of features; names the row, counted from 0.
    """
    import pyarrow as pa

    rows = [np.asarray(array) for array in arrays]
    width = rows[0].shape[1]
    if odd := next((number for number, row in enumerate(rows) if row.ndim != 2 or row.shape[1] != width), None):
        raise DataError(
            f"row {odd} (counted from 0) is an array {rows[odd].shape}, the first is {rows[0].shape}: give each "
            "as many features, (T, D)"
        )
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    values = pa.array(np.concatenate([row.reshape(-1) for row in rows]).astype(np.float64))
    inner = pa.ListArray.from_arrays(pa.array(np.arange(offsets[-1] + 1) * width, pa.int64()).cast(pa.int32()), values)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int64()).cast(pa.int32()), inner)


def _shifted(place: Place, first: int, row: int) -> str:
    """Return the place of a row that is counted from another one."""
    return place(first + row)


def _item_type(arrow_type: pa.DataType) -> pa.DataType | None:
    import pyarrow as pa

    if isinstance(arrow_type, pa.BaseExtensionType):
        arrow_type = arrow_type.storage_type
    types = pa.types
    is_list = types.is_list(arrow_type) or types.is_large_list(arrow_type) or types.is_fixed_size_list(arrow_type)
    return arrow_type.value_type if is_list else None


def _lengths(lists: pa.Array) -> NDArray[np.int64]:
    import pyarrow.compute as pc

    return pc.list_value_length(lists).fill_null(0).cast("int64").to_numpy(zero_copy_only=False)


def _flattened(lists: pa.Array) -> pa.Array:
    """The items of lists, end to end; those of a list that is null are none, in an array of fixed sizes, too."""
    return lists.drop_null().flatten()


def _numbers(values: pa.Array) -> NDArray[np.float64]:
    import pyarrow as pa

    return values.cast(pa.float64()).to_numpy(zero_copy_only=False)


def _stacked(
    steps: pa.Array, lengths: NDArray[np.int64], name: str, width: int | None, place: Place
) -> tuple[NDArray[np.float64], int | None]:
    """Return the features (total, D) of steps, and D; a step that is null has no value."""
    sizes = _lengths(steps)
    present = steps.is_valid().to_numpy(zero_copy_only=False)
    width = int(sizes[present][0]) if width is None and present.any() else width
    odd = np.flatnonzero(present & (sizes != width))
    if len(odd) or width == 0:
        step = int(odd[0]) if len(odd) else 0
        ends = np.cumsum(lengths)
        row = int(np.searchsorted(ends, step, side="right"))
        number = step - int(ends[row] - lengths[row]) + 1
        others = "a step needs at least one" if width == 0 else f"others have {width}"
        raise DataError(
            f"{place(row)}, column {name!r}: step {number} has {sizes[step]} features, {others}: give each step as many"
        )
    numbers = np.full((len(sizes), width or 0), np.nan)
    numbers[present] = _numbers(_flattened(steps)).reshape(int(present.sum()), -1)
    return numbers, width


def _as_arrow(cells: Sequence[Any], depth: int, name: str, place: Place) -> pa.Array:
    """Return lists of a Python program, or texts that are some in JSON, as an Arrow array."""
    import pyarrow as pa

    arrow_type = pa.float64()
    for _ in range(depth):
        arrow_type = pa.list_(arrow_type)
    lists = [_from_json(cell) if isinstance(cell, str) else cell for cell in cells]
    try:
        return pa.array(lists, type=arrow_type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError, OverflowError):
        pass
    for row, cell in enumerate(lists):
        try:
            pa.array([cell], type=arrow_type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError, OverflowError):
            form = "[[1.5, 2], [1.7, 2]], a list of steps" if depth == 2 else "[1.5, 1.7], a list of numbers"
            raise DataError(
                f"{place(row)}, column {name!r}: {_odd_item(cell)} is no number in a list such as {form}"
            ) from None
    raise AssertionError("each row by itself is a list of numbers, and all together are none")


def _odd_item(cell: Any) -> str:
    """Return what is no number in a cell, else an excerpt of the cell."""
    items = cell if isinstance(cell, list) else [cell]
    if all(isinstance(item, list) for item in items):
        items = list(chain.from_iterable(items))
    odd = next((item for item in items if item is not None and not isinstance(item, int | float)), cell)
    return repr(odd)[:60]


def _from_json(text: str) -> Any:
    """Return the list that a text is in JSON, None of an empty one, else the text."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
