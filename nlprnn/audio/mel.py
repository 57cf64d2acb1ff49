"""Mel filter banks, windows and the DCT: the fixed matrices of `FeatureOptions`."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from nlprnn.audio.feature_options import FeatureOptions

_LINEAR, _BREAK, _LOG_STEP = 200.0 / 3, 1000.0, math.log(6.4) / 27.0
"""Slaney's scale: Hz of a mel below the break, the break in Hz, and the logarithm of the ratio of a mel above it."""


def hz_to_mel(frequency: np.ndarray, scale: str) -> np.ndarray:
    """Return mel (n,) float64 of frequencies (n,) in Hz."""
    if scale == "slaney":
        above = _BREAK / _LINEAR + np.log(np.maximum(frequency, _BREAK) / _BREAK) / _LOG_STEP
        return np.where(frequency < _BREAK, frequency / _LINEAR, above)
    return (2595.0 / math.log(10) if scale == "htk" else 1127.0) * np.log1p(frequency / 700.0)


def mel_to_hz(mel: np.ndarray, scale: str) -> np.ndarray:
    """Return frequencies (n,) float64 in Hz of mel (n,)."""
    if scale == "slaney":
        break_mel = _BREAK / _LINEAR
        return np.where(mel < break_mel, mel * _LINEAR, _BREAK * np.exp(_LOG_STEP * (mel - break_mel)))
    return 700.0 * np.expm1(mel / (2595.0 / math.log(10) if scale == "htk" else 1127.0))


@lru_cache(maxsize=64)
def mel_filters(options: FeatureOptions, warp: float = 1.0) -> Tensor:
    """Return the weights of the mel filters, (fft_size // 2 + 1, num_mels) float32.

    Args:
        options: definition of the features.
        warp: factor of the frequencies of the voice, as by another length of the vocal tract (Jaitly & Hinton 2013);
            the upper end stays where it is.
    """
    scale = options.mel_scale
    bins = np.arange(options.fft_size // 2 + 1) * options.sample_rate / options.fft_size  # Hz
    ends = hz_to_mel(np.array([options.low_frequency, options.upper_frequency]), scale)
    mels = np.linspace(ends[0], ends[1], options.num_mels + 2)
    edges = mel_to_hz(mels, scale)
    if warp != 1.0:
        edges = _warped(edges, warp, options.upper_frequency)
        mels = hz_to_mel(edges, scale)
    at, points = (hz_to_mel(bins, scale), mels) if scale == "kaldi" else (bins, edges)
    widths = np.diff(points)
    rising = (at[:, None] - points[:-2]) / widths[:-1]
    falling = (points[2:] - at[:, None]) / widths[1:]
    weights = np.maximum(0.0, np.minimum(rising, falling))
    if options.area_norm:
        weights *= 2.0 / (edges[2:] - edges[:-2])
    return torch.from_numpy(weights.astype(np.float32))


def _warped(frequencies: np.ndarray, warp: float, top: float) -> np.ndarray:
    """Return frequencies in Hz times `warp`, above a knee on a line to the top frequency."""
    knee = 0.85 * top * min(1.0, 1.0 / warp)
    line = top - (top - warp * knee) / (top - knee) * (top - frequencies)
    return np.where(frequencies <= knee, warp * frequencies, line)


@lru_cache(maxsize=64)
def window_of(options: FeatureOptions) -> Tensor:
    """Return the window, (window_length,) float32."""
    length = options.frame_length
    if options.window == "hann":
        return torch.hann_window(length, periodic=True, dtype=torch.float64).float()
    if options.window == "hamming":
        return torch.hamming_window(length, periodic=False, dtype=torch.float64).float()
    return torch.hann_window(length, periodic=False, dtype=torch.float64).pow(0.85).float()


@lru_cache(maxsize=64)
def dct_matrix(options: FeatureOptions) -> Tensor:
    """Return the orthonormal DCT-II with the lifter, (num_mels, num_cepstra) float32."""
    n, k = np.arange(options.num_mels)[:, None], np.arange(options.num_cepstra)[None]
    matrix = np.sqrt(2.0 / options.num_mels) * np.cos(np.pi / options.num_mels * (n + 0.5) * k)
    matrix[:, 0] /= math.sqrt(2.0)
    if options.lifter:
        index = k + (options.mel_scale != "kaldi")
        matrix = matrix * (1.0 + options.lifter / 2.0 * np.sin(np.pi * index / options.lifter))
    return torch.from_numpy(matrix.astype(np.float32))
