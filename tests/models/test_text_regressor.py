from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.models import TextClassifier, TextRegressor
from nlprnn.modules import Embedding, MeanPooling, OutputHead, RecurrentEncoder


def modules(outputs):
    encoder = RecurrentEncoder(4, 3, bidirectional=True)
    pooling = MeanPooling(encoder.output_size)
    return {
        "embedding": Embedding(9, 4),
        "encoder": encoder,
        "pooling": pooling,
        "head": OutputHead(pooling.output_size, outputs),
    }


def test_numbers_in_the_unit_of_the_data():
    model = TextRegressor(**modules(1), mean=70.0, std=5.0)
    assert model.denormalize(np.array([[0.0], [-2.0]])).tolist() == [70.0, 60.0]
    numbers = np.array([61.0, 88.0])
    assert model.denormalize(model.normalize(numbers)[:, None]) == pytest.approx(numbers)


def test_batch_and_padding_invariance():
    torch.manual_seed(0)
    model = TextRegressor(**modules(1)).eval()
    ids = torch.tensor([[4, 5, 6, 0, 0], [7, 8, 4, 5, 6]])
    together = model(ids, ids > 0)
    torch.testing.assert_close(together[:1], model(ids[:1, :3], ids[:1, :3] > 0))


def test_saved_model_is_equal(tmp_path):
    model = TextRegressor(**modules(1), mean=3.5, std=0.25, max_length=7, truncate="both").eval()
    model.save_pretrained(tmp_path)
    loaded = TextRegressor.from_pretrained(tmp_path)
    ids = torch.randint(1, 9, (2, 5))
    assert torch.equal(loaded(ids, ids > 0), model(ids, ids > 0))
    assert (loaded.mean, loaded.std, loaded.max_length, loaded.truncate) == (3.5, 0.25, 7, "both")


def test_invalid_arguments_are_refused():
    with pytest.raises(ValueError, match="one output"):
        TextRegressor(**modules(2))
    with pytest.raises(ValueError, match="std must be positive"):
        TextRegressor(**modules(1), std=0.0)
    for threshold in (0.0, 1.0):
        with pytest.raises(ValueError, match="threshold"):
            TextClassifier(**modules(2), labels=["a", "b"], threshold=threshold)


def test_multi_label_probabilities_are_independent(tmp_path):
    model = TextClassifier(**modules(2), labels=["a", "b"], multi_label=True, threshold=0.3)
    model.save_pretrained(tmp_path)
    loaded = TextClassifier.from_pretrained(tmp_path)
    assert (loaded.multi_label, loaded.threshold) == (True, 0.3)
    logits = torch.tensor([[2.0, 2.0]])
    torch.testing.assert_close(loaded.probabilities(logits), logits.sigmoid())
    assert float(TextClassifier(**modules(2), labels=["a", "b"]).probabilities(logits).sum()) == pytest.approx(1.0)
