"""The search for a learning rate: it finds where training diverges, and leaves the trainer as it was."""

from __future__ import annotations

import copy
import math

import pytest
import torch

from nlprnn.errors import TrainingError
from nlprnn.training.learning_rate_search import LearningRateSearch, find_learning_rate


def test_search_ends_where_the_loss_diverges_and_restores_the_trainer(tmp_path, tiny):
    trainer = tiny.classifier_trainer(tmp_path)
    before, random = copy.deepcopy(trainer.network.state_dict()), torch.random.get_rng_state()
    search = find_learning_rate(trainer, highest=1e4)
    assert 10 < len(search.rates) == len(search.losses) < 200
    assert search.losses[-1] > search.losses[0]
    assert 1e-4 < search.suggestion < search.highest < search.rates[-1]
    assert all(tensor.equal(before[name]) for name, tensor in trainer.network.state_dict().items())
    assert torch.random.get_rng_state().equal(random)
    assert (trainer.batches.epoch, trainer.batches.position) == (0, 0)
    assert not trainer.optimizer.state_dict()["state"]


def test_training_after_a_search_is_that_without_one(tmp_path, tiny):
    summaries = []
    for name, search in (("plain", False), ("searched", True)):
        tiny.seed_everything()
        trainer = tiny.classifier_trainer(tmp_path / name)
        if search:
            find_learning_rate(trainer, steps=30)
        summaries.append({**trainer.fit(), "minutes": 0})
    assert summaries[0] == summaries[1]


def test_suggestion_is_a_tenth_of_the_rate_with_the_lowest_loss():
    rates = [10.0 ** (-5 + step / 10) for step in range(50)]
    losses = [0.0, *(1.0 + abs(step - 30) for step in range(1, 50))]  # the first is of one batch, and chance
    search = LearningRateSearch(rates, losses)
    assert search.highest == rates[30]
    assert search.suggestion == rates[30] / 10
    assert search.falls
    assert not LearningRateSearch(rates, [1.0] * 50).falls


def test_loss_that_is_no_number_is_refused(tmp_path, tiny):
    def broken(model, batch, state):
        output = tiny.squared_error(model, batch, state)
        return output._replace(loss=output.loss * math.nan)

    with pytest.raises(TrainingError, match="not a number"):
        find_learning_rate(tiny.linear_trainer(tmp_path, loss=broken))
