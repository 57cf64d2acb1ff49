from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from nlprnn.batching import LabelledBatch, PairBatch, SequenceArray, StreamBatch
from nlprnn.models import LanguageModel, Seq2Seq
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    Embedding,
    GeneralAttention,
    LockedDropout,
    RecurrentEncoder,
    RecurrentState,
)
from nlprnn.training.losses.class_weights import CLASS_WEIGHTS, inverse_frequency
from nlprnn.training.losses.classification import classification_loss
from nlprnn.training.losses.language_model import language_model_loss
from nlprnn.training.losses.r_drop import symmetric_divergence
from nlprnn.training.losses.translation import translation_loss


class Bag(nn.Module):
    """Scores a text by the mean of its words' scores, with dropout."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.table = nn.Embedding(10, 3)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids, mask):
        return self.dropout((self.table(ids) * mask[..., None]).sum(dim=1) / mask.sum(dim=1, keepdim=True))


BATCH = LabelledBatch(
    torch.tensor([[1, 2, 3], [4, 5, 0]]), torch.tensor([[True] * 3, [True, True, False]]), torch.tensor([2, 0])
)


def test_the_classification_loss_is_the_mean_cross_entropy():
    model = Bag()
    output = classification_loss()(model, BATCH, None)
    probabilities = model(BATCH.inputs, BATCH.mask).softmax(dim=1)
    expected = -(probabilities[0, 2].log() + probabilities[1, 0].log()) / 2
    torch.testing.assert_close(output.loss, expected)
    assert output.tokens == 6
    assert output.state is None
    assert output.loss.requires_grad


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_weights_of_classes_are_those_of_torch(smoothing):
    model, weights = Bag(), torch.tensor([0.5, 1.0, 3.0])
    expected = nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(model(*BATCH[:2]), BATCH.labels)
    output = classification_loss(weights=weights, label_smoothing=smoothing)(model, BATCH, None)
    torch.testing.assert_close(output.loss, expected)


def test_a_weight_counts_a_text_so_many_times():
    model = Bag()
    repeated = LabelledBatch(*(part[[0, 0, 0, 1]] for part in BATCH))
    output = classification_loss(weights=torch.tensor([1.0, 1.0, 3.0]))(model, BATCH, None)
    torch.testing.assert_close(output.loss, classification_loss()(model, repeated, None).loss)


def test_weights_do_not_touch_the_divergence_of_r_drop():
    model = Bag(dropout=0.5)
    losses = []
    for weights in (None, torch.ones(3)):
        torch.manual_seed(0)
        losses.append(classification_loss(weights=weights, r_drop=2.0)(model, BATCH, None).loss)
    torch.testing.assert_close(*losses)


COUNTS = torch.tensor([90, 0, 9, 1])


def test_balanced_weights_make_all_classes_that_have_texts_count_alike():
    weights = inverse_frequency(COUNTS, "balanced")
    assert (weights * COUNTS).tolist() == pytest.approx([100 / 3, 0, 100 / 3, 100 / 3])
    assert weights[1] == 0


@pytest.mark.parametrize("kind", ["root", "balanced"])
def test_the_mean_weight_of_a_text_is_one(kind):
    weights = inverse_frequency(COUNTS, kind)
    assert float((weights * COUNTS).sum()) == pytest.approx(100)
    assert float(weights[3] / weights[0]) == pytest.approx(90 ** CLASS_WEIGHTS[kind], rel=1e-5)


def test_no_weights_are_none_and_an_unknown_kind_is_named():
    assert inverse_frequency(COUNTS, "none") is None
    with pytest.raises(ValueError, match=r"'equal'.*none, root, balanced"):
        inverse_frequency(COUNTS, "equal")


def test_label_smoothing_spreads_its_share_over_all_classes():
    model = Bag()
    log = model(BATCH.inputs, BATCH.mask).log_softmax(dim=1)
    targets = torch.full((2, 3), 0.3 / 3) + 0.7 * functional.one_hot(BATCH.labels, 3)
    output = classification_loss(label_smoothing=0.3)(model, BATCH, None)
    torch.testing.assert_close(output.loss, -(targets * log).sum(dim=1).mean())


def test_r_drop_of_a_model_without_dropout_is_the_plain_loss():
    model = Bag()
    torch.testing.assert_close(
        classification_loss(r_drop=5.0)(model, BATCH, None).loss, classification_loss()(model, BATCH, None).loss
    )


def test_r_drop_adds_the_weighted_divergence_of_two_readings():
    model = Bag(dropout=0.5)
    torch.manual_seed(0)
    output = classification_loss(r_drop=3.0)(model, BATCH, None)
    torch.manual_seed(0)
    logits = model(torch.cat([BATCH.inputs] * 2), torch.cat([BATCH.mask] * 2))
    likelihood = functional.cross_entropy(logits, torch.cat([BATCH.labels] * 2))
    divergence = symmetric_divergence(logits[:2], logits[2:])
    assert float(divergence.detach()) > 0
    torch.testing.assert_close(output.loss, likelihood + 3.0 * divergence)
    assert output.tokens == 6  # of the batch, not of both readings


def test_the_symmetric_divergence_is_that_of_torch_in_both_directions_halved():
    first, second = torch.randn(2, 5, 4).unbind()
    p, q = first.log_softmax(dim=1), second.log_softmax(dim=1)
    both = functional.kl_div(p, q, reduction="batchmean", log_target=True) + functional.kl_div(
        q, p, reduction="batchmean", log_target=True
    )
    torch.testing.assert_close(symmetric_divergence(first, second), both / 2)
    torch.testing.assert_close(symmetric_divergence(second, first), both / 2)
    assert float(symmetric_divergence(first, first)) == 0.0
    # By hand: (1/2, 1/2) and (1/4, 3/4).
    coin, bent = torch.zeros(1, 2), torch.tensor([[1.0, 3.0]]).log()
    assert float(symmetric_divergence(coin, bent)) == pytest.approx(math.log(3) / 8)


@pytest.fixture(params=["lstm", "gru"])
def language_model(request):
    torch.manual_seed(0)
    return LanguageModel(embedding=Embedding(7, 4), encoder=RecurrentEncoder(4, 4, cell=request.param))


IDS = torch.randint(0, 7, (2, 13), generator=torch.Generator().manual_seed(0))


def window(begin, end):
    return StreamBatch(IDS[:, begin:end], IDS[:, begin + 1 : end + 1])


def test_windows_with_the_state_carried_on_equal_one_reading_of_the_whole(language_model):
    whole = language_model_loss()(language_model, window(0, 12), None)
    losses, state = [], None
    for begin in (0, 4, 8):
        output = language_model_loss()(language_model, window(begin, begin + 4), state)
        losses.append(output.loss)
        state = output.state
    torch.testing.assert_close(torch.stack(losses).mean(), whole.loss)
    torch.testing.assert_close(state.hidden, whole.state.hidden)
    logits = language_model.logits(language_model(IDS[:, :12]).vectors)
    picked = logits.log_softmax(dim=2).gather(2, IDS[:, 1:, None])
    torch.testing.assert_close(whole.loss, -picked.mean())
    assert whole.tokens == 24


def test_the_carried_state_is_cut_off_from_the_graph(language_model):
    state = language_model_loss()(language_model, window(0, 4), None).state
    assert isinstance(state, RecurrentState)
    assert not any(part.requires_grad for part in state if part is not None)
    language_model_loss()(language_model, window(4, 8), state).loss.backward()  # would need the first graph


def test_a_state_from_a_checkpoint_is_a_plain_list_and_carries_on_as_well(language_model):
    state = language_model_loss()(language_model, window(0, 4), None).state
    carried = language_model_loss()(language_model, window(4, 8), state).loss
    assert torch.equal(language_model_loss()(language_model, window(4, 8), list(state)).loss, carried)
    assert not torch.equal(language_model_loss()(language_model, window(4, 8), None).loss, carried)


def test_a_language_models_smoothed_targets_are_those_of_pytorch(language_model):
    logits = language_model.logits(language_model(IDS[:, :12]).vectors)
    expected = functional.cross_entropy(logits.flatten(0, 1), IDS[:, 1:].flatten(), label_smoothing=0.2)
    torch.testing.assert_close(
        language_model_loss(label_smoothing=0.2)(language_model, window(0, 12), None).loss, expected
    )


def test_activation_penalties_are_mean_squares_with_gradients(language_model):
    """The first of what dropout leaves, the second of what changes from token to token."""
    language_model._dropout = LockedDropout(0.5)

    def loss(**weights):
        torch.manual_seed(1)
        return language_model_loss(**weights)(language_model, window(0, 12), None).loss

    torch.manual_seed(1)
    read = language_model(IDS[:, :12])
    size = (read.dropped**2).sum() / read.dropped.numel()
    change = ((read.outputs[:, 1:] - read.outputs[:, :-1]) ** 2).sum() / read.outputs[:, 1:].numel()
    torch.testing.assert_close(loss(activation=2.0), loss() + 2 * size)
    torch.testing.assert_close(loss(temporal_activation=3.0), loss() + 3 * change)
    weights = list(language_model.encoder.parameters())
    for penalty in ("activation", "temporal_activation"):
        plain, pressed = (torch.autograd.grad(loss(**{penalty: w}), weights) for w in (0.0, 1.0))
        assert not any(torch.allclose(a, b) for a, b in zip(plain, pressed, strict=True))


def test_a_window_of_one_token_has_no_change_to_press(language_model):
    plain, pressed = (
        language_model_loss(temporal_activation=w)(language_model, window(0, 1), None).loss for w in (0.0, 1.0)
    )
    assert torch.equal(plain, pressed)


def translator(*, dropout=0.0):
    """A tiny model of translation in training, and a batch with rows of unequal length on both sides."""
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
    """Of every token of one target but the first, (V,) each, asked for step by step."""
    state = model.encode(torch.tensor([source]), torch.ones(1, len(source)).bool())
    scores = []
    for token in target[:-1]:
        log_probabilities, state = model.step(torch.tensor([token]), state)
        scores.append(-log_probabilities[0])
    return scores


@pytest.mark.parametrize("label_smoothing", [0.0, 0.3])
def test_the_translation_loss_is_the_mean_over_all_real_tokens_but_the_first_of_each_row(label_smoothing):
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
def test_what_stands_on_padding_or_after_it_does_not_change_the_translation_loss(r_drop):
    model, batch = translator()
    wanted = translation_loss(r_drop=r_drop)(model, batch, None)
    filled = PairBatch(
        batch.source.masked_fill(~batch.source_mask, 8), batch.source_mask,
        batch.target.masked_fill(~batch.target_mask, 8), batch.target_mask,
    )  # fmt: skip
    wider = PairBatch(*(functional.pad(part, (0, 3)) for part in batch))
    for other in (filled, wider):
        found = translation_loss(r_drop=r_drop)(model, other, None)
        torch.testing.assert_close(found.loss, wanted.loss)
        assert found.tokens == wanted.tokens


def test_r_drop_reads_every_pair_twice_and_adds_their_divergence():
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
    assert output.tokens == 10  # of the batch, not of both readings
    model.eval()
    torch.testing.assert_close(
        translation_loss(r_drop=3.0)(model, batch, None).loss, translation_loss()(model, batch, None).loss
    )
