"""Arrays of features: what is accepted as one sequence, and the sentence for what is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.errors import DataError


def as_feature_array(sequence: Any, place: str) -> NDArray[np.float64]:
    """Return one sequence as an array (T, D); of numbers (T,) each is a step of one feature.

    Args:
        sequence: an array, a data frame or lists, of numbers; a masked or missing value is NaN.
        place: where it is, for messages.

    Raises:
        DataError: it has another number of dimensions, or holds something else than numbers.
    """
    try:
        if isinstance(sequence, np.ma.MaskedArray):
            sequence = np.ma.filled(sequence.astype(np.float64), np.nan)
        array = np.asarray(sequence)
        if array.dtype.kind not in "fiub":
            array = np.array(sequence, dtype=object if array.dtype.kind == "U" else None).astype(np.float64)
    except (ValueError, TypeError):
        raise DataError(f"{place} is no array of numbers (T, D): {_excerpt(sequence)}") from None
    if isinstance(sequence, str) or array.ndim not in (1, 2):
        raise DataError(f"{place} has {array.ndim} dimensions, needed are two: steps and features (T, D)")
    return (array[:, None] if array.ndim == 1 else array).astype(np.float64)


def check_feature_values(
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    names: Sequence[str],
    *,
    place: Callable[[int], str],
) -> None:
    """Check sequences end to end: each has a step and a value, none is infinite.

    Args:
        values: (total, D), NaN = missing.
        offsets: (rows + 1,); row i is values[offsets[i]:offsets[i + 1]].
        names: D names of the features.
        place: row -> where it is, for messages.

    Raises:
        DataError: a sequence is at fault; names its place, and of an infinite value step and feature.
    """
    lengths = np.diff(offsets)
    if len(empty := np.flatnonzero(lengths == 0)):
        raise DataError(f"{place(int(empty[0]))} has no steps: leave the sequence out")
    if np.isinf(values).any():
        step, feature = (int(index) for index in np.argwhere(np.isinf(values))[0])
        row = int(np.searchsorted(offsets, step, side="right")) - 1
        raise DataError(
            f"{place(row)}, step {step - int(offsets[row]) + 1}: the feature {names[feature]!r} is infinite: give a "
            "number, or leave it empty"
        )
    present = (~np.isnan(values)).any(axis=1)
    if len(values) and not present.all():
        counts = np.add.reduceat(present, offsets[:-1])
        if len(missing := np.flatnonzero(counts == 0)):
            raise DataError(f"{place(int(missing[0]))} has no value at all: leave the sequence out")


def _excerpt(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:60]}..."
