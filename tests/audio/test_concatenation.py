"""Concatenated clips have all their samples, in order, and sounds without speech are what they claim."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.audio.concatenation import concatenate_waveforms
from nlprnn.audio.noise import speechless

RATE = 1000


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=5), st.integers(0, 99))
def test_concatenated_clips_keep_their_order(lengths, seed):
    waves = [np.full(length, level, np.float32) for level, length in enumerate(lengths, start=1)]
    concatenated = concatenate_waveforms(waves, RATE, np.random.default_rng(seed))
    assert concatenated.dtype == np.float32
    fades = 10 * (len(lengths) - 1)
    assert sum(lengths) - fades <= len(concatenated) <= sum(lengths) + 250 * (len(lengths) - 1)
    whole = [level for level, length in enumerate(lengths, start=1) if length > 20]  # more than both of its fades
    places = [np.flatnonzero(concatenated == level).mean() for level in whole]
    assert places == sorted(places)


def test_one_clip_stays_as_it_is():
    wave = np.arange(50, dtype=np.float32)
    assert np.array_equal(concatenate_waveforms([wave], RATE, np.random.default_rng(0)), wave)


def test_sounds_without_speech_are_silent_or_noise():
    sounds = [speechless(400, RATE, np.random.default_rng(seed)) for seed in range(40)]
    assert all(sound.shape == (400,) and sound.dtype == np.float32 for sound in sounds)
    levels = np.array([np.sqrt(np.square(sound).mean()) for sound in sounds])
    assert 3 <= np.count_nonzero(levels == 0.0) <= 20
    assert 1e-4 < levels[levels > 0].min() < 0.01 < levels.max() < 0.5
    assert len(speechless(0, RATE, np.random.default_rng(0))) == 0
