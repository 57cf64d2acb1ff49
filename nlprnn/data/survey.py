"""The first pass over rows that are not kept: their number, labels and fingerprint, a sample, and rows to hold out."""

from __future__ import annotations

import random
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

import numpy as np

from nlprnn.data.cells import RowConverter
from nlprnn.data.column_roles import Columns, role_of
from nlprnn.data.folders import split_of_name
from nlprnn.data.formats.source import LeftOut, Source
from nlprnn.data.labels import refuse_text
from nlprnn.data.report import FileReport, Omission
from nlprnn.data.row_sample import KeyedRows, SmallestKeys
from nlprnn.data.row_stream import Cells
from nlprnn.errors import DataError

_MOST_LABELS = 100_000
_WORDS = re.compile(r"\w+|[^\w\s]").findall
Place = tuple[Source, int]
"""Source and number of a row."""

SPLIT_ROLE = "split of the row"
"""Role of the column that names the split of each row; no other has this name."""


@dataclass(frozen=True)
class SurveyOptions:
    """What a first pass looks for.

    Attributes:
        sample_rows: rows of the sample, at most.
        sample_characters: of the sample, at most.
        held_out: texts that may be held out, at most.
        held_out_characters: of these, at most.
        seed: of the sample.
    """

    sample_rows: int
    sample_characters: int = 100_000_000
    held_out: int = 0
    held_out_characters: int = 20_000_000
    seed: int = 0


