"""Data of speech recognition: recordings of each split, what is held out, and clips that cannot be learnt."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Literal

import numpy as np

from nlprnn.batching import SequenceArray
from nlprnn.data import DataReport, ReadOptions
from nlprnn.data.group_split import hold_out_groups
from nlprnn.data.split import complete_splits, hold_out
from nlprnn.decoding.ctc_alignment import frames_needed
from nlprnn.errors import DataError, list_names
from nlprnn.pipelines.speech_processor import SpeechProcessor, clean_transcript
from nlprnn.tasks.speech.concatenated_clips import concatenate_recordings
from nlprnn.tasks.speech.recording_sources import find_recordings
from nlprnn.tasks.speech.recordings import Recordings

logger = logging.getLogger(__name__)

HIGHEST_RATE = 16_000
"""Sample rate in Hz to which a higher one of the clips is reduced."""

_FEWEST_SPEAKERS = 3
_CLIP_SHARE = 0.1
_NAMED_CLIPS = 5
_INTEGERS = 32_767.0
HoldOut = Literal["auto", "speakers", "clips"]


@dataclass(frozen=True)
class SpeechData:
    """Recordings of each split.

    Attributes:
        splits: split -> its recordings.
        sample_rate: of their waveforms, in Hz.
    """

    splits: Mapping[str, Recordings]
    sample_rate: int

    @classmethod
    def load(
        cls,
        dataset: str,
        fields: Mapping[str, str | None],
        *,
        options: ReadOptions | None = None,
        sample_rate: int | None = None,
        lowercase: bool = True,
        hold_out_by: HoldOut = "auto",
    ) -> SpeechData:
        """Load the recordings of a dataset; validation and test are held out where they are missing.

        Args:
            dataset: as `find_recordings` takes it.
            fields: role -> column, or None to guess it.
            options: options for reading; None = defaults.
            sample_rate: of the waveforms, in Hz; None = that of the first clip, at most 16,000.
            lowercase: convert transcripts to lower case.
            hold_out_by: whether whole speakers or clips are held out.

        Raises:
            DataError: the dataset is missing, damaged or too small.
        """
        splits = cls.read(dataset, fields, options=options, lowercase=lowercase)
        if "train" not in splits:
            raise DataError(f"{dataset} has no train split to learn from (splits: {', '.join(splits)})")
        return cls.complete(splits, sample_rate=sample_rate, hold_out_by=hold_out_by)

    @staticmethod
    def read(
        dataset: str, fields: Mapping[str, str | None], *, options: ReadOptions | None = None, lowercase: bool = True
    ) -> dict[str, Recordings]:
        """Return the recordings of the splits that a dataset has, their transcripts cleaned; arguments as of `load`.

        Raises:
            DataError: the dataset is missing or damaged.
        """
        splits = find_recordings(dataset, fields, options or ReadOptions())
        return {name: _cleaned(split, lowercase=lowercase) for name, split in splits.items()}

    @classmethod
    def complete(
        cls, splits: Mapping[str, Recordings], *, sample_rate: int | None = None, hold_out_by: HoldOut = "auto"
    ) -> SpeechData:
        """Return the data with validation and test held out where they are missing; arguments as of `load`.

        Raises:
            DataError: there is too little to hold out.
        """
        splits = complete_splits(
            splits, lambda train, number: _held_out(train, number, hold_out_by), origin=splits["train"].origin
        )
        rate = sample_rate or min(HIGHEST_RATE, splits["train"].sample_rate())
        return cls(splits, rate)

    def concatenated(self, split: str, most: int) -> SpeechData:
        """Return the data with at most `most` clips of one speaker concatenated in a split; 1 = none are.

        Raises:
            DataError: a file is missing, damaged or no sound.
        """
        if most == 1:
            return self
        return replace(
            self, splits={**self.splits, split: concatenate_recordings(self.splits[split], most, self.sample_rate)}
        )

    @property
    def report(self) -> DataReport:
        """What was read."""
        counts = Counter(chain.from_iterable(split.transcripts for split in self.splits.values()))
        labels = dict(counts.most_common()) if len(counts) <= len(self.splits["train"]) // 4 else {}
        return DataReport.of(self.splits, labels=labels)

    @property
    def held_out(self) -> list[str]:
        """The splits that are not trained on."""
        return [split for split in self.splits if split != "train"]

    def waveforms(self, split: str) -> SequenceArray:
        """Return the waveforms of a split as 16-bit integers, whose rows have their numbers of samples.

        Raises:
            DataError: a file is missing, damaged or no sound.
        """
        rows = self.splits[split].waveforms(self.sample_rate)
        return SequenceArray.from_sequences(map(as_integers, rows), dtype=np.int16)


def as_integers(waveform: np.ndarray) -> np.ndarray:
    """Return a waveform (N,) float32 in [-1, 1] as int16, which takes half the memory."""
    return np.rint(np.clip(waveform, -1.0, 1.0) * _INTEGERS).astype(np.int16)


def as_floats(samples: np.ndarray) -> np.ndarray:
    """Return a waveform (N,) float32 of what `as_integers` returned."""
    return samples.astype(np.float32) / np.float32(_INTEGERS)


def learnable(
    recordings: Recordings, waveforms: SequenceArray, processor: SpeechProcessor, frames_per_output: int
) -> np.ndarray:
    """Return the rows (n,) int64 of clips that are long enough for their transcripts; warn of the others, by name.

    CTC needs an output frame for each token, and one more between two that are equal.

    Raises:
        DataError: no clip is long enough.
    """
    tokens = processor.tokenizer.encode_batch(list(recordings.transcripts))
    frames = np.array([processor.features.num_frames(int(samples)) for samples in waveforms.lengths])
    outputs = -(-frames // frames_per_output)
    needed = np.array([max(1, frames_needed(row)) for row in tokens])
    short = np.flatnonzero(outputs < needed)
    if len(short):
        named = "; ".join(
            f"{recordings.locations[row]} ({outputs[row]} frames, needs {needed[row]} for "
            f"{recordings.transcripts[row]!r:.60})"
            for row in short[:_NAMED_CLIPS].tolist()
        )
        more = f" and {len(short) - _NAMED_CLIPS} more" if len(short) > _NAMED_CLIPS else ""
        text = f"too short for their transcripts: {named}{more}"
        if len(short) == len(recordings):
            raise DataError(f"all {len(short)} clips are {text}; give --subsampling 1, or other --units")
        logger.warning("%d of %d clips are left out, %s", len(short), len(recordings), text)
    return np.flatnonzero(outputs >= needed)


def report_odd_clips(recordings: Recordings, waveforms: SequenceArray) -> None:
    """Warn of clips that are silent though something is spoken, by name."""
    silent = [
        recordings.locations[row]
        for row, samples in enumerate(waveforms)
        if recordings.transcripts[row] and not np.abs(samples).max(initial=0)
    ]
    if silent:
        logger.warning("%d clips are silent: %s", len(silent), list_names(silent, limit=_NAMED_CLIPS))


def report_unknown_letters(data: SpeechData, processor: SpeechProcessor) -> None:
    """Warn of letters of held-out transcripts that train does not have, and so no model can write."""
    for name in data.held_out:
        recordings = data.splits[name]
        unknown = {row: processor.tokenizer.unknown(text) for row, text in enumerate(recordings.transcripts)}
        rows = [row for row, letters in unknown.items() if letters]
        if rows:
            letters = sorted(set(chain.from_iterable(unknown.values())))
            logger.warning(
                "%d transcripts of %s have %s, which train has not: they cannot be recognized; the first is %s",
                len(rows),
                name,
                list_names(letters),
                recordings.locations[rows[0]],
            )


def extract(waveforms: SequenceArray, processors: Sequence[SpeechProcessor]) -> SequenceArray:
    """Return the normalized features (T, F) of each clip, by its processor."""
    rows = (processor(as_floats(samples)) for samples, processor in zip(waveforms, processors, strict=True))
    features = SequenceArray.from_sequences(rows, dtype=np.float32)
    if not len(features.values):
        size = processors[0].features.size if processors else 0
        return SequenceArray(np.zeros((0, size), np.float32), features.offsets)
    return features


def _cleaned(recordings: Recordings, *, lowercase: bool) -> Recordings:
    texts = [clean_transcript(text, lowercase=lowercase) for text in recordings.transcripts]
    silent = texts.count("")
    if silent == len(texts):
        raise DataError(f"{recordings.origin}: no row has a transcript")
    cleaned = replace(recordings, transcripts=texts)
    return cleaned.noted(f"{silent} clips without a transcript are taken for silence") if silent else cleaned


def _held_out(train: Recordings, number: int, by: HoldOut) -> list[Recordings]:
    """The rest of train, and held-out splits: of whole speakers where test is held out, too, else of clips."""
    speakers = sorted(set(train.speakers))
    if by == "speakers" and len(speakers) <= number:
        raise DataError(f"{len(speakers)} speakers are too few to hold out {number} of them: give --speaker-field")
    if by == "speakers" or (by == "auto" and number > 1 and len(speakers) >= _FEWEST_SPEAKERS):
        chosen, held_out = hold_out_groups(train.speakers, number=number)
        note = f"held out, speaker by speaker: {', '.join(map(' '.join, held_out))}"
        rest, *splits = (train.select(rows) for rows in chosen)
        return [rest.noted(note), *splits]
    transcripts = Counter(train.transcripts)
    labels = list(train.transcripts) if len(transcripts) <= len(train) // 4 else None
    chosen = hold_out(map(str, range(len(train))), labels, number=number, share=_CLIP_SHARE)
    return [train.select(rows) for rows in chosen]
