from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from nlprnn.batching import LabelledBatch
from nlprnn.training.losses import classification_loss, multi_label_loss
from nlprnn.training.losses.r_drop import symmetric_divergence


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


def test_loss_is_the_mean_cross_entropy():
    model = Bag()
    output = classification_loss()(model, BATCH, None)
    probabilities = model(BATCH.inputs, BATCH.mask).softmax(dim=1)
    expected = -(probabilities[0, 2].log() + probabilities[1, 0].log()) / 2
    torch.testing.assert_close(output.loss, expected)
    assert output.tokens == 6
    assert output.state is None
    assert output.loss.requires_grad


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_class_weights_match_torch(smoothing):
    model, weights = Bag(), torch.tensor([0.5, 1.0, 3.0])
    expected = nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(model(*BATCH[:2]), BATCH.labels)
    output = classification_loss(weights=weights, label_smoothing=smoothing)(model, BATCH, None)
    torch.testing.assert_close(output.loss, expected)


def test_weight_3_equals_3_copies_of_a_row():
    model = Bag()
    repeated = LabelledBatch(*(part[[0, 0, 0, 1]] for part in BATCH))
    output = classification_loss(weights=torch.tensor([1.0, 1.0, 3.0]))(model, BATCH, None)
    torch.testing.assert_close(output.loss, classification_loss()(model, repeated, None).loss)


def test_class_weights_leave_the_r_drop_divergence_alone():
    model = Bag(dropout=0.5)
    losses = []
    for weights in (None, torch.ones(3)):
        torch.manual_seed(0)
        losses.append(classification_loss(weights=weights, r_drop=2.0)(model, BATCH, None).loss)
    torch.testing.assert_close(*losses)


def test_label_smoothing_spreads_over_all_classes():
    model = Bag()
    log = model(BATCH.inputs, BATCH.mask).log_softmax(dim=1)
    targets = torch.full((2, 3), 0.3 / 3) + 0.7 * functional.one_hot(BATCH.labels, 3)
    output = classification_loss(label_smoothing=0.3)(model, BATCH, None)
    torch.testing.assert_close(output.loss, -(targets * log).sum(dim=1).mean())


def test_r_drop_without_dropout_is_the_plain_loss():
    model = Bag()
    torch.testing.assert_close(
        classification_loss(r_drop=5.0)(model, BATCH, None).loss, classification_loss()(model, BATCH, None).loss
    )


def test_r_drop_adds_the_divergence_of_two_passes():
    model = Bag(dropout=0.5)
    torch.manual_seed(0)
    output = classification_loss(r_drop=3.0)(model, BATCH, None)
    torch.manual_seed(0)
    logits = model(torch.cat([BATCH.inputs] * 2), torch.cat([BATCH.mask] * 2))
    likelihood = functional.cross_entropy(logits, torch.cat([BATCH.labels] * 2))
    divergence = symmetric_divergence(logits[:2], logits[2:])
    assert float(divergence.detach()) > 0
    torch.testing.assert_close(output.loss, likelihood + 3.0 * divergence)
    assert output.tokens == 6  # of the batch, not of both passes


LABELS = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])


def test_multi_label_loss_is_the_mean_over_rows_and_labels():
    model, batch = Bag(), BATCH._replace(labels=LABELS)
    probabilities = model(batch.inputs, batch.mask).sigmoid()
    expected = -torch.where(LABELS > 0, probabilities, 1 - probabilities).log().mean()
    torch.testing.assert_close(multi_label_loss()(model, batch, None).loss, expected)


def test_multi_label_r_drop_compares_each_label():
    model, batch = Bag(dropout=0.5), BATCH._replace(labels=LABELS)
    torch.manual_seed(0)
    output = multi_label_loss(r_drop=3.0)(model, batch, None)
    torch.manual_seed(0)
    logits = model(torch.cat([batch.inputs] * 2), torch.cat([batch.mask] * 2))
    likelihood = functional.binary_cross_entropy_with_logits(logits, torch.cat([LABELS] * 2))
    p, q = logits.sigmoid().chunk(2)
    both = (p - q) * (p / q).log() + (q - p) * ((1 - p) / (1 - q)).log()
    torch.testing.assert_close(output.loss, likelihood + 3.0 * 0.5 * both.mean())
