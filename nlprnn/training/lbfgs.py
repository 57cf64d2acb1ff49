"""L-BFGS solver for linear models on sparse features, and for the weights of several models' outputs."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from nlprnn.training.optimizer import spare_compiler

Criterion = Callable[[Tensor, Tensor], Tensor]
"""(outputs (N, C), targets (N, ...)) -> mean loss (), convex in the outputs, such as `functional.cross_entropy`."""

_STEPS, _HISTORY, _TOLERANCE = 100, 5, 1e-6


def label_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Return the binary cross-entropy summed over the labels (N, C) float and averaged over the rows.

    With the sum, the penalty weighs on each label as if it were fitted alone.
    """
    return functional.binary_cross_entropy_with_logits(outputs, targets) * outputs.size(1)


def sparse_rows(rows: Tensor, columns: Tensor, values: Tensor, *, shape: tuple[int, int]) -> Tensor:
    """Return a sparse matrix (N, F) in CSR format of these entries (P,), sorted by row, then by column."""
    offsets = torch.zeros(shape[0] + 1, dtype=torch.int64)
    torch.cumsum(torch.bincount(rows, minlength=shape[0]), dim=0, out=offsets[1:])
    return _sparse_csr(offsets, columns, values, shape)


def log_count_ratios(features: Tensor, labels: Tensor) -> Tensor:
    """Return the log-count ratio of each feature and label, by which NBSVM scales features.

    Wang & Manning 2012, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification".

    Args:
        features: (N, F) float, sparse CSR; a row has the features that are stored, with any value.
        labels: (N, C) float, 1 = has the label, else 0.

    Returns:
        (F, C) float: log((p / sum p) / (q / sum q)), where p counts the rows with the feature and the label, q those
        with the feature without the label, each plus one.
    """
    rows, columns = features.crow_indices(), features.col_indices()
    shape = features.size(0), features.size(1)
    present = _sparse_csr(rows, columns, torch.ones_like(features.values()), shape).t()
    with_label = present @ labels
    without = present @ labels.new_ones(len(labels), 1) - with_label
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
    """Minimize the loss plus half of `penalty` times the sum of squared weights (L-BFGS, Nocedal 1980).

    Args:
        features: (N, F) float, sparse CSR.
        targets: (N, ...), one a row.
        criterion: loss of the outputs, features @ weight + bias.
        penalty: L2 regularization of the weights, not of the bias.
        start: initial weight (F, C) and bias (C,) float; they are not changed.
        scales: (F, C) float above 0: the penalty is on weight / scale, so a weight with a large scale costs less.

    Returns:
        weight (F, C) and bias (C,) float.
    """
    scales = torch.ones(()) if scales is None else scales
    unscaled, bias = (start[0] / scales).requires_grad_(), start[1].clone().requires_grad_()
    csc = features.to_sparse_csc()
    transposed = _sparse_csr(
        csc.ccol_indices(), csc.row_indices(), csc.values(), (features.size(1), features.size(0))
    )  # for the gradient

    def closure() -> Tensor:
        with torch.no_grad():
            outputs = features @ (unscaled * scales) + bias
        outputs.requires_grad_()
        loss = criterion(outputs, targets)
        (gradient,) = torch.autograd.grad(loss, outputs)
        unscaled.grad = (transposed @ gradient) * scales + penalty * unscaled.detach()
        bias.grad = gradient.sum(dim=0)
        return loss.detach() + 0.5 * penalty * unscaled.detach().square().sum()

    _minimize([unscaled, bias], closure)
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
    """Fit a linear model with each penalty by `fit_linear` and return the one with the lowest held-out loss.

    Args:
        features: (N, F) float, sparse CSR.
        targets: (N, ...), one a row.
        criterion: loss of the outputs.
        outputs: C.
        penalties: candidates, the strongest first: each fit starts from the one before.
        held_out: features and targets of other rows.
        scales: (F, C) float above 0, of the weights.

    Returns:
        weight (F, C) and bias (C,) float.
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


def fit_scales(outputs: Sequence[Tensor], targets: Tensor, criterion: Criterion) -> list[float]:
    """Return the weights of several models in the sum of their outputs (Wolpert 1992, "Stacking").

    Args:
        outputs: (N, C) float of each model, on rows that it was not fitted to.
        targets: (N, ...), one a row.
        criterion: loss of the weighted sum.

    Returns:
        a weight of each, at least 0, with the lowest loss; regularized towards 1 with the weight of one row, so that
        they stay finite where no row is wrong.
    """
    used = list(range(len(outputs)))
    while True:
        factors = _unconstrained_scales(torch.stack([outputs[index] for index in used]), targets, criterion)
        if len(used) == 1 or min(factors) >= 0.0:
            break
        used.pop(factors.index(min(factors)))  # at 0, which changes the optimum of the others
    scales = dict(zip(used, factors, strict=True))
    return [max(0.0, scales.get(index, 0.0)) for index in range(len(outputs))]


def _unconstrained_scales(outputs: Tensor, targets: Tensor, criterion: Criterion) -> list[float]:
    """Return the weights of outputs (M, N, C) with the lowest loss, negative ones included."""
    factors = torch.ones(len(outputs), requires_grad=True)

    def closure() -> Tensor:
        loss = criterion((outputs * factors[:, None, None]).sum(dim=0), targets)
        loss = loss + (factors - 1.0).square().sum() / len(targets)
        (factors.grad,) = torch.autograd.grad(loss, factors)
        return loss.detach()

    with torch.enable_grad():
        _minimize([factors], closure)
    return factors.tolist()


def _sparse_csr(offsets: Tensor, indices: Tensor, values: Tensor, shape: tuple[int, int]) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(offsets, indices, values, shape, check_invariants=True)


def _minimize(parameters: list[Tensor], closure: Callable[[], Tensor]) -> None:
    spare_compiler()
    solver = torch.optim.LBFGS(
        parameters,
        max_iter=_STEPS,
        history_size=_HISTORY,
        tolerance_change=_TOLERANCE,
        line_search_fn="strong_wolfe",
    )
    solver.step(closure)
