"""Normalization and augmentation."""

from __future__ import annotations

import numpy as np
import pytest

from nlprnn.audio import Augmentation, FeatureOptions, Normalization, extract_features
from nlprnn.audio.augmentation import add_noise
from nlprnn.audio.normalization import normalize_utterance
from nlprnn.errors import OptionError

OPTIONS = FeatureOptions.speech(sample_rate=8000)
WAVE = (0.2 * np.sin(2 * np.pi * 400 * np.arange(4000) / 8000)).astype(np.float32)
ALL = Augmentation(speed=0.1, warp=0.1, noise=0.5, pad=0.1, frequency_masks=2, time_masks=2)


def augmented(augmentation, seed, **options):
    rng = np.random.default_rng(seed)
    features = normalize_utterance(augmentation.features(WAVE, OPTIONS, rng, **options))
    return augmentation.spec_augment(features, rng)


def test_no_augmentation_changes_nothing():
    assert np.array_equal(
        Augmentation().features(WAVE, OPTIONS, np.random.default_rng(0)), extract_features(WAVE, OPTIONS)
    )


def test_a_seed_gives_the_same_clip():
    first, second, other = augmented(ALL, 1), augmented(ALL, 1), augmented(ALL, 2)
    assert np.array_equal(first, second)
    assert first.shape != other.shape or not np.allclose(first, other)


def test_speed_changes_length_and_pitch():
    lengths = {len(augmented(Augmentation(speed=0.2), seed)) for seed in range(20)}
    assert min(lengths) < 50 < max(lengths)
    assert all(1 + 50 / 1.21 <= length <= 2 + 50 * 1.21 for length in lengths)


def test_noise_has_the_ratio():
    noise = np.random.default_rng(0).normal(size=4000)
    added = add_noise(WAVE, noise, 10.0) - WAVE
    assert 10 * np.log10(np.square(WAVE).mean() / np.square(added).mean()) == pytest.approx(10.0, abs=0.01)
    assert np.array_equal(add_noise(np.zeros(9, np.float32), noise[:9], 5.0), np.zeros(9))


def test_noise_of_a_recording_is_used():
    hum = np.sin(2 * np.pi * 1000 * np.arange(500) / 8000).astype(np.float32)
    quiet = augmented(Augmentation(), 0)
    noisy = augmented(Augmentation(noise=1.0), 0, noises=[hum])
    assert not np.allclose(quiet, noisy)


def test_masks_cover_bands_and_frames():
    features = np.ones((50, 40), np.float32)
    rng = np.random.default_rng(0)
    masked = [Augmentation(frequency_masks=1, time_masks=1).spec_augment(features, rng) for _ in range(50)]
    assert features.all()
    for one in masked:
        columns, rows = (one == 0).all(axis=0).sum(), (one == 0).all(axis=1).sum()
        assert columns <= 8
        assert rows <= 5
        assert (one == 0).sum() == columns * 50 + rows * 40 - columns * rows
    assert max((one == 0).sum() for one in masked) > 200


def test_normalization_has_mean_0_and_deviation_1():
    rng = np.random.default_rng(0)
    rows = [rng.normal(3, 2, size=(n, 4)).astype(np.float32) for n in (5, 0, 7)]
    normalized = np.concatenate([Normalization.of(rows)(row) for row in rows])
    assert normalized.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-5)
    assert normalized.std(axis=0) == pytest.approx(np.ones(4), abs=1e-4)
    assert np.isfinite(normalize_utterance(np.zeros((4, 2), np.float32))).all()
    with pytest.raises(ValueError, match="no frames"):
        Normalization.of(rows[1:2])


def test_adapted_normalization_lies_between_the_speaker_and_any_speaker():
    rng = np.random.default_rng(0)
    prior = Normalization(np.array([0.0, 4.0, 1.0], np.float32), np.full(3, 2, np.float32))
    rows = [rng.normal([5, 5, 5], 1, size=(100, 3)) for _ in range(40)]
    many, few = prior.adapted(rows), prior.adapted(rows[:1])
    own = Normalization.of(rows[:1])
    assert few.mean == pytest.approx((own.mean + prior.mean) / 2)  # 100 frames weigh as much as the prior
    assert np.square(few.std) == pytest.approx((np.square(own.std) + 4) / 2)
    assert many.mean == pytest.approx([5, 5, 5], abs=0.2)
    assert np.array_equal(prior.adapted([]).mean, prior.mean)


def test_adapted_normalization_ignores_loudness():
    rows = [np.random.default_rng(0).normal(size=(30, 3))]
    prior = Normalization(np.array([0.0, 4.0, 1.0], np.float32), np.ones(3, np.float32))
    loud = rows[0] + [7, 7, 0]
    for num_levels in (2, 0):
        normalized = [prior.adapted([row], num_levels=num_levels)(row) for row in (rows[0], loud)]
        assert np.allclose(*normalized, atol=1e-5) == (num_levels == 2)


@pytest.mark.parametrize("values", [{"speed": 0.9}, {"warp": -0.1}, {"noise": 2.0}, {"time_width": 1.5}])
def test_odd_values_are_refused(values):
    with pytest.raises(OptionError):
        Augmentation(**values)