class Survey:
    """Result of a pass over all rows.

    Args:
        sources: of the rows, each with its columns.
        options: what is looked for.

    Attributes:
        rows: number of rows of each source.
        kept: whether each row is one of train.
        sizes: (rows of train, roles, 2) int32, characters and words of the texts of each row, punctuation counted too.
        labels: label -> number of rows of train.
        first_rows: label -> source and number of its first row.
        changes: rows whose labels are others than those of the row before.
        sample: rows of train at random.
        held_out: candidates of what is held out, by the digest of their texts.
        of_split: split -> the rows that a column puts there.
        files: how the sources were read.
        omissions: rows that were left out.
        digest: SHA-256 of all cells.

    Raises:
        DataError: a source is damaged, or a row has no label; names the place.
    """

    def __init__(self, sources: Sequence[tuple[Source, Columns]], options: SurveyOptions) -> None:
        self.rows: list[int] = []
        self.kept = np.zeros(0, dtype=bool)
        self.sizes = np.zeros((0, 1, 2), dtype=np.int32)
        self.labels = Counter[str]()
        self.first_rows: dict[str, Place] = {}
        self.changes = 0
        self.sample = SmallestKeys[Cells](options.sample_rows, options.sample_characters)
        self.held_out = SmallestKeys[tuple[Place, Cells]](options.held_out, options.held_out_characters)
        self.of_split: dict[str, list[tuple[Place, Cells]]] = {}
        self.files: list[FileReport] = []
        self._options = options
        self._sha256 = sha256()
        self._omitted: dict[str, tuple[int, str]] = {}
        self._kept = bytearray()
        self._roles = text_roles(sources[0][1])
        self._lengths = array("i")
        self._last: Sequence[str] = ()
        random_key = random.Random(options.seed).random
        for source, columns in sources:
            before = len(self._kept)
            for number, cells in self._cells(source, columns):
                self._take((source, number), cells, random_key())
            self.rows.append(len(self._kept) - before)
            self.files.append(source.report(self.rows[-1]))
        self.kept = np.array(np.frombuffer(self._kept, dtype=bool))
        self.sizes = np.frombuffer(self._lengths, dtype=np.int32).reshape(-1, len(self._roles), 2)
        self._was_kept = self.kept.copy()

    @property
    def digest(self) -> str:
        """SHA-256 of all cells of train."""
        return self._sha256.hexdigest()

    @property
    def omissions(self) -> tuple[Omission, ...]:
        """Rows that were left out, by the reason."""
        return tuple(Omission(reason, rows, first) for reason, (rows, first) in self._omitted.items())

    def remaining_sizes(self) -> np.ndarray:
        """Return the `sizes` of the rows that are not held out."""
        return self.sizes[self.kept[self._was_kept]]

    def hold_out(self, rows: KeyedRows[Any], labels: Sequence[str]) -> bool:
        """Take rows out of train, and return whether that was possible: each label keeps a row of train.

        Args:
            rows: with equal texts.
            labels: of the first of them.
        """
        if any(self.labels[label] <= len(rows.indices) for label in labels):
            return False
        self.kept[rows.indices] = False
        self.labels.subtract(labels)
        return True

    def _cells(self, source: Source, columns: Columns) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield number and cells of each row that is not left out, and note all others."""
        convert = RowConverter(columns, source.options, source.location)
        texts = text_roles(columns)
        for number, row in source.rows(columns):
            reason = row.reason if isinstance(row, LeftOut) else ""
            cells = {} if isinstance(row, LeftOut) else convert(row, number)
            if cells and (empty := [role for role in texts if not (text := cells[role]) or text.isspace()]):
                reason = f"without {' or '.join(empty)}"
            if reason:
                self._omit(reason, (source, number))
            else:
                yield number, cells

    def _take(self, place: Place, cells: dict[str, Any], key: float) -> None:
        """Note a row of train, or of another split."""
        split = split_of_name((cells.pop(SPLIT_ROLE) or "").strip()) if SPLIT_ROLE in cells else "train"
        if split is None:
            self._omit("of no split", place)
        elif split != "train":
            self._kept.append(False)
            self.of_split.setdefault(split, []).append((place, cells))
        else:
            index, sizes = len(self._kept), text_sizes(cells, self._roles)
            self._kept.append(True)
            self._lengths.extend(sizes)
            self._sha256.update(repr(tuple(cells.values())).encode())
            self._count_labels(place, labels_of(cells))
            self.sample.add(key, index, cells, sum(sizes[::2]))
            if self._options.held_out:
                self.held_out.add(text_key(cells), index, (place, cells), sum(sizes[::2]))

    def _omit(self, reason: str, place: Place) -> None:
        source, number = place
        rows, first = self._omitted.get(reason, (0, ""))
        self._omitted[reason] = (rows + 1, first or source.location(number))
        self._kept.append(False)

    def _count_labels(self, place: Place, labels: Sequence[str]) -> None:
        if labels and not all(labels):
            raise DataError(f"{place[0].location(place[1])}: the label is missing; fill it in or remove the row")
        for label in labels:
            if label not in self.first_rows:
                self.first_rows[label] = place
        self.labels.update(labels)
        self.changes += labels != self._last
        self._last = labels
        if len(self.first_rows) > _MOST_LABELS:
            refuse_text(len(self.first_rows), len(self._kept), place[0].origin)


def text_sizes(cells: Cells, roles: Sequence[str]) -> list[int]:
    """Return the characters and words of the text of each role, one after another; punctuation marks are words."""
    return [size for role in roles for size in (len(cells[role]), len(_WORDS(cells[role])))]


def text_roles(columns: Columns) -> list[str]:
    """Return the roles whose cells are texts."""
    return [role for role in columns if role != SPLIT_ROLE and role_of(role).cells == "string"]


def labels_of(cells: Cells) -> list[str]:
    """Return the labels of a row: one, several or none; an empty one is missing."""
    return [cells["label"] or ""] if "label" in cells else list(cells.get("labels") or ())


def text_key(cells: Cells) -> int:
    """Return a number of 64 bits by the text of a row, the same for texts that differ in case or white space only."""
    text = next(cell for role, cell in cells.items() if role_of(role).cells == "string")
    normal = " ".join(text.lower().split())
    return int.from_bytes(blake2b(normal.encode(), digest_size=8).digest(), "little")
