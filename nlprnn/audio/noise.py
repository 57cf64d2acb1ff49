"""Sounds in which nothing is spoken: noise from white to brown, hum, and silence."""

from __future__ import annotations

import math

import numpy as np

_HARMONICS = 4
_QUIETEST, _LOUDEST = -70.0, -15.0
"""Level of noise in dB of full scale."""


def coloured_noise(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return noise (N,) float32 whose power falls with frequency, by 0 to 6 dB an octave."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    spectrum *= np.maximum(1, np.arange(len(spectrum))) ** -rng.uniform(0.0, 1.0)
    return np.fft.irfft(spectrum, n=samples).astype(np.float32)


def speechless(samples: int, sample_rate: int, rng: np.random.Generator) -> np.ndarray:
    """Return a sound in which nothing is spoken: a quarter of them digital silence, others noise, or noise with hum.

    Args:
        samples: N.
        sample_rate: in Hz.
        rng: of all that is drawn.

    Returns:
        (N,) float32.
    """
    if samples == 0 or rng.random() < 0.25:
        return np.zeros(samples, np.float32)
    sound = coloured_noise(samples, rng)
    sound /= max(1e-12, math.sqrt(float(np.square(sound).mean())))
    if rng.random() < 1 / 3:
        phase = 2 * np.pi * rng.choice([50.0, 60.0]) * np.arange(samples) / sample_rate
        sound += rng.uniform(0.5, 3.0) * sum(np.sin(n * phase) / n for n in range(1, _HARMONICS + 1))
    return np.clip(sound * 10 ** (rng.uniform(_QUIETEST, _LOUDEST) / 20), -1.0, 1.0).astype(np.float32)
