"""Augmentation of training clips: other speeds, vocal tracts, noise, silence around them, and SpecAugment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlprnn.audio.feature_options import FeatureOptions
from nlprnn.audio.features import extract_features
from nlprnn.audio.noise import coloured_noise, speechless
from nlprnn.audio.resampling import resample
from nlprnn.errors import OptionError


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Random changes of a training clip, all drawn from one generator; 0 = none of that kind.

    Attributes:
        speed: largest change of the speed, and of the pitch with it: 0.1 = factors from 0.9 to 1.1 (Ko et al. 2015,
            "Audio Augmentation for Speech Recognition").
        warp: largest change of the vocal tract's length, by the mel filters (Jaitly & Hinton 2013, "Vocal Tract Length
            Perturbation Improves Speech Recognition").
        noise: probability of noise, at a ratio of signal to noise from 5 to 30 dB.
        silence: probability that a clip is replaced by a sound in which nothing is spoken.
        pad: largest silence before and after the clip, in seconds.
        frequency_masks: number of masks over bands of features (SpecAugment, Park et al. 2019).
        frequency_width: most features of a mask.
        time_masks: number of masks over frames.
        time_width: most frames of a mask, as a share of the clip.

    Raises:
        OptionError: a value is out of range.
    """

    speed: float = 0.0
    warp: float = 0.0
    noise: float = 0.0
    silence: float = 0.0
    pad: float = 0.0
    frequency_masks: int = 0
    frequency_width: int = 8
    time_masks: int = 0
    time_width: float = 0.1

    def __post_init__(self) -> None:
        for name in ("speed", "warp"):
            if not 0 <= getattr(self, name) <= 0.5:
                raise OptionError(f"{name} must be from 0 to 0.5, got {getattr(self, name)}")
        if not all(0 <= share <= 1 for share in (self.noise, self.silence, self.time_width)) or self.pad < 0:
            raise OptionError("noise, silence and time_width must be from 0 to 1, and pad at least 0")

    def silenced(self, waveform: np.ndarray, sample_rate: int, rng: np.random.Generator) -> np.ndarray | None:
        """Return the sound (N,) float32 that replaces a waveform (N,), in which nothing is spoken; None = it stays."""
        if not self.silence or rng.random() >= self.silence:
            return None
        return speechless(len(waveform), sample_rate, rng)

    def features(
        self,
        waveform: np.ndarray,
        options: FeatureOptions,
        rng: np.random.Generator,
        noises: Sequence[np.ndarray] = (),
    ) -> np.ndarray:
        """Return the features (T, F) float32 of a changed waveform (N,) float32; `spec_augment` comes after them.

        Args:
            waveform: at the sample rate of the options.
            options: definition of the features.
            rng: of all that is drawn.
            noises: waveforms to take noise from; none = noise between white and brown.
        """
        if self.speed:
            factor = math.exp(rng.uniform(-1, 1) * math.log1p(self.speed))
            waveform = resample(waveform, options.sample_rate, round(options.sample_rate / factor), quality="QQ")
        if self.pad:
            before, after = rng.integers(0, round(self.pad * options.sample_rate), size=2, endpoint=True)
            level = 0.001 * float(np.abs(waveform).max(initial=0.0))  # digital silence is a sound of its own
            silence = level * rng.standard_normal(before + after).astype(np.float32)
            waveform = np.concatenate([silence[:before], waveform, silence[before:]])
        if self.noise and rng.random() < self.noise:
            waveform = add_noise(waveform, _noise(len(waveform), rng, noises), rng.uniform(5.0, 30.0))
        warp = 1.0 if not self.warp else round(1.0 + self.warp * rng.integers(-5, 6) / 5, 4)  # few filter banks to keep
        return extract_features(waveform, options, warp=warp)

    def spec_augment(self, features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return normalized features (T, F) with random bands and frames at 0, their mean."""
        if not (self.frequency_masks or self.time_masks) or not len(features):
            return features
        masked = features.copy()
        for _ in range(self.frequency_masks):
            width = int(rng.integers(0, min(self.frequency_width, masked.shape[1]), endpoint=True))
            start = int(rng.integers(0, masked.shape[1] - width, endpoint=True))
            masked[:, start : start + width] = 0.0
        for _ in range(self.time_masks):
            width = int(rng.integers(0, int(self.time_width * len(masked)), endpoint=True))
            start = int(rng.integers(0, len(masked) - width, endpoint=True))
            masked[start : start + width] = 0.0
        return masked


def add_noise(waveform: np.ndarray, noise: np.ndarray, ratio: float) -> np.ndarray:
    """Return a waveform (N,) plus noise (N,) at a ratio of signal to noise in dB; silence stays as it is."""
    signal, power = float(np.square(waveform).mean()), float(np.square(noise).mean())
    if signal == 0.0 or power == 0.0:
        return waveform
    return (waveform + noise * math.sqrt(signal / power) * 10 ** (-ratio / 20)).astype(np.float32)


def _noise(samples: int, rng: np.random.Generator, noises: Sequence[np.ndarray]) -> np.ndarray:
    """Return noise (N,) float32: an excerpt of a waveform, or noise from white to brown."""
    if noises:
        source = noises[int(rng.integers(len(noises)))]
        return np.resize(np.roll(source, -int(rng.integers(len(source)))), samples)
    return coloured_noise(samples, rng)
