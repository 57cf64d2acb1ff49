from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from nlprnn.batching import PairBatch, SequenceArray
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, GeneralAttention, RecurrentEncoder
from nlprnn.training.losses import translation_loss
from nlprnn.training.losses.r_drop import symmetric_divergence


def translator(*, dropout=0.0):
    """A tiny sequence-to-sequence model, and a batch with rows of unequal length on both sides."""
    torch.manual_seed(0)
    model = Seq2Seq(
        source_embedding=Embedding(9, 4),
        encoder=RecurrentEncoder(4, 3, bidirectional=True),
        bridge=Bridge(6, 5),
        decoder=AttentionDecoder(4, 5, 4, attention=GeneralAttention(5, 6), dropout=dropout),
    )
    sides = [[4, 5, 3], [6, 3], [7, 8, 4, 5, 3]], [[2, 4, 3], [2, 5, 6, 7, 3], [2, 3]]
    source, target = (SequenceArray.from_sequences(rows).pad(np.arange(3)) for rows in sides)
    return model, PairBatch(*source, *target)


def negative_log_probabilities(model, source, target):
    """NLL (V,) of each target token but the first, step by step."""
    state = model.encode(torch.tensor([source]), torch.ones(1, len(source)).bool())
    scores = []
    for token in target[:-1]:
        log_probabilities, state = model.step(torch.tensor([token]), state)
        scores.append(-log_probabilities[0])
    return scores


@pytest.mark.parametrize("label_smoothing", [0.0, 0.3])
def test_loss_is_the_mean_over_predicted_tokens(label_smoothing):
    model, batch = translator()
    output = translation_loss(label_smoothing=label_smoothing)(model, batch, None)
    losses = []
    for source, source_mask, target, mask in zip(*batch, strict=True):
        ids = target[mask].tolist()
        for scores, token in zip(
            negative_log_probabilities(model, source[source_mask].tolist(), ids), ids[1:], strict=True
        ):
            losses.append((1 - label_smoothing) * scores[token] + label_smoothing * scores.mean())
    assert len(losses) == 2 + 4 + 1
    torch.testing.assert_close(output.loss, torch.stack(losses).mean())
    assert (output.tokens, output.state) == (10, None)
    output.loss.backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


@pytest.mark.parametrize("r_drop", [0.0, 2.0])
def test_loss_ignores_padding(r_drop):
    model, batch = translator()
    expected = translation_loss(r_drop=r_drop)(model, batch, None)
    filled = PairBatch(
        batch.source.masked_fill(~batch.source_mask, 8), batch.source_mask,
        batch.target.masked_fill(~batch.target_mask, 8), batch.target_mask,
    )  # fmt: skip
    wider = PairBatch(*(functional.pad(part, (0, 3)) for part in batch))
    for other in (filled, wider):
        actual = translation_loss(r_drop=r_drop)(model, other, None)
        torch.testing.assert_close(actual.loss, expected.loss)
        assert actual.tokens == expected.tokens


def test_r_drop_adds_the_divergence_of_two_passes():
    model, batch = translator(dropout=0.4)
    torch.manual_seed(1)
    output = translation_loss(label_smoothing=0.1, r_drop=3.0)(model, batch, None)
    torch.manual_seed(1)
    source, source_mask, target, mask = (torch.cat([part, part]) for part in batch)
    logits = model.logits(model(source, source_mask, target[:, :-1], mask[:, 1:]))
    divergence = symmetric_divergence(*logits.chunk(2))
    likelihood = functional.cross_entropy(logits, target[:, 1:][mask[:, 1:]], label_smoothing=0.1)
    assert divergence > 0
    torch.testing.assert_close(output.loss, likelihood + 3.0 * divergence)
    assert output.tokens == 10  # of the batch, not of both passes
    model.eval()
    torch.testing.assert_close(
        translation_loss(r_drop=3.0)(model, batch, None).loss, translation_loss()(model, batch, None).loss
    )
