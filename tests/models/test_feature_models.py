"""Models of feature sequences: equal to PyTorch's layers, and independent of padding, batch and the future."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from nlprnn import load
from nlprnn.errors import DataError, ModelError
from nlprnn.models import FeatureClassifier, FeatureRegressor
from nlprnn.modules import (
    ConcatPooling,
    FeatureProjection,
    LastPooling,
    MaxPooling,
    MeanPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.modules.pooling import POOLINGS
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.feature_processor import FeatureProcessor

PROCESSOR = FeatureProcessor(
    names=("x", "y", "z"),
    mean=(1.0, -2.0, 0.0),
    std=(2.0, 1.0, 0.5),
    missing=(False, True, False),
    columns=FeatureColumns("lists", ("acceleration",), "label"),
)
LENGTHS = (7, 1, 4, 12)


def sequences():
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=(length, 3)) for length in LENGTHS]
    arrays[0][2, 1] = np.nan
    return arrays


def parts(*, cell="lstm", bidirectional=True, pooling=None, outputs=3):
    torch.manual_seed(1)
    encoder = RecurrentEncoder(6, 5, cell=cell, bidirectional=bidirectional)
    pool = (pooling or (lambda size: ConcatPooling(size, bidirectional=bidirectional)))(encoder.output_size)
    return {
        "embedding": FeatureProjection(PROCESSOR.size, 6, dropout=0.5),
        "encoder": encoder,
        "pooling": pool,
        "head": OutputHead(pool.output_size, outputs),
    }


def classifier(**options):
    return SequenceClassifier(FeatureClassifier(**parts(**options), labels=["a", "b", "c"]), PROCESSOR)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "mingru", "minlstm"])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_answers_do_not_depend_on_batch_and_padding(cell, pooling):
    pipeline = classifier(cell=cell, pooling=POOLINGS[pooling])
    arrays = sequences()
    together = pipeline.outputs(pipeline.encode(arrays))
    alone = np.concatenate([pipeline.outputs(pipeline.encode([array])) for array in arrays])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    reversed_order = pipeline.outputs(pipeline.encode(arrays[::-1]))[::-1]
    np.testing.assert_allclose(together, reversed_order, atol=1e-5)
    assert np.abs(together - together[0]).max() > 1e-3


def test_outputs_equal_those_of_a_packed_lstm():
    pipeline = classifier(bidirectional=False, pooling=LastPooling)
    model = pipeline.model.eval()
    lstm = nn.LSTM(6, 5, batch_first=True)
    lstm.load_state_dict({name: weight.clone() for name, weight in model.encoder.layers[0].state_dict().items()})
    linear, output = model.embedding.layers[0], model.head.layers[-1]
    encoded = pipeline.encode(sequences())
    features, mask = encoded.pad(np.arange(len(LENGTHS)))
    with torch.no_grad():
        vectors = torch.relu(features @ linear.weight.T + linear.bias)
        packed = pack_padded_sequence(vectors, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
        expected = output(lstm(packed)[1][0][-1])
        torch.testing.assert_close(model(features, mask), expected, atol=1e-5, rtol=0)


def test_one_direction_reads_no_future():
    pipeline = classifier(bidirectional=False, pooling=LastPooling)
    array = sequences()[3]
    changed = array.copy()
    changed[8:] += 5.0
    prefixes = pipeline.outputs(pipeline.encode([array[:8], changed[:8], array, changed]))
    np.testing.assert_array_equal(prefixes[0], prefixes[1])
    assert np.abs(prefixes[2] - prefixes[3]).max() > 1e-3


@pytest.mark.parametrize("pooling", [LastPooling, MeanPooling, MaxPooling, ConcatPooling])
@pytest.mark.parametrize("cell", ["lstm", "mingru"])
def test_stream_gives_the_answers_for_all_beginnings(pooling, cell):
    pipeline = classifier(cell=cell, bidirectional=False, pooling=pooling)
    array = sequences()[0]
    array[0, 2] = np.nan
    stream = pipeline.stream()
    streamed = [stream(step).probabilities for step in array]
    expected = [pipeline([array[:end]])[0].probabilities for end in range(1, len(array) + 1)]
    for one, other in zip(streamed, expected, strict=True):
        assert one == pytest.approx(other, abs=1e-5)
    with pytest.raises(DataError, match="step 8 has 2 features a step, the model reads 3"):
        stream([1.0, 2.0])


def test_stream_needs_one_direction():
    with pytest.raises(ModelError, match="needs whole sequences: train one with --no-bidirectional"):
        classifier().stream()
    with pytest.raises(ModelError, match="AttentionPooling needs whole sequences"):
        classifier(bidirectional=False, pooling=POOLINGS["attention"]).stream()


def test_long_sequences_are_truncated():
    pipeline = SequenceClassifier(
        FeatureClassifier(**parts(), labels=["a", "b", "c"], max_length=5, truncate="tail"), PROCESSOR
    )
    array = sequences()[3]
    outputs = pipeline.outputs(pipeline.encode([array, array[-5:]]))
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-6)


def test_regressor_answers_in_the_units_of_its_numbers():
    model = FeatureRegressor(**parts(outputs=1), mean=50.0, std=10.0)
    pipeline = SequenceRegressor(model, PROCESSOR)
    outputs = pipeline.outputs(pipeline.encode(sequences()))
    assert pipeline(sequences()) == pytest.approx((50 + 10 * outputs[:, 0].astype(float)).tolist())
    assert pipeline([]) == []


def test_pipeline_is_the_same_after_loading(tmp_path):
    pipeline = classifier()
    pipeline.save(tmp_path)
    loaded = load(tmp_path, device="cpu")
    assert type(loaded) is SequenceClassifier
    assert loaded(sequences()) == pipeline(sequences())
    assert "3 labels: a, b, c; 3 features a step: x, y, z" in repr(loaded)


def test_predictions_are_ranked():
    (prediction,) = classifier()([sequences()[0]])
    assert prediction.label == next(iter(prediction.probabilities))
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert list(prediction.probabilities.values()) == sorted(prediction.probabilities.values(), reverse=True)


def test_damaged_arrays_are_named_by_their_number():
    pipeline = classifier()
    with pytest.raises(DataError, match="array 1 has 2 features a step, the model reads 3"):
        pipeline([sequences()[0], np.zeros((4, 2))])
    with pytest.raises(TypeError, match=r"of one array, model\(\[array\]\)"):
        pipeline(sequences()[0])


def test_model_and_processor_must_fit():
    model = FeatureClassifier(**{**parts(), "embedding": FeatureProjection(3, 6)}, labels=["a", "b", "c"])
    with pytest.raises(ModelError, match="gives 4 features, the model reads 3"):
        SequenceClassifier(model, PROCESSOR)
