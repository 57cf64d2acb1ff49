"""Resampling by soxr, whole or as a stream."""

from __future__ import annotations

import numpy as np

from nlprnn.audio.library import audio_library


def resample(waveform: np.ndarray, sample_rate: float, target_rate: float, *, quality: str = "HQ") -> np.ndarray:
    """Return a waveform at another sample rate.

    Args:
        waveform: (N,) float32.
        sample_rate: of the waveform, in Hz.
        target_rate: of the result, in Hz.
        quality: of soxr: "HQ", or "QQ", which interpolates and takes a sixth of the time.

    Returns:
        (N * target_rate / sample_rate,) float32, rounded; the waveform itself where the rates are equal.
    """
    if sample_rate == target_rate or not len(waveform):
        return waveform
    resampled: np.ndarray = audio_library("soxr").resample(waveform, sample_rate, target_rate, quality)
    return resampled.astype(np.float32, copy=False)


class ResampleStream:
    """Resampling of a waveform that arrives in chunks.

    Args:
        sample_rate: of the chunks, in Hz.
        target_rate: of the result, in Hz.
    """

    def __init__(self, sample_rate: float, target_rate: float) -> None:
        self._stream = None
        if sample_rate != target_rate:
            self._stream = audio_library("soxr").ResampleStream(sample_rate, target_rate, 1, dtype="float32")

    def accept(self, chunk: np.ndarray, *, last: bool = False) -> np.ndarray:
        """Return the samples (M,) float32 that are known after a chunk (N,) float32; all of them after the last."""
        if self._stream is None:
            return chunk
        resampled: np.ndarray = self._stream.resample_chunk(np.ascontiguousarray(chunk, np.float32), last=last)
        return resampled
