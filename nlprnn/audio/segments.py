"""Segments of long recordings, split where it is most quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

_FRAME_SECONDS, _PAUSE_FRAMES = 0.02, 10


class Segment(NamedTuple):
    """A segment of a recording.

    Attributes:
        start: its first sample, counted from the beginning of the recording.
        waveform: (N,) float32.
    """

    start: int
    waveform: np.ndarray


def split_at_pauses(blocks: Iterable[np.ndarray], sample_rate: int, *, seconds: float = 20.0) -> Iterator[Segment]:
    """Split a recording into segments of at most some seconds, each at the most quiet place of its second half.

    Args:
        blocks: of the waveform, (N,) float32 each, of any length.
        sample_rate: in Hz.
        seconds: length of a segment, at most; a shorter recording is one segment.

    Yields:
        the segments, which together are the recording; in the memory of one segment and one block.
    """
    limit, start, pending = round(seconds * sample_rate), 0, np.zeros(0, np.float32)
    for block in blocks:
        pending = np.concatenate([pending, block])
        while len(pending) > limit:
            end = _quiet_place(pending[:limit], sample_rate)
            yield Segment(start, pending[:end])
            start, pending = start + end, pending[end:]
    if len(pending) or not start:
        yield Segment(start, pending)


def _quiet_place(waveform: np.ndarray, sample_rate: int) -> int:
    """Return the sample in the middle of the most quiet fifth of a second of the second half."""
    size = max(1, round(_FRAME_SECONDS * sample_rate))
    half = len(waveform) // 2
    frames = waveform[half : half + (len(waveform) - half) // size * size].reshape(-1, size)
    energy = np.square(frames, dtype=np.float64).mean(axis=1)
    window = min(_PAUSE_FRAMES, len(energy))
    sums = np.convolve(energy, np.ones(window), mode="valid")
    return half + (int(sums.argmin()) + window // 2) * size
