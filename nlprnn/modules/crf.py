"""Linear-chain conditional random field."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nlprnn.tagging_schemes import may_follow

_INITIAL_STD = 0.1


class LinearChainCRF(nn.Module):
    """Linear-chain conditional random field (Lafferty et al. 2001) over emission scores of labels.

    The score of a label sequence is the sum of the emissions of its labels, a learnt score for each pair of
    neighbours, and learnt scores for its first and last label. Likelihood and most likely sequence are exact: the
    forward algorithm and that of Viterbi (1967), as in the taggers of Lample et al. 2016.

    Args:
        num_labels: C.
        scheme_labels: names of the labels, if they are of the BIO scheme: `decode` then never puts `I-X` after
            anything but `B-X` or `I-X`. Training allows all sequences, so that mistakes in the data do no harm.

    Raises:
        ValueError: `num_labels` is not positive, or not the number of `scheme_labels`.
    """

    _illegal: Tensor

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
        illegal = torch.zeros(num_labels + 1, num_labels, dtype=torch.bool)  # the first row is the start
        if scheme_labels is not None:
            for row, before in enumerate([None, *scheme_labels]):
                illegal[row] = torch.tensor([not may_follow(before, after, scheme_labels) for after in scheme_labels])
        self.register_buffer("_illegal", illegal, persistent=False)
        for scores in self.parameters():
            nn.init.normal_(scores, std=_INITIAL_STD)

    def log_likelihood(self, emissions: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Return the log-likelihood of label sequences.

        Args:
            emissions: (B, T, C) float, score of each label at each token.
            mask: (B, T) bool, True = real token, real tokens first.
            labels: (B, T) int64; ignored on padding.

        Returns:
            (B,) float (nats); 0 for a row without tokens.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        return self.score(emissions, mask, labels) - self.log_partition(emissions, mask)

    def score(self, emissions: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Return the scores of label sequences.

        Args:
            emissions: (B, T, C) float.
            mask: (B, T) bool, True = real token, real tokens first.
            labels: (B, T) int64; ignored on padding.

        Returns:
            (B,) float; 0 for a row without tokens.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        emissions = self._checked(emissions, mask, labels)
        if not mask.size(1):
            return emissions.new_zeros(len(mask))
        labels = labels.masked_fill(~mask, 0)
        unary = emissions.gather(2, labels.unsqueeze(2)).squeeze(2)  # (B, T)
        pairs = self.transitions[labels[:, :-1], labels[:, 1:]] * mask[:, 1:]  # (B, T - 1)
        last = labels.gather(1, (mask.sum(dim=1, keepdim=True) - 1).clamp(min=0)).squeeze(1)
        ends = (self.start[labels[:, 0]] + self.end[last]) * mask[:, 0]
        return (unary * mask).sum(dim=1) + pairs.sum(dim=1) + ends

    def log_partition(self, emissions: Tensor, mask: Tensor) -> Tensor:
        """Return the log of the sum of exp(score) over all label sequences, by the forward algorithm.

        Args:
            emissions: (B, T, C) float.
            mask: (B, T) bool, True = real token, real tokens first.

        Returns:
            (B,) float; 0 for a row without tokens, whose only sequence is empty.

        Raises:
            ValueError: the shapes do not fit each other or the labels.
        """
        emissions = self._checked(emissions, mask)
        if not mask.size(1):
            return emissions.new_zeros(len(mask))
        first, *rest = emissions.unbind(1)
        total = first + self.start  # (B, C): over all prefixes that end with a label
        for emission, real in zip(rest, mask[:, 1:].unsqueeze(2).unbind(1), strict=True):
            longer = torch.logsumexp(total.unsqueeze(2) + self.transitions, dim=1) + emission
            total = torch.where(real, longer, total)
        return torch.logsumexp(total + self.end, dim=1) * mask[:, 0]

    def decode(self, emissions: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Find the label sequence of the highest score that the scheme allows, by the Viterbi algorithm.

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
        for emission, real in zip(rest, mask[:, 1:].unsqueeze(2).unbind(1), strict=True):
            longer, origin = (best.unsqueeze(2) + transitions).max(dim=1)
            best = torch.where(real, longer + emission, best)
            origins.append(torch.where(real, origin, stay))
        scores, label = (best + self.end).max(dim=1)
        labels = [label]
        for origin in reversed(origins):
            labels.append(origin.gather(1, labels[-1].unsqueeze(1)).squeeze(1))
        path = torch.stack(labels[::-1], dim=1)  # (B, T)
        return path.masked_fill(~mask, 0), scores.where(mask[:, 0], 0.0)

    def extra_repr(self) -> str:  # noqa: D102 - PyTorch documents it
        return f"{self.num_labels}"

    def _checked(self, emissions: Tensor, mask: Tensor, labels: Tensor | None = None) -> Tensor:
        """Check shapes, and return the emissions in at least float32, for long sums lose too much in half precision."""
        fitting = emissions.dim() == 3 and emissions.size(2) == self.num_labels and mask.shape == emissions.shape[:2]
        if not fitting or (labels is not None and labels.shape != mask.shape):
            others = "" if labels is None else f" and labels {tuple(labels.shape)}"
            raise ValueError(
                f"scores of {self.num_labels} labels are (B, T, {self.num_labels}) with a mask (B, T), got "
                f"{tuple(emissions.shape)} with {tuple(mask.shape)}{others}"
            )
        return emissions.to(torch.promote_types(emissions.dtype, self.transitions.dtype))
