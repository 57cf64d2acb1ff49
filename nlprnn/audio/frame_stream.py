"""Features of a waveform that arrives in chunks: equal to those of the whole waveform."""

from __future__ import annotations

import numpy as np
import torch

from nlprnn.audio.feature_options import FeatureOptions
from nlprnn.audio.features import finish_features, frame_features
from nlprnn.errors import OptionError


class FrameStream:
    """Features of a stream of samples, each as soon as its last sample is there.

    Args:
        options: definition of the features.
        warp: factor of the frequencies, see `mel_filters`.

    Raises:
        OptionError: a feature depends on later samples than its frame: derivatives, or a dynamic range.
    """

    def __init__(self, options: FeatureOptions, *, warp: float = 1.0) -> None:
        if options.deltas or options.dynamic_range is not None:
            raise OptionError("a stream has no features with deltas or a dynamic range: leave them out in training")
        self._options = options
        self._warp = warp
        self._pending = np.zeros(options.left_padding, np.float32)
        self._samples = 0
        self._frames = 0

    def accept(self, samples: np.ndarray) -> np.ndarray:
        """Return the features (T, F) float32 that samples (N,) float32 complete; T may be 0."""
        self._samples += len(samples)
        self._pending = np.concatenate([self._pending, samples])
        options = self._options
        return self._take(max(0, 1 + (len(self._pending) - options.frame_length) // options.hop_length))

    def finish(self) -> np.ndarray:
        """Return the features (T, F) float32 of the frames that reach over the end of the waveform."""
        options = self._options
        frames = max(0, options.num_frames(self._samples) - self._frames)
        missing = (frames - 1) * options.hop_length + options.frame_length - len(self._pending)
        self._pending = np.pad(self._pending, (0, max(0, missing)))
        return self._take(frames)

    def _take(self, frames: int) -> np.ndarray:
        log_mel = frame_features(torch.from_numpy(self._pending), frames, self._options, warp=self._warp)
        self._pending = self._pending[frames * self._options.hop_length :]
        self._frames += frames
        return finish_features(log_mel, self._options).numpy()
