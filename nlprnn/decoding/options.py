"""Options of beam search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from nlprnn.decoding.logits_processors import LogitsProcessor
from nlprnn.decoding.penalties import CoveragePenalty, LengthPenalty


@dataclass(frozen=True, kw_only=True, eq=False)
class BeamOptions:
    """Options of beam search, checked on construction.

    Attributes:
        eos_id: the end token.
        max_length: maximum number of tokens of a hypothesis without the end: one for all sentences, or (B,) int64.
        beam_size: K, unfinished hypotheses kept per sentence; 1 with `early_stopping` is greedy search.
        n_best: finished hypotheses returned per sentence, at most K.
        length_penalty: divides log-probabilities; None = scores are log-probabilities.
        coverage_penalty: added to the score of a finished hypothesis; needs attention.
        logits_processors: applied to the log-probabilities, in order.
        early_stopping: finish a sentence once K of its hypotheses have ended. Faster, but may miss a better one.
            False: search until no live hypothesis can reach the n best.
        return_attention: return the attention of each hypothesis too.

    Raises:
        ValueError: a value is out of range.
    """

    eos_id: int
    max_length: int | Tensor
    beam_size: int = 5
    n_best: int = 1
    length_penalty: LengthPenalty | None = None
    coverage_penalty: CoveragePenalty | None = None
    logits_processors: Sequence[LogitsProcessor] = ()
    early_stopping: bool = False
    return_attention: bool = False

    def __post_init__(self) -> None:
        if self.beam_size < 1:
            raise ValueError(f"beam_size must be at least 1, got {self.beam_size}")
        if not 1 <= self.n_best <= self.beam_size:
            raise ValueError(f"n_best must be from 1 to beam_size {self.beam_size}, got {self.n_best}")
        if self.eos_id < 0:
            raise ValueError(f"eos_id must be 0 or more, got {self.eos_id}")
        limits = torch.as_tensor(self.max_length)
        if limits.dim() > 1 or limits.is_floating_point() or bool((limits < 0).any()):
            raise ValueError(f"max_length must be one integer or (B,) integers, 0 or more, got {self.max_length}")

    @property
    def needs_attention(self) -> bool:
        """Whether the search reads the attention."""
        return self.return_attention or self.coverage_penalty is not None

    def limits(self, sentences: int, device: torch.device) -> Tensor:
        """Return max_length for each sentence, (B,) int64.

        Raises:
            ValueError: max_length is given for another number of sentences.
        """
        limits = torch.as_tensor(self.max_length, dtype=torch.int64, device=device)
        if limits.dim() and limits.size(0) != sentences:
            raise ValueError(f"max_length is given for {limits.size(0)} sentences, the batch has {sentences}")
        return limits.expand(sentences)

    def divisors(self, longest: int, device: torch.device) -> Tensor:
        """Return the length penalty of each length from 0, (longest + 1,) float.

        An empty hypothesis has log-probability 0 with any divisor: it counts as one token long.

        Raises:
            ValueError: the length penalty returns something other than positive numbers.
        """
        lengths = torch.arange(longest + 1, dtype=torch.float32, device=device).clamp(min=1)
        divisors = torch.ones_like(lengths) if self.length_penalty is None else self.length_penalty(lengths)
        if divisors.shape != lengths.shape or not bool(((divisors > 0) & (divisors < torch.inf)).all()):
            raise ValueError("the length penalty must give a positive number for each length")
        return divisors
