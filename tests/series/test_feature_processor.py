"""Processor and augmentation of feature sequences: scales of training alone, missing values, damaged input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.errors import DataError, ModelError
from nlprnn.series.feature_arrays import as_feature_array
from nlprnn.series.feature_augmentation import FeatureAugmentation
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.feature_processor import FILE, FeatureProcessor

COLUMNS = FeatureColumns("steps", ("x", "y"), "label", ("person", "trial"), "t", "person")
NAN = np.nan
TRAIN = np.array([[1.0, NAN], [3.0, 7.0], [5.0, 7.0]])


@pytest.fixture
def processor():
    return FeatureProcessor.fit(TRAIN, ["x", "y"], COLUMNS)


def test_scales_are_those_of_training(processor):
    assert processor.mean == (3.0, 7.0)
    assert processor.std == (pytest.approx(np.std([1, 3, 5])), 1.0)  # a constant feature has a deviation of 1
    scaled = processor([[3.0, 7.0], [3.0 + processor.std[0], 9.0]])
    assert scaled == pytest.approx(np.array([[0, 0, 0], [1, 2, 0]]))


def test_missing_values_are_carried_forward_and_flagged(processor):
    assert processor.missing == (False, True)
    assert processor.size == 3
    values = np.array([[3.0, NAN], [NAN, 9.0], [NAN, NAN], [3.0, 8.0], [NAN, NAN], [5.0, 7.0]])
    processed = processor.process(values, np.array([0, 4, 6]))
    assert processed[:, 1].tolist() == [0, 2, 2, 1, 0, 0]  # nothing from the sequence before
    assert processed[:, 2].tolist() == [1, 0, 1, 0, 1, 0]
    assert processed[4, 0] == 0


@settings(max_examples=30)
@given(st.lists(st.lists(st.one_of(st.just(NAN), st.floats(-50, 50)), min_size=1, max_size=6), min_size=1, max_size=5))
def test_sequences_together_are_processed_as_each_alone(rows):
    processor = FeatureProcessor.fit(np.array([[NAN], [-1.0], [4.0]]), ["x"], COLUMNS)
    arrays = [np.array(row)[:, None] for row in rows]
    offsets = np.concatenate([[0], np.cumsum(list(map(len, arrays)))])
    together = processor.process(np.concatenate(arrays), offsets)
    alone = [processor.process(array, np.array([0, len(array)])) for array in arrays]
    np.testing.assert_array_equal(together, np.concatenate(alone))
    assert np.isfinite(together).all()


def test_far_values_are_clipped(processor):
    assert processor([[1e12, 7.0]])[0, 0] == 100.0


def test_processor_is_the_same_after_loading(processor, tmp_path):
    processor.save(tmp_path)
    assert FeatureProcessor.load(tmp_path) == processor


@pytest.mark.parametrize("damage", [{"features": []}, {"columns": {"layout": "pictures"}}, {"features": [{"std": 0}]}])
def test_damaged_file_is_named(processor, tmp_path, damage):
    processor.save(tmp_path)
    content = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps(content | damage))
    with pytest.raises(ModelError, match=FILE):
        FeatureProcessor.load(tmp_path)


@pytest.mark.parametrize(
    ("sequence", "message"),
    [
        ([], "has 1 features a step, the model reads 2"),
        (np.zeros((0, 2)), "the sequence has no steps"),
        (np.zeros((4, 3)), r"the sequence has 3 features a step, the model reads 2 \(x, y\)"),
        ([[1.0, 2.0], [3.0, np.inf]], "the sequence, step 2: the feature 'y' is infinite"),
        ([[NAN, NAN], [NAN, NAN]], "the sequence has no value at all"),
        ([["a", "b"]], "the sequence is no array of numbers"),
        ([[1.0, 2.0], [3.0]], "the sequence is no array of numbers"),
        ("12", "the sequence is no array of numbers|has 0 dimensions"),
        (np.zeros((2, 2, 2)), "has 3 dimensions, needed are two"),
        ({"x": 1}, "the sequence is no array of numbers"),
    ],
)
def test_bad_sequences_are_one_sentence(processor, sequence, message):
    with pytest.raises(DataError, match=message):
        processor(sequence)


def test_masked_and_integer_arrays_are_read():
    masked = np.ma.array([[1, 2], [3, 4]], mask=[[False, True], [False, False]])
    assert np.isnan(as_feature_array(masked, "a")[0, 1])
    assert as_feature_array([1, 2, 3], "a").shape == (3, 1)
    assert as_feature_array([[None, 2]], "a")[0, 1] == 2.0


def test_feature_without_a_value_in_train_is_named():
    with pytest.raises(DataError, match="the feature 'y' has no value in train"):
        FeatureProcessor.fit(np.array([[1.0, NAN]]), ["x", "y"], COLUMNS)


def test_augmentation_changes_features_and_leaves_flags():
    sequence = np.ones((50, 3), np.float32)
    changed = FeatureAugmentation(noise=0.5, time_masks=2)(sequence, np.random.default_rng(0), num_features=2)
    assert (sequence == 1).all()
    assert (changed[:, 2] == 1).all()
    assert (changed[:, :2] == 0).any()
    assert changed[:, 0].std() > 0.2
    again = FeatureAugmentation(noise=0.5, time_masks=2)(sequence, np.random.default_rng(0), num_features=2)
    np.testing.assert_array_equal(changed, again)


@settings(max_examples=30)
@given(st.integers(1, 40), st.floats(0, 0.99), st.integers(0, 2**32))
def test_crops_are_pieces_of_the_sequence(length, crop, seed):
    sequence = np.arange(length, dtype=np.float32)[:, None]
    piece = FeatureAugmentation(crop=crop)(sequence, np.random.default_rng(seed), num_features=1)[:, 0]
    assert len(piece) >= max(1, (1 - crop) * length - 1e-6)
    np.testing.assert_array_equal(piece, np.arange(piece[0], piece[0] + len(piece)))
