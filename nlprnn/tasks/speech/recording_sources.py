"""Sources of recordings: folders of clips, tables with paths, Parquet files and sets of the Hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nlprnn.audio.files import is_audio_file
from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import Columns, Kind, Schema
from nlprnn.data.files_by_class import files_by_class
from nlprnn.data.folders import look_for_splits, plain_files, split_of_name
from nlprnn.data.formats.hub import load_hub
from nlprnn.data.formats.parquet import open_parquet
from nlprnn.data.formats.registry import TABLES
from nlprnn.data.integer_labels import name_of_number
from nlprnn.data.read_options import ReadOptions
from nlprnn.data.report import Omission
from nlprnn.data.sources import local_path
from nlprnn.data.table import Split, arrow_column, column_values
from nlprnn.data.table_splits import read_splits
from nlprnn.errors import DataError
from nlprnn.tasks.speech.recordings import Recordings, one_report

_TABLE_NAMES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""Tables of a Hugging Face folder of sound."""

_FORMATS = "WAV, FLAC, OGG or MP3"
_REQUIRED = ("audio", "transcript")
_RATES = ("sampling_rate", "sample_rate", "rate")


def find_recordings(dataset: str, fields: Mapping[str, str | None], options: ReadOptions) -> dict[str, Recordings]:
    """Return the recordings of each split of a dataset, as it has them.

    Args:
        dataset: a folder with a table of paths, a folder of clips in folders named by their word, a table, a Parquet
            file, a sample's name or a Hub id.
        fields: "audio", "transcript" and "speaker" -> column, or None to guess it.
        options: options for reading.

    Raises:
        DataError: there is no such dataset, or a column or file is missing or damaged.
    """
    path = local_path(dataset)
    if path is None:
        splits = load_hub(dataset, unknown=f"{dataset!r} is not a file or folder here")
        usual = {split_of_name(name) or name: rows for name, rows in splits.items()}
        if "train" not in usual and len(usual) == 1:
            usual = {"train": next(iter(usual.values()))}
        return {name: _typed(f"{dataset} ({name})", rows, fields, options) for name, rows in usual.items()}
    if path.is_dir():
        return _of_folder(path, fields, options)
    if path.suffix == ".parquet":
        return {"train": _typed(str(path), open_parquet(path, options).table, fields, options)}
    if is_audio_file(path):
        raise DataError(f"{path} is one recording: give a table of recordings with their transcripts, or a folder")
    return _of_table(path, fields, options)


def _of_folder(folder: Path, fields: Mapping[str, str | None], options: ReadOptions) -> dict[str, Recordings]:
    for name in _TABLE_NAMES:
        if (folder / name).is_file():
            return find_recordings(str(folder / name), fields, options)
    tables = [path for path in plain_files(folder) if TABLES.can_open(path) and path.suffix != ".txt"]
    if not tables and (clips := files_by_class(folder, is_audio_file)):
        others = files_by_class(folder, lambda path: not is_audio_file(path))
        return {split: _of_words(folder, of_split, others.get(split, [])) for split, of_split in clips.items()}
    splits = look_for_splits(folder, lambda place: [path for path in TABLES.files(place) if path.suffix != ".txt"])
    if not splits:
        raise DataError(
            f"{folder} has neither a table with the columns path and text, nor clips ({_FORMATS}) in a folder for each "
            "word"
        )
    read: dict[str, Recordings] = {}
    for split, paths in splits.items():
        for path in paths:
            of = find_recordings(str(path), fields, options)
            if len(of) > 1 or split in read:
                raise DataError(f"{folder}: {path.name} is one of several tables of the split {split}; keep one")
            read[split] = next(iter(of.values()))
    return read


def _of_words(folder: Path, clips: Sequence[tuple[Path, str]], others: Sequence[tuple[Path, str]]) -> Recordings:
    """Clips of one split, without the other files; a folder whose name begins with "_" has clips without a word."""
    if not clips:
        raise DataError(f"{folder} has no clips: give folders named by their word, with sound files in them")
    paths = [path for path, _ in clips]
    words = ["" if name.startswith("_") else name.replace("_", " ") for _, name in clips]
    report = one_report(str(paths[0].parents[1]), "a folder a word", len(paths))
    omissions = (Omission(f"other than {_FORMATS}", len(others), str(others[0][0]), "file"),) if others else ()
    return Recordings(paths, words, (), [str(path) for path in paths], {}, report, omissions)


def _of_table(path: Path, fields: Mapping[str, str | None], options: ReadOptions) -> dict[str, Recordings]:
    splits = read_splits(str(path), fields, required=False, options=options)
    return {name: _of_rows(split, path, options) for name, split in splits.items()}


