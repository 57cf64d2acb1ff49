"""Ensemble of models that decode together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Generic, NamedTuple

import torch
from torch import Tensor

from nlprnn.decoding.step import Selected, Step


class EnsembleState(NamedTuple, Generic[Selected]):
    """The states of the members, in their order, all of the same rows."""

    members: tuple[Selected, ...]

    def select(self, indices: Tensor) -> EnsembleState[Selected]:
        """Return the rows `indices` (N,) int64 of every member."""
        return EnsembleState(tuple(member.select(indices) for member in self.members))


def ensemble_step(steps: Sequence[Step[Selected]]) -> Step[EnsembleState[Selected]]:
    """Return a step function that averages the probabilities of several over one vocabulary.

    Args:
        steps: the members; the state is an `EnsembleState` with one state for each.

    Raises:
        ValueError: there are no steps. The step function itself raises where states or vocabularies do not fit.
    """
    if not steps:
        raise ValueError("an ensemble needs at least one step function")
    steps = tuple(steps)

    def step(tokens: Tensor, state: EnsembleState[Selected]) -> tuple[Tensor, EnsembleState[Selected]]:
        if len(state.members) != len(steps):
            raise ValueError(f"an ensemble of {len(steps)} step functions got {len(state.members)} states")
        pairs = [member_step(tokens, member) for member_step, member in zip(steps, state.members, strict=True)]
        scores = [log_probabilities for log_probabilities, _ in pairs]
        if len({member_scores.shape for member_scores in scores}) > 1:
            shapes = ", ".join(str(tuple(member_scores.shape)) for member_scores in scores)
            raise ValueError(f"the members of an ensemble must share one vocabulary, got scores {shapes}")
        mean = torch.stack(scores).logsumexp(dim=0) - math.log(len(steps))
        return mean, EnsembleState(tuple(member for _, member in pairs))

    return step
