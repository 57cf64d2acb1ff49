"""Quantile tracking: bands that follow how often they were missed before, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.series_data import SeriesData
from nlprnn.series.windows import Cutoffs, WindowMaker, true_values

_RECENT, _MOST_RECENT = 200, 2000
"""Cutoffs before the first one of a series, and of all series together, that are followed."""

_STEPS, _DECAY = (0.05, 0.2), 10
"""Change of the logarithm of a width for each whole share of values that were missed, at each cutoff of a series: least
and first one. It shrinks as the root of the number of cutoffs, in tens (Angelopoulos et al. 2024, "Online conformal
prediction with decaying step sizes"): the error of the coverage of single series on the second half of validation
splits is that of a step of 0.1, the CRPS that of 0.05."""

_SHARED_STEPS = (0.1, 0.2)
"""As `_STEPS`, of the width that all series share, by the mean share that was missed of all of them; times 1 - 1/N, as
one series has none to share with. Twelve samples like `data/sales` of other seeds, with holidays known in advance,
network and ridge regression: root mean squared distance of the coverage from 80 % 1.5 in place of 2.4, at 0.1 % more
CRPS; on the validation split of five stocks 0.4 in place of 0.3, at 0.4 % more."""

_SCALE_STEP = 0.05
"""Change of the logarithm of all widths of a series for errors that are twice as large as expected, at each cutoff;
over the root of the horizon, as the errors of a horizon go together. The size of an error holds more than whether it
was beyond a quantile. Twelve samples like `data/sales`, shop by shop: root mean squared distance of the coverage from
80 % 2.4 in place of 3.8, at 0.3 % more CRPS; on parts of PeMS and metro traffic before the test split 0.2 to 0.4 %
less."""

_LARGEST_RATIO = 3.0
"""Ratio to the expected error from which an error counts as no larger, so that one holiday widens no band for weeks."""

_LOG_LIMITS = (-3.0, 3.0)

QuantilesOf = Callable[[WindowMaker, Cutoffs], NDArray[np.float64]]
"""Computes quantiles (n, H, C, Q) after n cutoffs, in the unit of the data."""


def tracked_after(
    quantiles_of: QuantilesOf,
    levels: Sequence[float],
    maker: WindowMaker,
    cutoffs: Cutoffs,
    *,
    since: int | NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Return tracked quantiles (n, H, C, Q) after n cutoffs, and after others that are known at their time.

    Args:
        quantiles_of: computes them without tracking.
        levels: Q probabilities, the middle one the median's.
        maker: of the windows, whose inputs hold no targets.
        cutoffs: n of them, in any order; each follows those whose horizon is known at its time, and up to 200 before
            the first one of its series.
        since: position of the first cutoff that is followed, of all series or (N,) of each; None = all.
    """
    recent = recent_cutoffs(maker.data, cutoffs, maker.processor.history, since)
    both = Cutoffs(*map(np.concatenate, zip(recent, cutoffs, strict=True)))
    return tracked_quantiles(quantiles_of(maker, both), levels, *true_values(maker, both), both)[len(recent) :]


def recent_cutoffs(
    data: SeriesData, cutoffs: Cutoffs, history: int, since: int | NDArray[np.int64] | None = None
) -> Cutoffs:
    """Return the cutoffs before the first one of each series.

    Args:
        data: the series.
        cutoffs: in any order.
        history: steps of a series before the first one that is returned.
        since: position of the first one that is returned, of all series or (N,) of each; None = any.
    """
    order = np.lexsort((cutoffs.positions, cutoffs.series))
    series, rows = np.unique(cutoffs.series[order], return_index=True)
    steps = np.arange(min(_RECENT, _MOST_RECENT // max(1, len(series))), 0, -1)
    positions = cutoffs.positions[order][rows, None] - steps
    known = positions >= data.starts[series, None] + history
    if since is not None:
        known &= positions >= np.broadcast_to(since, len(data))[series, None]
    return Cutoffs(np.repeat(series, known.sum(axis=1)), positions[known])


def tracked_quantiles(
    quantiles: NDArray[np.floating],
    levels: Sequence[float],
    targets: NDArray[np.floating],
    mask: NDArray[np.bool_],
    cutoffs: Cutoffs,
) -> NDArray[np.float64]:
    """Widen or narrow the quantiles of each cutoff by how often earlier ones of its series, now known, were missed.

    Quantile tracking (Angelopoulos et al. 2023, "Conformal PID Control for Time Series Prediction"): after each step a
    quantile moves away from the median if too many values lay beyond it, else towards it. So the coverage is right in
    the long run even where the errors of a series differ from those of others, or grow or shrink after training. Widths
    are the product of one of the series and one of all series, which learns sooner what happens to all of them, and of
    a scale of the series, which follows the size of its errors (a score-driven scale, Creal et al. 2013, bounded as in
    Harvey 2013).

    Args:
        quantiles: (n, H, C, Q) float.
        levels: Q probabilities, the middle one the median's.
        targets: (n, H, C) float.
        mask: (n, H, C) bool, True = observed; values that are not are no evidence.
        cutoffs: n of them, in any order.

    Returns:
        (n, H, C, Q) float.
    """
    middle, horizon = len(levels) // 2, targets.shape[1]
    median = quantiles[..., middle : middle + 1]
    errors = np.where(mask, targets - median[..., 0], np.nan)  # (n, H, C)
    series = np.unique(cutoffs.series, return_inverse=True)[1]
    widths = _Widths(levels, int(series.max(initial=0)) + 1, horizon)
    order = np.argsort(cutoffs.positions, kind="stable")
    times, starts = np.unique(cutoffs.positions[order], return_index=True)
    groups = np.split(order, starts[1:])
    distances, known = np.array(quantiles - median, dtype=np.float64), 0
    for time, rows in zip(times, groups, strict=True):
        while times[known] + horizon <= time:
            before = groups[known]
            widths.update(series[before], errors[before], distances[before])
            known += 1
        distances[rows] *= widths.factors(series[rows])[:, None, None]
    return np.sort(median + distances, axis=-1)


class _Widths:
    """Factors of the distances of Q quantiles from the median, of each series.

    Args:
        levels: Q probabilities.
        number: N, of series.
        horizon: H.
    """

    def __init__(self, levels: Sequence[float], number: int, horizon: int) -> None:
        self._side = np.sign(np.asarray(levels) - 0.5)  # of the quantile, seen from the median
        self._tail = np.minimum(levels, 1.0 - np.asarray(levels))
        distance = np.abs([NormalDist().inv_cdf(level) for level in levels]).mean()
        self._expected = np.sqrt(2.0 / np.pi) / (distance or 1.0)  # mean error over mean distance, of a normal one
        self._scale_step = _SCALE_STEP / np.sqrt(horizon)
        self._share = 1.0 - 1.0 / number
        self._logs = np.zeros((number, len(levels)))
        self._scales, self._seen = np.zeros((number, 1)), np.zeros((number, 1))
        self._shared, self._times_seen = np.zeros(len(levels)), 0

    def factors(self, series: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the factors (n, Q) of n series."""
        return np.exp(np.clip(self._logs[series] + self._scales[series] + self._shared, *_LOG_LIMITS))

    def update(self, series: NDArray[np.int64], errors: NDArray[np.float64], distances: NDArray[np.float64]) -> None:
        """Learn from one cutoff of each of n series.

        Args:
            series: (n,) int64, indices.
            errors: (n, H, C) float, values less medians, NaN where a value is missing.
            distances: (n, H, C, Q) float, of the quantiles that were forecast from the median.
        """
        observed = ~np.isnan(errors)
        counts = observed.sum(axis=(1, 2))[:, None]  # (n, 1)
        beyond = self._side * errors[..., None] > self._side * distances
        missed = (beyond & observed[..., None]).sum(axis=(1, 2)) / np.maximum(1, counts)
        excess = (missed - self._tail) * (self._side != 0) * (counts > 0)  # (n, Q)
        expected = self._expected * np.maximum(np.abs(distances).mean(axis=-1), 1e-12)
        ratios = np.minimum(np.where(observed, np.abs(errors), expected) / expected, _LARGEST_RATIO)
        larger = (ratios - 1.0).sum(axis=(1, 2))[:, None] / np.maximum(1, counts)
        self._logs[series] += _step(_STEPS, self._seen[series]) * excess
        self._scales[series] = np.clip(self._scales[series] + self._scale_step * larger, *_LOG_LIMITS)
        self._seen[series] += counts > 0
        if evident := int((counts > 0).sum()):
            self._shared += _step(_SHARED_STEPS, self._times_seen) * self._share * excess.sum(axis=0) / evident
            self._times_seen += 1


def _step(steps: tuple[float, float], seen: Any) -> Any:
    """Return the change of a logarithm after a number of cutoffs."""
    least, first = steps
    return np.maximum(least, first / np.sqrt(1.0 + seen / _DECAY))