def _of_rows(split: Split, table: Path, options: ReadOptions) -> Recordings:
    _check_roles(split.columns, split.origin, ", ".join(map(str, split.rows.column_names)))
    names = column_values(split.rows, "audio")
    locations = [split.location(row) for row in range(len(split))]
    for name, location in zip(names, locations, strict=True):
        if not name:
            raise DataError(f"{location} names no sound file: correct or remove the row")
    paths = [table.parent / name for name in names]
    for path, location in zip(paths, locations, strict=True):
        _existing(path, location)
    speakers = column_values(split.rows, "speaker") if "speaker" in split.columns else ()
    transcripts = [text or "" for text in column_values(split.rows, "transcript")]
    return Recordings(
        paths,
        _named(transcripts, options),
        [str(speaker or "") for speaker in speakers],
        locations,
        split.columns,
        split.files,
        split.omissions,
        split.notes,
    )


def _typed(origin: str, rows: Any, fields: Mapping[str, str | None], options: ReadOptions) -> Recordings:
    """Rows of a table with types: sound as samples, as encoded bytes or as paths."""
    from datasets import Audio

    for name, feature in list(rows.features.items()):
        if isinstance(feature, Audio):  # without a decoder, which is another library
            rows = rows.cast_column(name, Audio(decode=False))
    flat = rows.flatten()  # a struct of bytes and path is two columns
    outer = dict.fromkeys(name.partition(".")[0] for name in flat.features)
    schema = Schema(origin, {name: _kind(flat.features.get(name)) for name in outer})
    columns = resolve_columns(fields, schema, required=False)
    _check_roles(columns, origin, schema.listed())
    locations = [f"{origin}, row {row + 1}" for row in range(len(rows))]
    sounds = _sounds(flat, str(columns["audio"]), Path(origin).parent, locations)
    values = {role: column_values(flat, str(columns[role])) for role in columns if role != "audio"}
    names = getattr(flat.features[str(columns["transcript"])], "names", None)
    transcripts = [
        "" if cell is None else names[cell] if names and isinstance(cell, int) else str(cell)
        for cell in values["transcript"]
    ]
    speakers = [str(speaker) for speaker in values.get("speaker", ())]
    form = "Parquet" if origin.endswith(".parquet") else "Hugging Face dataset"
    report = one_report(origin, form, len(rows))
    return Recordings(sounds, _named(transcripts, options), speakers, locations, columns, report)


def _kind(feature: Any) -> Kind:
    dtype = str(getattr(feature, "dtype", ""))
    if hasattr(feature, "names"):
        return Kind.CLASS
    if dtype in ("string", "large_string"):
        return Kind.TEXT
    return Kind.NUMBER if dtype.startswith(("int", "uint", "float")) and not hasattr(feature, "feature") else Kind.LIST


def _sounds(flat: Any, name: str, folder: Path, locations: Sequence[str]) -> list[Any]:
    """The sound of each row of a flat table: samples, else the bytes of a file, else its path."""
    columns = list(flat.features)
    inner = {column.rpartition(".")[2]: column for column in columns if column.startswith(f"{name}.")}
    is_list = name in columns and hasattr(flat.features[name], "feature")
    samples = name if is_list else inner.get("array")
    if samples is not None:
        rate = next((inner.get(column, column) for column in _RATES if column in (*inner, *columns)), None)
        if rate is None:
            raise DataError(f"{locations[0]}: beside the samples in {name!r} there is no sampling_rate: add the column")
        arrays = [row for chunk in arrow_column(flat, samples).chunks for row in _rows_of(chunk)]
        return list(zip(arrays, map(int, column_values(flat, rate)), strict=True))
    empty = [None] * len(flat)
    content = column_values(flat, inner["bytes"]) if "bytes" in inner else empty
    paths = column_values(flat, inner["path"]) if "path" in inner else empty
    cells = column_values(flat, name) if name in columns else empty
    sounds: list[Any] = []
    for data, path, cell, location in zip(content, paths, cells, locations, strict=True):
        sound = data if data is not None else path or cell
        if not sound:
            raise DataError(f"{location} has no sound in {name!r}: correct or remove the row")
        sounds.append(sound if isinstance(sound, bytes) else _existing(folder / str(sound), location))
    return sounds


def _existing(path: Path, location: str) -> Path:
    if not path.is_file():
        raise DataError(f"{location} names {path}, which is missing: correct or remove the row")
    return path


def _rows_of(chunk: Any) -> list[np.ndarray]:
    """The rows of a chunk of lists of numbers, without a copy."""
    values = chunk.values.to_numpy(zero_copy_only=False)
    return [values[start:end] for start, end in pairwise(chunk.offsets.to_numpy())]


def _check_roles(columns: Columns, origin: str, listed: str) -> None:
    options = {"audio": "--audio-field", "transcript": "--text-field"}
    for role in _REQUIRED:
        if role not in columns:
            noun = "sound" if role == "audio" else role
            raise DataError(f"{origin}: no column looks like the {noun} ({listed}); name it with {options[role]}")


def _named(transcripts: Sequence[str], options: ReadOptions) -> list[str]:
    """Transcripts with the names of numbers, where the user gives them."""
    if not options.label_names:
        return list(transcripts)
    return [name_of_number(text, options.label_names) or text for text in transcripts]
