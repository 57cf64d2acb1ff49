"""The step function: all that search and sampling know of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from torch import Tensor

State = TypeVar("State")

Step = Callable[[Tensor, State], tuple[Tensor, State]]
"""(tokens (N,) int64, state) -> (log-probabilities (N, V) float of the next token, state).

The log-probabilities are only read, never written to. Each row must depend on its own tokens alone.
"""


class Selectable(Protocol):
    """A state whose rows search can select."""

    def select(self: Selected, indices: Tensor) -> Selected:
        """Return the rows `indices` (N',) int64 of the batch: reordered, repeated or left out.

        Search keeps the rows of a sentence together (row = sentence * K + hypothesis), selects the same number for
        each remaining sentence, all from that sentence's rows, and never reorders sentences. So a state may hold what
        all rows of a sentence share once per sentence.
        """


Selected = TypeVar("Selected", bound=Selectable)
