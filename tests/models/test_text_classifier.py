from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.models import TextClassifier
from nlprnn.modules import (
    ConcatPooling,
    Embedding,
    LastPooling,
    MeanPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.modules.pooling import POOLINGS

CELLS = ["lstm", "gru", "rnn"]


def fitting():
    return {
        "embedding": Embedding(9, 3),
        "encoder": RecurrentEncoder(3, 4, bidirectional=True),
        "pooling": MeanPooling(8),
        "head": OutputHead(8, 2),
        "labels": ["no", "yes"],
    }


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_batch_and_padding_invariance(make_text_classifier, cell, pooling):
    model = make_text_classifier(pooling=POOLINGS[pooling], cell=cell, num_layers=2).double()
    lengths = [5, 0, 2, 1]
    mask = torch.arange(7) < torch.tensor(lengths)[:, None]
    ids = torch.randint(1, 9, (4, 7)).masked_fill(~mask, 0)
    logits = model(ids, mask)
    for row, length in enumerate(lengths):
        width = max(1, length)
        single = model(ids[row : row + 1, :width], mask[row : row + 1, :width])
        torch.testing.assert_close(logits[row : row + 1], single, rtol=0, atol=1e-10)
    other = torch.where(mask, ids, 8)  # the ids of padding do not matter
    torch.testing.assert_close(model(other, mask), logits, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ({"embedding": Embedding(9, 5)}, "Embedding.*5.*RecurrentEncoder.*3"),
        ({"embedding": Embedding(9, 2)}, "Embedding.*2.*RecurrentEncoder.*3"),
        ({"pooling": MeanPooling(6)}, "RecurrentEncoder.*8.*MeanPooling.*6"),
        ({"pooling": ConcatPooling(8, bidirectional=True)}, "ConcatPooling.*24.*OutputHead.*8"),
        ({"pooling": LastPooling(8)}, "LastPooling.*bidirectional=False.*bidirectional=True"),
        ({"labels": ["no", "yes", "perhaps"]}, "3 labels.*2 classes"),
        ({"labels": ["no"]}, "1 labels.*2 classes"),
        ({"max_length": 0}, "max_length.*0"),
        ({"truncate": "middle"}, "'middle'.*head, tail, both"),
    ],
)
def test_mismatched_modules_are_refused(module, words):
    with pytest.raises(ValueError, match=words):
        TextClassifier(**{**fitting(), **module})
    TextClassifier(**fitting())


@pytest.mark.parametrize(
    ("truncate", "length", "kept"),
    [
        ("head", 5, "abcde"),
        ("tail", 5, "defgh"),
        ("both", 5, "abcgh"),
        ("both", 4, "abgh"),
        ("tail", 1, "h"),
        ("both", 1, "a"),
        ("head", 1, "a"),
    ],
)
def test_long_text_is_truncated(truncate, length, kept):
    model = TextClassifier(**fitting(), max_length=length, truncate=truncate)
    assert "".join(model.truncate_tokens("abcdefgh")) == kept
    assert model.truncate_tokens("abcdefgh"[:length]) == "abcdefgh"[:length]
    assert model.truncate_tokens([]) == []


def test_every_parameter_has_a_gradient(make_text_classifier, batch):
    model = make_text_classifier(pooling=POOLINGS["attention"], num_layers=2, hidden_size=3).train()
    model(*batch).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())


class Projection(nn.Module):
    """An embedding of float features."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.output_size = output_size
        self.linear = nn.Linear(input_size, output_size)

    def forward(self, inputs):
        return self.linear(inputs)


def test_float_sequences_take_another_embedding():
    model = TextClassifier(**{**fitting(), "embedding": Projection(5, 3)}).eval()
    x, mask = torch.randn(40, 6, 5), torch.arange(6) < torch.randint(1, 7, (40, 1))
    with torch.inference_mode():
        logits = model(x, mask)
        torch.testing.assert_close(model(x[:1], mask[:1]), logits[:1])
    assert logits.shape == (40, 2)
    with pytest.raises(TypeError, match="Projection takes no token ids"):
        model.vocab_size  # noqa: B018
