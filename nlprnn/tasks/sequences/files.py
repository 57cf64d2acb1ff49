"""Feature sequences in files of NumPy: a file a sequence, in folders by class or named by a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.data.column_roles import counted
from nlprnn.data.report import FileReport
from nlprnn.errors import DataError, list_names
from nlprnn.series.feature_arrays import as_feature_array, check_feature_values
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.tasks.sequences.feature_sequences import FeatureSequences, offsets_of

_SUFFIXES = (".npy", ".npz")
_USUAL = ("features", "frames", "sequence", "x", "data", "arr_0")


def is_array_file(name: str | Path) -> bool:
    """Return whether a name is that of a file of NumPy."""
    return Path(name).suffix.lower() in _SUFFIXES


def read_array(path: Path, place: str) -> NDArray[np.float64]:
    """Return the array (T, D) of a file; nothing in it is executed.

    Args:
        path: of a .npy file, or a .npz file with one array, or one named features, frames, sequence, x or data.
        place: where the path is from, for messages.

    Raises:
        DataError: the file is missing, damaged, or holds something else.
    """
    if not path.is_file():
        raise DataError(f"{place} names {path}, which is missing: correct or remove the row")
    origin = str(path) if place == str(path) else f"{place}: {path}"
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.lib.npyio.NpzFile):
            with loaded:
                names = loaded.files
                chosen = names if len(names) == 1 else [name for name in names if name.lower() in _USUAL]
                if len(chosen) != 1:
                    raise DataError(
                        f"{origin} has the arrays {list_names(names)}: keep one, or name the features {_USUAL[0]!r}"
                    )
                loaded = loaded[chosen[0]]
    except PermissionError:
        raise DataError(f"{origin} may not be read: change its permissions") from None
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        if "pickle" in str(error):
            raise DataError(f"{origin} holds Python objects, not numbers: save an array of numbers (T, D)") from None
        raise DataError(f"{origin} is damaged ({str(error)[:100]}): copy or save it again") from None
    except (OSError, EOFError, BadZipFile, KeyError) as error:
        raise DataError(f"{origin} is damaged ({str(error)[:100]}): copy or save it again") from None
    return as_feature_array(loaded, origin)


def stack_arrays(
    arrays: Sequence[NDArray[np.float64]], locations: Sequence[str]
) -> tuple[SequenceArray, tuple[str, ...]]:
    """Return arrays (T, D) as sequences, and the names of their features, "0", "1" and so on.

    Raises:
        DataError: they have several numbers of features, no steps, or infinite or no values; names the place.
    """
    width = arrays[0].shape[1]
    for array, place in zip(arrays, locations, strict=True):
        if array.shape[1] != width:
            first = f"{counted(width, 'feature')} a step as in {locations[0]}"
            raise DataError(f"{place} has {array.shape[1]} features a step, needed are {first}")
    values, offsets = np.concatenate(arrays), offsets_of(np.array([len(array) for array in arrays]))
    names = tuple(map(str, range(width)))
    check_feature_values(values, offsets, names, place=lambda row: locations[row])
    return SequenceArray(values, offsets), names


def sequences_of_files(origin: str, files: Sequence[tuple[Path, str]]) -> FeatureSequences:
    """Return the sequences of files with their classes.

    Args:
        origin: the folder, for messages.
        files: path and class of each; "" = not known.

    Raises:
        DataError: a file is damaged, or they do not fit each other.
    """
    locations = [str(path) for path, _ in files]
    values, names = stack_arrays([read_array(path, str(path)) for path, _ in files], locations)
    classes = [name for _, name in files]
    return FeatureSequences(
        values,
        names,
        targets=classes if any(classes) else (),
        subjects=(),
        identities=locations,
        locations=locations,
        feature_columns=FeatureColumns("files"),
        files=(FileReport(origin, "a folder a class" if any(classes) else "array", len(files)),),
    )
