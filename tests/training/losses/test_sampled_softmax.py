from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from nlprnn.batching import StreamBatch
from nlprnn.models import BidirectionalLanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.training.losses.bidirectional_language_model import bidirectional_language_model_loss
from nlprnn.training.losses.sampled_softmax import sampled_softmax_loss


def example(rows=40, vocabulary=30, width=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    vectors, weight = (torch.randn(size, width, generator=generator) for size in (rows, vocabulary))
    bias = torch.randn(vocabulary, generator=generator)
    return [part.requires_grad_() for part in (vectors, weight, bias)], torch.randint(9, (rows,), generator=generator)


@settings(max_examples=10, deadline=None)
@given(rows=st.integers(1, 30), vocabulary=st.integers(9, 40), seed=st.integers(0, 9))
def test_with_all_words_it_is_the_exact_loss_with_its_gradients(rows, vocabulary, seed):
    leaves, targets = example(rows, vocabulary, seed=seed)
    loss = sampled_softmax_loss(*leaves, targets, samples=vocabulary)
    exact = functional.cross_entropy(functional.linear(*leaves), targets)
    torch.testing.assert_close(loss, exact, rtol=1e-5, atol=1e-5)
    for one, other in zip(torch.autograd.grad(loss, leaves), torch.autograd.grad(exact, leaves), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_sample_stands_for_the_words_that_were_not_drawn():
    """The sum under the softmax is right on average, so that the mean of exp(loss) of a row is too."""
    leaves, targets = example(rows=1, vocabulary=200, seed=3)
    torch.manual_seed(0)
    drawn = torch.stack([sampled_softmax_loss(*leaves, targets, samples=20).detach() for _ in range(600)])
    exact = functional.cross_entropy(functional.linear(*leaves), targets).detach()
    assert drawn.exp().mean() == pytest.approx(float(exact.exp()), rel=0.04)
    assert float(drawn.std()) > 0.05  # it is a sample


def test_words_outside_the_sample_get_no_gradient():
    leaves, targets = example(vocabulary=300)
    sampled_softmax_loss(*leaves, targets, samples=10).backward()
    touched = leaves[1].grad.abs().sum(dim=1) > 0
    assert int(touched.sum()) == len(targets.unique()) + 10


def test_no_samples_are_refused():
    leaves, targets = example()
    with pytest.raises(ValueError, match="samples 0"):
        sampled_softmax_loss(*leaves, targets, samples=0)


def languages(vocabulary=12, **options):
    torch.manual_seed(0)
    embedding = Embedding(vocabulary, 4, **options)
    return BidirectionalLanguageModel(
        embedding=embedding, encoder=RecurrentEncoder(embedding.output_size, 6, bidirectional=True, num_layers=2)
    )


def test_the_loss_asks_for_the_next_and_the_previous_token():
    model, text = languages(), torch.randint(4, 12, (3, 8))
    batch = StreamBatch(text[:, :-1], text[:, 1:])
    found = bidirectional_language_model_loss(samples=99)(model, batch, None)
    read = model(batch.ids)
    weight, bias = model.output_layer
    asked = [(read.forwards, batch.targets), (read.backwards[:, 1:], batch.ids[:, :-1])]
    expected = [
        functional.cross_entropy(functional.linear(v, weight, bias).flatten(0, 1), t.flatten(), reduction="sum")
        for v, t in asked
    ]
    torch.testing.assert_close(found.loss, sum(expected) / (3 * 7 + 3 * 6))
    assert found.tokens == 21


def test_no_direction_sees_what_it_is_asked_for():
    model, text = languages(), torch.randint(4, 12, (1, 8))
    changed = text.clone()
    changed[0, 4] = 4 + (text[0, 4] - 3) % 8
    one, other = model(text), model(changed)
    torch.testing.assert_close(one.forwards[:, :4], other.forwards[:, :4])  # which ask for tokens 1 to 4
    torch.testing.assert_close(one.backwards[:, 5:], other.backwards[:, 5:])  # which ask for tokens 4 to 6
    assert not torch.equal(one.forwards[:, 4], other.forwards[:, 4])
    assert not torch.equal(one.backwards[:, 4], other.backwards[:, 4])


def test_the_forward_direction_carries_its_state_and_the_backward_one_does_not():
    model, text = languages(), torch.randint(4, 12, (2, 9))
    compute = bidirectional_language_model_loss(samples=99)
    first = compute(model, StreamBatch(text[:, :4], text[:, 1:5]), None)
    kept = model.forward_state(list(first.state))  # a checkpoint gives tuples back as lists
    after, whole = model(text[:, 4:8], kept), model(text[:, :8])
    torch.testing.assert_close(after.forwards, whole.forwards[:, 4:])
    torch.testing.assert_close(after.backwards, model(text[:, 4:8]).backwards)


def test_a_word_with_only_a_fixed_vector_is_asked_for_as_unknown():
    model = languages(vocabulary=12, pretrained_dim=3, num_trained=8)
    text, known = torch.tensor([[4, 10, 5, 11]]), torch.tensor([[4, 1, 5, 1]])
    compute = bidirectional_language_model_loss(samples=99)
    loss = compute(model, StreamBatch(text[:, :-1], text[:, 1:]), None).loss
    assert torch.equal(loss, compute(model, StreamBatch(text[:, :-1], known[:, 1:]), None).loss)


def test_training_it_trains_the_first_layer_of_the_encoder_that_it_shares():
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
    with pytest.raises(ValueError, match="make them equal"):
        BidirectionalLanguageModel(embedding=embedding, encoder=RecurrentEncoder(3, 5, bidirectional=True))
