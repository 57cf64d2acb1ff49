"""Interfaces between the trainer and what it is given: batches and loss functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from torch import Tensor, nn


class ResumableBatches(Protocol):
    """Batches of one epoch after another, each epoch in an order that depends on seed and epoch alone.

    Attributes:
        epoch: epochs completed.
        position: batches of this epoch yielded so far, the current one included.
    """

    epoch: int
    position: int

    def __len__(self) -> int:
        """Return how many batches an epoch has for this process."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rest of the epoch from `position` on, then move to the start of the next epoch."""
        ...

    def shard(self, index: int, count: int) -> None:
        """Keep the share of process `index` of `count`."""
        ...


class LossOutput(NamedTuple):
    """The loss of one batch.

    Attributes:
        loss: () float with a graph, the mean over the batch's items, in nats.
        tokens: number of tokens in the batch, for the display of speed.
        state: carried to the next batch, detached from the graph: tensors and plain values in tuples, lists and
            dictionaries, as a checkpoint holds them (a NamedTuple comes back as a tuple); tensors have the batch first;
            None = nothing.
    """

    loss: Tensor
    tokens: int
    state: Any = None


class ComputeLoss(Protocol):
    """A loss function of a model and a batch."""

    def __call__(self, model: nn.Module, batch: Any, state: Any) -> LossOutput:
        """Return the loss of `model` on `batch`; `state` was carried from the last batch, None begins an epoch."""
        ...
