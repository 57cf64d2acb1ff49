"""Features of a waveform: log-mel filter bank or MFCC, with derivatives over time."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.audio.feature_options import FeatureOptions
from nlprnn.audio.mel import dct_matrix, mel_filters, window_of

_DELTA_WINDOW = 2
"""Frames on each side of which a derivative is the slope, as in HTK and Kaldi."""

_MOST_FRAMES = 6000
"""Frames whose spectrum is in memory together."""


def extract_features(waveform: np.ndarray, options: FeatureOptions, *, warp: float = 1.0) -> np.ndarray:
    """Return the features of a waveform, as `FeatureOptions` defines them.

    Args:
        waveform: (N,) float32 at the sample rate of the options.
        options: definition of the features.
        warp: factor of the frequencies, see `mel_filters`.

    Returns:
        (T, F) float32; T is `options.num_frames(N)`.

    Raises:
        ValueError: the waveform has more than one dimension.
    """
    if waveform.ndim != 1:
        raise ValueError(f"a waveform is (N,), got {waveform.shape}: mix its channels")
    frames = options.num_frames(len(waveform))
    left, length = options.left_padding, options.frame_length
    right = max(0, (frames - 1) * options.hop_length + length - left - len(waveform)) if frames else 0
    padded = functional.pad(torch.from_numpy(np.ascontiguousarray(waveform, np.float32)), (left, right))
    features = frame_features(padded, frames, options, warp=warp)
    if options.dynamic_range is not None and frames:
        features = torch.maximum(features, features.max() - options.dynamic_range)
    return finish_features(features, options).numpy()


def frame_features(padded: Tensor, frames: int, options: FeatureOptions, *, warp: float = 1.0) -> Tensor:
    """Return the log-mel filter bank of frames, and of "mfcc" with `energy` the log energy as a last column.

    Args:
        padded: (N,) float32, the waveform from the first sample of the first frame on.
        frames: T, their number.
        options: definition of the features.
        warp: factor of the frequencies, see `mel_filters`.

    Returns:
        (T, num_mels) float32, or (T, num_mels + 1).
    """
    width = options.num_mels + options.energy
    if not frames:
        return torch.zeros(0, width)
    signal = padded * options.scale if options.scale != 1.0 else padded
    all_frames = signal.unfold(0, options.frame_length, options.hop_length)[:frames]  # (T, window_length), a view
    chunks = all_frames.split(_MOST_FRAMES)
    return torch.cat([_log_mel(chunk, options, warp) for chunk in chunks])


def _log_mel(frames: Tensor, options: FeatureOptions, warp: float) -> Tensor:
    if options.remove_offset:
        frames = frames - frames.mean(dim=1, keepdim=True)
    energy = frames.square().sum(dim=1, keepdim=True).clamp(min=options.floor).log() if options.energy else None
    if options.preemphasis:
        previous = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
        frames = frames - options.preemphasis * previous
    magnitude = torch.fft.rfft(frames * window_of(options), n=options.fft_size).abs()
    power = magnitude.square() if options.power == 2.0 else magnitude.pow(options.power)
    mel = (power @ mel_filters(options, warp)).clamp(min=options.floor)
    log_mel = mel.log() if options.logarithm == "ln" else 10.0 * mel.log10()
    return log_mel if energy is None else torch.cat([log_mel, energy], dim=1)


def finish_features(log_mel: Tensor, options: FeatureOptions) -> Tensor:
    """Return the features (T, F) float32 of what `frame_features` returned: cepstra and derivatives."""
    features = log_mel[:, : options.num_mels]
    if options.kind == "mfcc":
        features = features @ dct_matrix(options)
        if options.energy:
            features = torch.cat([log_mel[:, options.num_mels :], features[:, 1:]], dim=1)
    columns = [features]
    for _ in range(options.deltas):
        columns.append(deltas(columns[-1]))
    return torch.cat(columns, dim=1) if options.deltas else features


def deltas(features: Tensor) -> Tensor:
    """Return the derivative over time (T, F), the slope of a line through five frames (Furui 1986).

    Frames before the first and after the last are equal to these.
    """
    if not len(features):
        return features
    window = _DELTA_WINDOW
    edges = [features[:1].expand(window, -1), features, features[-1:].expand(window, -1)]
    padded = torch.cat(edges)
    frames = len(features)
    steps = range(1, window + 1)
    slopes = [n * (padded[window + n :][:frames] - padded[window - n :][:frames]) for n in steps]
    return torch.stack(slopes).sum(dim=0) / (2 * sum(n * n for n in steps))
