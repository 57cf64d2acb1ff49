from __future__ import annotations

import pytest
import torch

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
def test_the_scores_of_a_text_depend_neither_on_padding_nor_on_other_texts(make_text_classifier, cell, pooling):
    model = make_text_classifier(pooling=POOLINGS[pooling], cell=cell, num_layers=2).double()
    lengths = [5, 0, 2, 1]
    mask = torch.arange(7) < torch.tensor(lengths)[:, None]
    ids = torch.randint(1, 9, (4, 7)).masked_fill(~mask, 0)
    logits = model(ids, mask)
    for row, length in enumerate(lengths):
        width = max(1, length)
        alone = model(ids[row : row + 1, :width], mask[row : row + 1, :width])
        torch.testing.assert_close(logits[row : row + 1], alone, rtol=0, atol=1e-10)
    other = torch.where(mask, ids, 8)  # what stands on padding does not matter
    torch.testing.assert_close(model(other, mask), logits, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"embedding": Embedding(9, 5)}, "Embedding.*5.*RecurrentEncoder.*3"),
        ({"pooling": MeanPooling(6)}, "RecurrentEncoder.*8.*MeanPooling.*6"),
        ({"pooling": ConcatPooling(8, bidirectional=True)}, "ConcatPooling.*24.*OutputHead.*8"),
        ({"pooling": LastPooling(8)}, "LastPooling.*bidirectional=False.*bidirectional=True"),
        ({"labels": ["no", "yes", "perhaps"]}, "3 labels.*2 classes"),
        ({"max_length": 0}, "max_length.*0"),
        ({"truncate": "middle"}, "'middle'.*head, tail, both"),
    ],
)
def test_parts_that_do_not_fit_are_refused_by_name_and_number(part, words):
    with pytest.raises(ValueError, match=words):
        TextClassifier(**{**fitting(), **part})
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
def test_a_long_text_is_cut_to_its_head_tail_or_both(truncate, length, kept):
    model = TextClassifier(**fitting(), max_length=length, truncate=truncate)
    assert "".join(model.truncate_tokens("abcdefgh")) == kept
    assert model.truncate_tokens("abcdefgh"[:length]) == "abcdefgh"[:length]
    assert model.truncate_tokens([]) == []


def test_every_parameter_learns(make_text_classifier, batch):
    model = make_text_classifier(pooling=POOLINGS["attention"], num_layers=2, hidden_size=3).train()
    model(*batch).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in model.parameters())
