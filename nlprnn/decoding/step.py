"""What search and sampling know of a model: a function that reads one token of each row and scores the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from torch import Tensor

State = TypeVar("State")

Step = Callable[[Tensor, State], tuple[Tensor, State]]
"""(tokens (N,) int64, state) -> (log-probabilities (N, V) float of the next token, state).

The scores are only read, never written to. Each row must depend on its own tokens alone.
"""


class Selectable(Protocol):
    """A state whose rows search can choose from."""

    def select(self: Selected, indices: Tensor) -> Selected:
        """Return the rows `indices` (N',) int64 of the batch: reordered, repeated or left out.

        Search keeps the rows of a sentence together (row = sentence * K + hypothesis), chooses equally many for
        each sentence it keeps, all of them from that sentence's own, and never brings sentences out of order. So
        what the rows of a sentence have in common may be held once a sentence.
        """


Selected = TypeVar("Selected", bound=Selectable)
