"""Feature sequences of one split, with what is predicted of them, their subjects and locations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.data.column_roles import Column, Columns
from nlprnn.data.report import FileReport, Omission
from nlprnn.series.feature_columns import FeatureColumns


@dataclass(frozen=True)
class FeatureSequences:
    """Sequences as a data set has them, checked.

    Attributes:
        values: (T, D) float64 of each sequence, NaN = missing.
        names: of the D features.
        targets: of each sequence what is predicted, as its cell holds it, None = not known; () = there is no such
            column.
        subjects: of each sequence; () = not known.
        identities: of each sequence its name, path or row number, for answers.
        locations: of each sequence file and line, for messages.
        feature_columns: that they were read from.
        guessed: roles whose column was guessed.
        files: sources of the rows.
        omissions: what was left out.
        notes: choices between several readings.
    """

    values: SequenceArray
    names: tuple[str, ...]
    targets: Sequence[Any]
    subjects: Sequence[str]
    identities: Sequence[str]
    locations: Sequence[str]
    feature_columns: FeatureColumns
    guessed: frozenset[str] = frozenset()
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def select(self, rows: Sequence[int]) -> FeatureSequences:
        """Return the sequences of these numbers, from 0."""
        return replace(
            self,
            values=self.values.select(np.asarray(rows, dtype=np.int64)),
            targets=[self.targets[row] for row in rows] if len(self.targets) else (),
            subjects=[self.subjects[row] for row in rows] if self.subjects else (),
            identities=[self.identities[row] for row in rows],
            locations=[self.locations[row] for row in rows],
        )

    def noted(self, *notes: str) -> FeatureSequences:
        """Return the sequences with notes in the report."""
        return replace(self, notes=(*self.notes, *notes))

    @property
    def origin(self) -> str:
        """The file or data set, for messages."""
        return self.files[0].origin

    @property
    def columns(self) -> Columns:
        """The column of each role."""
        columns = self.feature_columns
        roles = {"features": columns.features, "sequence": columns.sequence}
        singles = {"time": columns.time, "target": columns.target, "subject": columns.subject}
        roles |= {role: (name,) for role, name in singles.items() if name is not None}
        return {role: Column(names, guessed=role in self.guessed) for role, names in roles.items() if names}

    def texts(self) -> Iterator[str]:
        """Yield a digest of each sequence: equal ones count as identical, and are never in two splits."""
        return (blake2b(np.ascontiguousarray(row).tobytes(), digest_size=12).hexdigest() for row in self.values)

    def contents(self) -> Iterator[list[Any]]:
        """Yield targets, subjects, and a digest of each sequence."""
        yield list(self.targets)
        yield list(self.subjects)
        yield list(self.texts())


def concatenated(shards: Sequence[FeatureSequences]) -> FeatureSequences:
    """Return the shards of one split, which have the same features, as one."""
    if len(shards) == 1:
        return shards[0]
    lengths = np.concatenate([shard.values.lengths for shard in shards])
    values = np.concatenate([shard.values.values for shard in shards])
    return replace(
        shards[0],
        values=SequenceArray(values, offsets_of(lengths)),
        targets=[target for shard in shards for target in shard.targets],
        subjects=[subject for shard in shards for subject in shard.subjects],
        identities=[identity for shard in shards for identity in shard.identities],
        locations=[place for shard in shards for place in shard.locations],
        files=tuple(file for shard in shards for file in shard.files),
        omissions=tuple(omission for shard in shards for omission in shard.omissions),
        notes=tuple(dict.fromkeys(note for shard in shards for note in shard.notes)),
    )


def offsets_of(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the offsets (rows + 1,) of sequences of these lengths (rows,) that are end to end."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
