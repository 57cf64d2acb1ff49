from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.metrics import LOSS
from nlprnn.training import LossOutput, Trainer, TrainingOptions, discriminative_groups, slanted_triangular
from nlprnn.training.fine_tuning import LAYER_DECAY


class Steps:
    """Batches of nothing but their number."""

    def __init__(self, count):
        self.count, self.epoch, self.position = count, 0, 0

    def __len__(self):
        return self.count

    def __iter__(self):
        while self.position < self.count:
            self.position += 1
            yield torch.ones(1)
        self.epoch, self.position = self.epoch + 1, 0

    def shard(self, index, count):
        pass


def test_lower_layers_train_slower_and_later():
    head, encoder, embedding = nn.Linear(2, 2), nn.Linear(3, 3), nn.Linear(4, 4)
    embedding.bias.requires_grad_(False)
    groups = discriminative_groups([head, [encoder], embedding], 0.1, unfreeze=0.25)
    assert [group["lr"] for group in groups] == pytest.approx([0.1, 0.1 / LAYER_DECAY, 0.1 / LAYER_DECAY**2])
    assert [group["start_progress"] for group in groups] == [0, 0.25, 0.5]
    assert [len(group["params"]) for group in groups] == [2, 2, 1]


def test_layer_that_would_never_train_is_an_error():
    with pytest.raises(ValueError, match="never trains"):
        discriminative_groups([nn.Linear(1, 1), nn.Linear(1, 1), nn.Linear(1, 1)], 0.1, unfreeze=0.5)


def test_trainer_freezes_a_layer_until_its_start(tmp_path):
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    seen = []

    def compute(model, batch, state):
        seen.append([layer.weight.item() for layer in model])
        return LossOutput(model(batch).square().sum(), 1)

    optimizer = torch.optim.AdamW(discriminative_groups([model[1], model[0]], 0.05, unfreeze=0.5))
    options = TrainingOptions(epochs=1, device="cpu")
    Trainer(
        model, optimizer, Steps(10), compute, lambda _: {"loss": 0.0}, metric=LOSS, folder=tmp_path, options=options
    ).fit()
    first, last = ([weights[layer] for weights in seen] for layer in (0, 1))
    assert len(set(first[:5])) == 1
    assert len(set(first[5:])) == 5
    assert len(set(last)) == 10


def test_slanted_triangular_rises_fast_and_falls_slowly():
    assert slanted_triangular(0.0) == slanted_triangular(1.0) == slanted_triangular(1.5) == pytest.approx(1 / 32)
    assert slanted_triangular(0.1) == 1.0
    assert slanted_triangular(0.05) == pytest.approx((1 + 1 / 32) / 2)
    assert slanted_triangular(0.55) == pytest.approx((1 + 1 / 32) / 2)
