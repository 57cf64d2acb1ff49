"""Recordings with their transcripts, speakers and places, decoded when they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from nlprnn.audio import read_audio, resample
from nlprnn.data.column_roles import Columns
from nlprnn.data.report import FileReport, Omission
from nlprnn.errors import DataError

SampledSound = tuple[np.ndarray, int]
"""Samples (N,) of any number type, and their sample rate."""


@dataclass(frozen=True)
class Recordings:
    """Recordings of one split, not decoded yet.

    Attributes:
        sounds: of each a path, the bytes of a file, or samples with their rate.
        transcripts: what is spoken; "" where nothing is.
        speakers: of each recording; () = not known.
        locations: file of each recording, or row of its table, for messages.
        columns: role -> column of the table; none of class folders.
        files: sources of the rows.
        omissions: what was left out.
        notes: choices between several readings.
    """

    sounds: Sequence[Path | bytes | SampledSound]
    transcripts: Sequence[str]
    speakers: Sequence[str]
    locations: Sequence[str]
    columns: Columns
    files: tuple[FileReport, ...] = ()
    omissions: tuple[Omission, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sounds)

    def select(self, rows: Sequence[int]) -> Recordings:
        """Return the recordings of these numbers, from 0."""
        return replace(
            self,
            sounds=[self.sounds[row] for row in rows],
            transcripts=[self.transcripts[row] for row in rows],
            speakers=[self.speakers[row] for row in rows] if self.speakers else (),
            locations=[self.locations[row] for row in rows],
        )

    @property
    def origin(self) -> str:
        """The file or dataset, for messages."""
        return self.files[0].origin

    def texts(self) -> Iterator[str]:
        """Yield a different text for each recording: two of the same words are not the same."""
        return map(str, range(len(self)))

    def noted(self, note: str) -> Recordings:
        """Return the recordings with a note in the report."""
        return replace(self, notes=(*self.notes, note))

    def contents(self) -> Iterator[list[Any]]:
        """Yield transcripts, speakers, and a digest of each sound.

        Raises:
            DataError: a file cannot be read.
        """
        yield list(self.transcripts)
        yield list(self.speakers)
        yield [_identity(sound) for sound in self.sounds]

    def sample_rate(self) -> int:
        """Return the sample rate of the first recording, in Hz.

        Raises:
            DataError: it cannot be read.
        """
        return self._read(0, None)[1]

    def waveforms(self, sample_rate: int) -> Iterator[np.ndarray]:
        """Yield the waveform (N,) float32 of each recording at a sample rate in Hz.

        Raises:
            DataError: a file is missing, damaged or no sound; names the row.
        """
        return (self._read(row, sample_rate)[0] for row in range(len(self)))

    def _read(self, row: int, sample_rate: int | None) -> SampledSound:
        sound, location = self.sounds[row], self.locations[row]
        if isinstance(sound, tuple):
            samples, rate = sound
            if not len(samples):
                raise DataError(f"{location} has no samples: leave the row out")
            waveform = as_waveform(samples)
            return (waveform, rate) if sample_rate is None else (resample(waveform, rate, sample_rate), sample_rate)
        try:
            return read_audio(sound, sample_rate, name=str(sound) if isinstance(sound, Path) else location)
        except DataError as error:
            if isinstance(sound, Path) and location != str(sound):
                raise DataError(f"{location}: {error}") from None
            raise


def as_waveform(samples: np.ndarray) -> np.ndarray:
    """Return samples (N,) as float32: integers are divided by the largest of their type."""
    if samples.dtype.kind in "iu":
        return (samples / -float(np.iinfo(samples.dtype).min or 1)).astype(np.float32)
    return samples.astype(np.float32)


def _identity(sound: Path | bytes | SampledSound) -> str:
    if isinstance(sound, tuple):
        content = np.ascontiguousarray(sound[0]).tobytes() + str(sound[1]).encode()
    elif isinstance(sound, Path):
        try:
            content = sound.read_bytes()
        except OSError as error:
            raise DataError(f"{sound} cannot be read: {error.strerror}") from None
    else:
        content = sound
    return blake2b(content, digest_size=12).hexdigest()


def one_report(origin: str, form: str, rows: int) -> tuple[FileReport, ...]:
    """Return the report of one source of recordings."""
    return (FileReport(origin, form, rows),)
