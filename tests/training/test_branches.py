"""Branches: trainings from the same weights, one after another, whose mean is validated and kept."""

from __future__ import annotations

import itertools

import pytest
import torch

from nlprnn.training import TrainingOptions


@pytest.fixture
def always_better():
    """A validation whose loss falls each time, so that the last weights are kept."""
    losses = itertools.count(0, -1)
    return lambda model: {"loss": float(next(losses))}


def batches_of_epochs(tiny, *, swap):
    """Batches of one function in the first two epochs, and of another one in the next two; or the other way round."""
    inputs = torch.randn(24, 2, generator=torch.Generator().manual_seed(0))

    class Batches(tiny.ListBatches):
        def __iter__(self):
            weights = torch.tensor([[2.0], [-1.0]] if (self.epoch >= 2) == swap else [[-3.0], [5.0]])
            self.batches = list(zip(inputs.split(4), (inputs @ weights).split(4), strict=True))
            return super().__iter__()

    return Batches([None] * 6)


def trained_weights(tiny, folder, validate, *, swap=False, **options):
    trainer = tiny.linear_trainer(folder, validate=validate, warmup=0.2, **options)
    trainer.batches = batches_of_epochs(tiny, swap=swap)
    trainer.fit()
    return trainer.network.weight.detach()


@pytest.mark.parametrize("ema", [None, 0.5])
def test_weights_are_the_mean_of_trainings_from_the_same_start(tiny, tmp_path, always_better, ema):
    first, second = (
        trained_weights(tiny, tmp_path / str(swap), always_better, swap=swap, epochs=2, ema=ema)
        for swap in (False, True)
    )
    both = trained_weights(tiny, tmp_path / "both", always_better, epochs=4, ema=ema, branches=2)
    assert (first - second).abs().max() > 0.5
    torch.testing.assert_close(both, (first + second) / 2)


def test_no_branches_are_an_error():
    with pytest.raises(ValueError, match="branches must be at least 1"):
        TrainingOptions(branches=0)
