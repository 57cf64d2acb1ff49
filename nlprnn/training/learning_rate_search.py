"""Search for a learning rate: the loss while the rate rises from step to step."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils import clip_grad_norm_

from nlprnn.batching.row_lengths import to_device
from nlprnn.errors import TrainingError
from nlprnn.serialization.atomic_files import replacing

if TYPE_CHECKING:
    from nlprnn.training.trainer import Trainer

_SMOOTHING = 0.9
"""Decay of the moving average of the losses."""

_DIVERGED = 4.0
"""The search ends where the loss is this many times the lowest."""

_LEAST_FALL = 0.05
"""Share by which the loss of a useful search falls at least."""

_FEWEST = 10
"""Steps before which the moving average is of too few losses."""


@dataclass(frozen=True)
class LearningRateSearch:
    """Losses of one training in which the learning rate rises from step to step.

    Attributes:
        rates: learning rate of each step, ascending.
        losses: moving average of the training loss at each step.
    """

    rates: list[float]
    losses: list[float]

    @property
    def highest(self) -> float:
        """The learning rate at which the loss is lowest: from there on it rises again."""
        return self.rates[self._lowest_step]

    @property
    def suggestion(self) -> float:
        """A tenth of the highest learning rate: training is longer than the search, and must not diverge later."""
        return self.highest / 10

    @property
    def falls(self) -> bool:
        """Whether the loss falls by more than chance; where it does not, the suggestion is worth little."""
        first = min(_FEWEST, len(self.losses)) - 1
        return self.losses[self._lowest_step] < (1.0 - _LEAST_FALL) * self.losses[first]

    @property
    def _lowest_step(self) -> int:
        """The step of the lowest average, of those that are of enough losses."""
        steps = range(min(_FEWEST, len(self.losses)) - 1, len(self.losses))
        return min(steps, key=self.losses.__getitem__)

    def draw(self, path: Path) -> None:
        """Plot the loss over the learning rate, with the suggestion.

        Raises:
            ImportError: matplotlib is not installed (extra `plot`).
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 3.5), layout="constrained")
        FigureCanvasAgg(figure)
        axis = figure.subplots()
        axis.plot(self.rates, self.losses, color="0.4")
        axis.axvline(self.suggestion, linestyle="--", label=f"suggestion: {self.suggestion:.1e}")
        axis.set(xscale="log", xlabel="learning rate", ylabel="training loss")
        axis.grid(alpha=0.3)
        axis.legend()
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png", dpi=120)


def find_learning_rate(
    trainer: Trainer[Any], *, lowest: float = 1e-5, highest: float = 1.0, steps: int = 200
) -> LearningRateSearch:
    """Train with a learning rate that rises exponentially, until the loss diverges (Smith 2017).

    "Cyclical Learning Rates for Training Neural Networks". Weights, optimizer and random generators are afterwards as
    before; the batches start from the beginning.

    Args:
        trainer: that has not trained yet.
        lowest: learning rate of the first step.
        highest: learning rate of the last step.
        steps: at most.

    Raises:
        TrainingError: the first loss is not a number.
    """
    saved = copy.deepcopy([trainer.network.state_dict(), trainer.optimizer.state_dict()])
    rates = [lowest * (highest / lowest) ** (step / (steps - 1)) for step in range(steps)]
    average, losses = 0.0, list[float]()
    with torch.random.fork_rng():
        for step, loss in enumerate(_losses(trainer, rates)):
            average = _SMOOTHING * average + (1.0 - _SMOOTHING) * loss
            losses.append(average / (1.0 - _SMOOTHING ** (step + 1)))  # a mean from the first step on
            if not math.isfinite(loss) or (step >= _FEWEST and losses[-1] > _DIVERGED * min(losses)):
                losses.pop()
                break
    trainer.network.load_state_dict(saved[0])
    trainer.optimizer.load_state_dict(saved[1])
    trainer.batches.epoch = trainer.batches.position = 0
    if not losses:
        raise TrainingError("the loss of the first batch is not a number: check the data")
    return LearningRateSearch(rates[: len(losses)], losses)


def _losses(trainer: Trainer[Any], rates: list[float]) -> Iterator[float]:
    """Take a step with each learning rate; yield the loss before it."""
    carried, batches = None, _endless(trainer)
    parameters = list(trainer.model.parameters())
    trainer.model.train()
    for rate in rates:
        batch, is_first = next(batches)
        with trainer.accelerator.autocast():
            output = trainer.compute_loss(
                trainer.model, to_device(batch, trainer.accelerator.device), None if is_first else carried
            )
        carried = output.state
        trainer.accelerator.backward(output.loss)
        clip_grad_norm_(parameters, trainer.options.clip_norm or math.inf)
        for group in trainer.optimizer.param_groups:
            group["lr"] = rate
        trainer.optimizer.step()
        trainer.optimizer.zero_grad()
        yield float(output.loss.detach())


def _endless(trainer: Trainer[Any]) -> Iterator[tuple[Any, bool]]:
    """Batches of one epoch after another, and whether each is the first of its epoch."""
    while True:
        is_first = True
        for batch in trainer.batches:
            yield batch, is_first
            is_first = False
