"""Clips of one speaker that are concatenated, so that a model of single words learns connected ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlprnn.audio.concatenation import concatenate_waveforms
from nlprnn.tasks.speech.recordings import Recordings


@dataclass(frozen=True)
class ClipGroups:
    """Random groups of clips, each of one speaker.

    Attributes:
        speakers: of each clip; () = all clips are of one.
        most: clips of a group, at most.
    """

    speakers: Sequence[str]
    most: int

    def groups(self, clips: int, rng: np.random.Generator) -> list[np.ndarray]:
        """Return groups of clips, (n,) int64 each, n from 1 to `most` equally often; each clip is in one of them."""
        order = rng.permutation(clips)
        of_speaker = dict.fromkeys(self.speakers, order[:0]) or {"": order}
        if self.speakers:
            names = np.array(self.speakers)[order]
            of_speaker = {speaker: order[names == speaker] for speaker in of_speaker}
        groups = []
        for rows in of_speaker.values():
            sizes = rng.integers(1, self.most, size=len(rows), endpoint=True)
            ends = np.cumsum(sizes)
            groups += np.split(rows, ends[ends < len(rows)])
        return groups


def concatenate_recordings(recordings: Recordings, most: int, sample_rate: int) -> Recordings:
    """Return recordings in which clips of one speaker are concatenated, always the same; each is in one of them.

    Args:
        recordings: the clips.
        most: clips of a recording, at most.
        sample_rate: of the result, in Hz.

    Raises:
        DataError: a file is missing, damaged or no sound.
    """
    rng = np.random.default_rng(0)
    groups = [group.tolist() for group in ClipGroups(recordings.speakers, most).groups(len(recordings), rng)]
    waveforms = list(recordings.waveforms(sample_rate))
    first = recordings.select([group[0] for group in groups])
    concatenated = replace(
        first,
        sounds=[
            (concatenate_waveforms([waveforms[row] for row in group], sample_rate, rng), sample_rate)
            for group in groups
        ],
        transcripts=[concatenate_transcripts([recordings.transcripts[row] for row in group]) for group in groups],
        locations=[" + ".join(recordings.locations[row] for row in group) for group in groups],
    )
    return concatenated.noted(
        f"{len(recordings)} clips concatenated to {len(groups)}, for validation of connected words"
    )


def concatenate_transcripts(transcripts: Sequence[str]) -> str:
    """Return the transcript of concatenated clips, of which silent ones add nothing."""
    return " ".join(filter(None, transcripts))
