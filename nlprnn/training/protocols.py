"""What the trainer asks of batches and losses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from torch import Tensor, nn


class ResumableBatches(Protocol):
    """Batches of one epoch after the other, each epoch in its own seeded order.

    Attributes:
        epoch: epochs that are over.
        position: batches of this epoch that were yielded, the one in hand included.
    """

    epoch: int
    position: int

    def __len__(self) -> int:
        """How many batches an epoch has for this process."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rest of the epoch from `position` on, then stand at the start of the next epoch."""
        ...

    def shard(self, index: int, count: int) -> None:
        """Keep the share of process `index` of `count`."""
        ...


class LossOutput(NamedTuple):
    """The loss of one batch.

    Attributes:
        loss: () float with a graph, the mean over the batch's items, in nats.
        tokens: how many tokens were read, for the display of speed.
        state: what the next batch carries on from, cut off from the graph: tensors and plain values in tuples, lists
            and dictionaries; None = nothing. After a resume, tuples come back as lists.
    """

    loss: Tensor
    tokens: int
    state: Any = None


class ComputeLoss(Protocol):
    """The form of a loss function."""

    def __call__(self, model: nn.Module, batch: Any, state: Any) -> LossOutput:
        """Return the loss of `model` on `batch`, carrying on from `state` (None at the start of an epoch)."""
        ...
