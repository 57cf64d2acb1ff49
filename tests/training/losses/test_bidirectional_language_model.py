from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.batching import StreamBatch
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.training.losses import bidirectional_language_model_loss


def languages(vocabulary=12, **options):
    torch.manual_seed(0)
    embedding = Embedding(vocabulary, 4, **options)
    return BidirectionalLanguageModel(
        embedding=embedding, encoder=RecurrentEncoder(embedding.output_size, 6, bidirectional=True, num_layers=2)
    )


def test_loss_predicts_next_and_previous_token():
    model, text = languages(), torch.randint(4, 12, (3, 8))
    batch = StreamBatch(text[:, :-1], text[:, 1:])
    loss = bidirectional_language_model_loss(samples=99)(model, batch, None)
    output = model(batch.ids)
    weight, bias = model.output_layer
    pairs = [(output.forwards, batch.targets), (output.backwards[:, 1:], batch.ids[:, :-1])]
    expected = [
        functional.cross_entropy(functional.linear(v, weight, bias).flatten(0, 1), t.flatten(), reduction="sum")
        for v, t in pairs
    ]
    torch.testing.assert_close(loss.loss, sum(expected) / (3 * 7 + 3 * 6))
    assert loss.tokens == 21


def test_no_direction_sees_its_target():
    model, text = languages(), torch.randint(4, 12, (1, 8))
    changed = text.clone()
    changed[0, 4] = 4 + (text[0, 4] - 3) % 8
    one, other = model(text), model(changed)
    torch.testing.assert_close(one.forwards[:, :4], other.forwards[:, :4])  # which predict tokens 1 to 4
    torch.testing.assert_close(one.backwards[:, 5:], other.backwards[:, 5:])  # which predict tokens 4 to 6
    assert not torch.equal(one.forwards[:, 4], other.forwards[:, 4])
    assert not torch.equal(one.backwards[:, 4], other.backwards[:, 4])


def test_only_the_forward_direction_carries_its_state():
    model, text = languages(), torch.randint(4, 12, (2, 9))
    compute = bidirectional_language_model_loss(samples=99)
    first = compute(model, StreamBatch(text[:, :4], text[:, 1:5]), None)
    assert type(first.state) is tuple  # as a checkpoint holds it
    kept = model.forward_state(first.state)
    after, whole = model(text[:, 4:8], kept), model(text[:, :8])
    torch.testing.assert_close(after.forwards, whole.forwards[:, 4:])
    torch.testing.assert_close(after.backwards, model(text[:, 4:8]).backwards)


def test_target_without_trained_row_counts_as_unknown():
    model = languages(vocabulary=12, pretrained_dim=3, num_trained=8)
    text, known = torch.tensor([[4, 10, 5, 11]]), torch.tensor([[4, 1, 5, 1]])
    compute = bidirectional_language_model_loss(samples=99)
    loss = compute(model, StreamBatch(text[:, :-1], text[:, 1:]), None).loss
    assert torch.equal(loss, compute(model, StreamBatch(text[:, :-1], known[:, 1:]), None).loss)


def test_gradients_reach_the_shared_first_layer():
    model = languages()
    encoder = RecurrentEncoder(4, 6, bidirectional=True, num_layers=2)
    shared = BidirectionalLanguageModel(embedding=model.embedding, encoder=encoder)
    text = torch.randint(4, 12, (2, 5))
    bidirectional_language_model_loss(samples=9)(shared, StreamBatch(text[:, :-1], text[:, 1:]), None).loss.backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in encoder.layers[0].parameters() if p.dim() > 1)
    assert all(p.grad is None for p in encoder.layers[1].parameters())


def test_sizes_and_directions_must_fit():
    embedding = Embedding(9, 4)
    with pytest.raises(ValueError, match="bidirectional=True"):
        BidirectionalLanguageModel(embedding=embedding, encoder=RecurrentEncoder(4, 5))
    for size in (3, 5):
        with pytest.raises(ValueError, match=f"vectors of 4, the encoder takes {size}: make them equal"):
            BidirectionalLanguageModel(embedding=embedding, encoder=RecurrentEncoder(size, 5, bidirectional=True))
