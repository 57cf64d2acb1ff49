"""Linear models whose best weights are found by solving a convex problem: on sparse features, and on few outputs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

Criterion = Callable[[Tensor, Tensor], Tensor]
"""(outputs (N, C), targets (N, ...)) -> mean loss (), convex in the outputs, as those of `torch.nn.functional`."""

_STEPS, _HISTORY, _LITTLE = 100, 5, 1e-6


def label_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropy of independent labels: the sum over the labels (N, C) float, the mean over the texts.

    A label is then fitted as it would be alone, however many others there are.
    """
    return functional.binary_cross_entropy_with_logits(outputs, targets) * outputs.size(1)


def sparse_rows(rows: Tensor, columns: Tensor, values: Tensor, *, shape: tuple[int, int]) -> Tensor:
    """Make the sparse matrix (N, F), in rows (CSR), whose entries these (P,) are: row by row, columns ascending."""
    begins = torch.zeros(shape[0] + 1, dtype=torch.int64)
    torch.cumsum(torch.bincount(rows, minlength=shape[0]), dim=0, out=begins[1:])
    return _compressed(begins, columns, values, shape)


def log_count_ratios(features: Tensor, labels: Tensor) -> Tensor:
    """Tell which features stand in texts with a label rather than in others.

    Wang & Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification".

    Args:
        features: (N, F) float, sparse in rows; a feature is in a text if it is stored, whatever its value.
        labels: (N, C) float, 1 = has the label, else 0.

    Returns:
        (F, C) float: the logarithm of a feature's share in all that the texts with the label have, over its share in
        what the others have, with one text added to each count.
    """
    rows, columns = features.crow_indices(), features.col_indices()
    there = _compressed(rows, columns, torch.ones_like(features.values()), features.shape).t()
    with_label = there @ labels
    without = there @ labels.new_ones(len(labels), 1) - with_label
    shares = [(counts + 1.0) / (counts + 1.0).sum(dim=0) for counts in (with_label, without)]
    return shares[0].log() - shares[1].log()


def fit_linear(
    features: Tensor,
    targets: Tensor,
    criterion: Criterion,
    *,
    penalty: float,
    start: tuple[Tensor, Tensor],
    scales: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Find the weights with the least loss, plus half of `penalty` times their sum of squares (L-BFGS, Nocedal 1980).

    Args:
        features: (N, F) float, sparse in rows.
        targets: (N, ...) of the rows.
        criterion: of the outputs, features @ weight + bias.
        penalty: not on the bias.
        start: weight (F, C) and bias (C,) float to begin at; they are not changed.
        scales: (F, C) float above 0: the penalty is on weight / scale, so a weight with a large scale costs less.

    Returns:
        weight (F, C) and bias (C,) float.
    """
    scales = torch.ones(()) if scales is None else scales
    unscaled, bias = (start[0] / scales).requires_grad_(), start[1].clone().requires_grad_()
    by_column = features.to_sparse_csc()
    columns = by_column.ccol_indices(), by_column.row_indices(), by_column.values()
    turned = _compressed(*columns, (features.size(1), features.size(0)))  # its product makes the gradient

    def closure() -> Tensor:
        with torch.no_grad():
            outputs = features @ (unscaled * scales) + bias
        outputs.requires_grad_()
        loss = criterion(outputs, targets)
        (gradient,) = torch.autograd.grad(loss, outputs)
        unscaled.grad = (turned @ gradient) * scales + penalty * unscaled.detach()
        bias.grad = gradient.sum(dim=0)
        return loss.detach() + 0.5 * penalty * unscaled.detach().square().sum()

    _solve([unscaled, bias], closure)
    return unscaled.detach() * scales, bias.detach()


def fit_best_linear(
    features: Tensor,
    targets: Tensor,
    criterion: Criterion,
    *,
    outputs: int,
    penalties: Sequence[float],
    held_out: tuple[Tensor, Tensor],
    scales: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """As `fit_linear`, with the penalty that has the least loss on other rows.

    Args:
        features: (N, F) float, sparse in rows.
        targets: (N, ...) of the rows.
        criterion: of the outputs.
        outputs: C.
        penalties: to choose from, the strongest first: each begins where the one before has ended.
        held_out: features and targets of the other rows.
        scales: (F, C) float above 0, of the weights.
    """
    fitted = torch.zeros(features.size(1), outputs), torch.zeros(outputs)
    best, least = fitted, float("inf")
    for penalty in penalties:
        fitted = fit_linear(features, targets, criterion, penalty=penalty, start=fitted, scales=scales)
        loss = float(criterion(held_out[0] @ fitted[0] + fitted[1], held_out[1]))
        if loss >= least:
            break
        best, least = fitted, loss
    return best


def fit_scales(parts: Sequence[Tensor], targets: Tensor, criterion: Criterion) -> list[float]:
    """Find how much each of several models counts where their outputs are added up (Wolpert 1992, "Stacking").

    Args:
        parts: the outputs (N, C) float of each, on rows that their weights were not fitted to.
        targets: (N, ...) of the rows.
        criterion: of the sum.

    Returns:
        a factor for each, none below 0, with the least loss; drawn to 1 as by one more row, so that they are finite
        where no row is wrong.
    """
    used = list(range(len(parts)))
    while True:
        factors = _free_scales(torch.stack([parts[place] for place in used]), targets, criterion)
        if len(used) == 1 or min(factors) >= 0.0:
            break
        used.pop(factors.index(min(factors)))  # at 0, where the others may be best elsewhere
    found = dict(zip(used, factors, strict=True))
    return [max(0.0, found.get(place, 0.0)) for place in range(len(parts))]


def _free_scales(outputs: Tensor, targets: Tensor, criterion: Criterion) -> list[float]:
    """The best factors of outputs (M, N, C), also below 0."""
    factors = torch.ones(len(outputs), requires_grad=True)

    def closure() -> Tensor:
        loss = criterion((outputs * factors[:, None, None]).sum(dim=0), targets)
        loss = loss + (factors - 1.0).square().sum() / len(targets)
        (factors.grad,) = torch.autograd.grad(loss, factors)
        return loss.detach()

    with torch.enable_grad():
        _solve([factors], closure)
    return factors.tolist()


def _compressed(begins: Tensor, indices: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(begins, indices, values, shape, check_invariants=True)


def _solve(parameters: list[Tensor], closure: Callable[[], Tensor]) -> None:
    solver = torch.optim.LBFGS(
        parameters,
        max_iter=_STEPS,
        history_size=_HISTORY,
        tolerance_change=_LITTLE,
        line_search_fn="strong_wolfe",
    )
    solver.step(closure)
