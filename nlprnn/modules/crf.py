"""Scores of each label at each token -> scores of whole sequences of labels, and the best of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nlprnn.tagging_schemes import may_follow

_START_STD = 0.1


class LinearChainCRF(nn.Module):
    """A linear-chain conditional random field (Lafferty et al. 2001) on top of any scores of labels.

    A sequence of labels scores the sum of its labels' scores at their tokens, of a learnt score for each pair of
    neighbours, and of learnt scores for its first and last label. Likelihood and best sequence are exact: the forward
    algorithm and that of Viterbi (1967), as in the taggers of Lample et al. 2016.

    Args:
        num_labels: C.
        scheme_labels: names of the labels, where these are of the BIO scheme: `decode` then never puts `I-X` behind
            anything but `B-X` or `I-X`. Training counts all sequences, so that data with mistakes do no harm.

    Raises:
        ValueError: there is no label, or not one name a label.
    """

    def __init__(self, num_labels: int, *, scheme_labels: Sequence[str] | None = None) -> None:
        super().__init__()
        if num_labels < 1:
            raise ValueError(f"num_labels must be positive, got {num_labels}")
        if scheme_labels is not None and len(scheme_labels) != num_labels:
            raise ValueError(f"{len(scheme_labels)} scheme_labels for {num_labels} labels: make them equal")
        self.num_labels = num_labels
        self.scheme_labels = None if scheme_labels is None else list(scheme_labels)
        self.transitions = nn.Parameter(torch.empty(num_labels, num_labels))  # from row to column
        self.start = nn.Parameter(torch.empty(num_labels))
        self.end = nn.Parameter(torch.empty(num_labels))
        before = [None, *(self.scheme_labels or [])]
        after = set(self.scheme_labels or [])
        illegal = [[not may_follow(one, other, after) for other in before[1:]] for one in before]
        table = torch.tensor(illegal) if after else torch.zeros(num_labels + 1, num_labels, dtype=torch.bool)
        self.register_buffer("_illegal", table, persistent=False)  # (C + 1, C); the first row is the start
        for scores in self.parameters():
            nn.init.normal_(scores, std=_START_STD)

    def log_likelihood(self, emissions: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Log-probability of sequences of labels.

        Args:
            emissions: (B, T, C) float, score of each label at each token.
            mask: (B, T) bool, True = real token, real tokens first.
            labels: (B, T) int64; whatever stands on padding is not looked at.

        Returns:
            (B,) float, in nats; 0 for a row without tokens.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        return self.score(emissions, mask, labels) - self.log_partition(emissions, mask)

    def score(self, emissions: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Score sequences of labels.

        Args:
            emissions: (B, T, C) float.
            mask: (B, T) bool, True = real token, real tokens first.
            labels: (B, T) int64; whatever stands on padding is not looked at.

        Returns:
            (B,) float; 0 for a row without tokens.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        emissions = self._checked(emissions, mask, labels)
        if not mask.size(1):
            return emissions.new_zeros(len(mask))
        labels = labels.masked_fill(~mask, 0)
        own = emissions.gather(2, labels.unsqueeze(2)).squeeze(2)  # (B, T)
        pairs = self.transitions[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]  # (B, T - 1)
        last = labels.gather(1, (mask.sum(dim=1, keepdim=True) - 1).clamp(min=0)).squeeze(1)
        ends = (self.start[labels[:, 0]] + self.end[last]) * mask[:, 0]
        return (own * mask).sum(dim=1) + pairs.sum(dim=1) + ends

    def log_partition(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """Log of the sum of exp(score) over all sequences of labels, by the forward algorithm.

        Args:
            emissions: (B, T, C) float.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B,) float; 0 for a row without tokens, which has one sequence, the empty one.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        emissions = self._checked(emissions, mask)
        if not mask.size(1):
            return emissions.new_zeros(len(mask))
        first, *rest = emissions.unbind(1)
        total = first + self.start  # (B, C): of all beginnings that end in a label
        for scores, real in zip(rest, mask[:, 1:].unsqueeze(2).unbind(1), strict=True):
            longer = torch.logsumexp(total.unsqueeze(2) + self.transitions, dim=1) + scores
            total = torch.where(real, longer, total)
        return torch.logsumexp(total + self.end, dim=1) * mask[:, 0]

    def decode(self, emissions: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Find the sequence of the highest score that the scheme allows, by the algorithm of Viterbi.

        Args:
            emissions: (B, T, C) float.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            labels (B, T) int64, 0 on padding, and their scores (B,) float.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        emissions = self._checked(emissions, mask)
        if not mask.size(1):
            return mask.new_zeros(mask.shape, dtype=torch.int64), emissions.new_zeros(len(mask))
        transitions = self.transitions.masked_fill(self._illegal[1:], -torch.inf)
        first, *rest = emissions.unbind(1)
        best = first + self.start.masked_fill(self._illegal[0], -torch.inf)  # (B, C)
        stay = torch.arange(self.num_labels, device=mask.device)
        origins = []  # for each token but the first, (B, C): the best label before each label
        for scores, real in zip(rest, mask[:, 1:].unsqueeze(2).unbind(1), strict=True):
            longer, origin = (best.unsqueeze(2) + transitions).max(dim=1)
            best = torch.where(real, longer + scores, best)
            origins.append(torch.where(real, origin, stay))
        found, label = (best + self.end).max(dim=1)
        labels = [label]
        for origin in reversed(origins):
            labels.append(origin.gather(1, labels[-1].unsqueeze(1)).squeeze(1))
        path = torch.stack(labels[::-1], dim=1)  # (B, T)
        return path.masked_fill(~mask, 0), found.where(mask[:, 0], 0.0)

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_labels}"

    def _checked(self, emissions: Tensor, mask: Tensor, labels: Tensor | None = None) -> Tensor:
        """The scores, widened where they are of half precision, in which long sums would drown."""
        fitting = emissions.dim() == 3 and emissions.size(2) == self.num_labels and mask.shape == emissions.shape[:2]
        if not fitting or (labels is not None and labels.shape != mask.shape):
            told = "" if labels is None else f" and labels {tuple(labels.shape)}"
            raise ValueError(
                f"scores of {self.num_labels} labels are (B, T, {self.num_labels}) with a mask (B, T), got "
                f"{tuple(emissions.shape)} with {tuple(mask.shape)}{told}"
            )
        return emissions.to(torch.promote_types(emissions.dtype, self.transitions.dtype))
