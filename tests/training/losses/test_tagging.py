from __future__ import annotations

import numpy as np
import pytest
import torch

from nlprnn.batching import SequenceArray, TaggedBatch, WordCharArray
from nlprnn.models import TokenTagger
from nlprnn.modules import Embedding, LinearChainCRF, OutputHead, RecurrentEncoder
from nlprnn.training.losses import tagging_loss


@pytest.fixture(params=[True, False])
def model(request):
    torch.manual_seed(0)
    return TokenTagger(
        embedding=Embedding(9, 3),
        encoder=RecurrentEncoder(3, 2, bidirectional=True),
        head=OutputHead(4, 3),
        crf=LinearChainCRF(3) if request.param else None,
        labels=["A", "B", "C"],
    )


def batch(words, labels):
    rows = WordCharArray.from_sequences(words, [[0] * len(row) for row in words], [[5]])
    chosen = np.arange(len(words))
    return TaggedBatch(rows.pad(chosen), SequenceArray.from_sequences(labels).pad(chosen)[0])


def test_loss_is_the_mean_over_the_words_of_all_sentences(model):
    words, labels = [[4, 5, 6], [], [7]], [[0, 1, 2], [], [2]]
    output = tagging_loss(model, batch(words, labels), None)
    sentences = [
        tagging_loss(model, batch([row], [tags]), None).loss * len(row) for row, tags in zip(words, labels, strict=True)
    ]
    torch.testing.assert_close(output.loss, sum(sentences) / 4)
    assert output.tokens == 4
    assert output.state is None


def test_no_words_give_loss_0(model):
    output = tagging_loss(model, batch([[]], [[]]), None)
    output.loss.backward()
    assert output.loss.item() == 0
    assert all(parameter.grad is None or parameter.grad.isfinite().all() for parameter in model.parameters())
