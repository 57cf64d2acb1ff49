"""Concatenation of clips, which makes connected speech of single words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_FADE_SECONDS = 0.01
_PAUSE_SECONDS = 0.25
_PAUSE_LEVEL = 0.001
"""Of the noise in a pause, as a share of the loudest sample: digital silence is a sound of its own."""


def concatenate_waveforms(waveforms: Sequence[np.ndarray], sample_rate: int, rng: np.random.Generator) -> np.ndarray:
    """Return clips in one, half of them with a pause before them, the others cross-faded with the clip before.

    Args:
        waveforms: (N,) float32 of each clip, at least one.
        sample_rate: of them, in Hz.
        rng: of all that is drawn.

    Returns:
        (M,) float32.
    """
    concatenated = waveforms[0]
    for following in waveforms[1:]:
        fade = min(round(_FADE_SECONDS * sample_rate), len(concatenated), len(following))
        rising = np.linspace(0.0, 1.0, fade, dtype=np.float32)
        head, tail = following[:fade] * rising, concatenated[len(concatenated) - fade :] * rising[::-1]
        body, rest = concatenated[: len(concatenated) - fade], following[fade:]
        if rng.random() < 0.5:
            concatenated = np.concatenate([body, tail + head, rest])
        else:
            level = _PAUSE_LEVEL * float(np.abs(following).max(initial=0.0))
            samples = int(rng.integers(round(_PAUSE_SECONDS * sample_rate), endpoint=True))
            pause = level * rng.standard_normal(samples).astype(np.float32)
            concatenated = np.concatenate([body, tail, pause, head, rest])
    return concatenated
