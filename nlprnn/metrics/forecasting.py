"""Forecasting metrics: errors of points, of quantiles and of bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlprnn.metrics.f1 import check_rows


def forecast_scores(
    predicted: NDArray[Any], target: NDArray[Any], scale: NDArray[Any] | None = None
) -> dict[str, float]:
    """Score point forecasts.

    Args:
        predicted: (n,) float, in the unit of the data.
        target: (n,) float.
        scale: (n,) float, the error of the seasonal naive forecast on the training split of each series, for MASE; 0 or
            NaN where there is none, as of a constant series, which MASE leaves out.

    Returns:
        mae, the mean absolute error; rmse, the root of the mean squared error; smape, the symmetric mean absolute
        percentage error, 200 |y - p| / (|y| + |p|), 0 where both are 0; and mase, the mean absolute scaled error
        (Hyndman & Koehler 2006), if there is a scale.

    Raises:
        ValueError: there are no targets.
    """
    check_rows(target)
    error = np.abs(predicted.astype(np.float64) - target)
    size = np.abs(predicted) + np.abs(target)
    scores = {
        "mae": float(error.mean()),
        "rmse": float(np.sqrt(np.square(error).mean())),
        "smape": float(200.0 * np.divide(error, size, out=np.zeros_like(error), where=size > 0).mean()),
    }
    if scale is not None and (scaled := scale > 0).any():
        scores["mase"] = float((error[scaled] / scale[scaled]).mean())
    return scores


def quantile_scores(
    quantiles: NDArray[Any], levels: Sequence[float], target: NDArray[Any], *, band: tuple[float, float] = (0.1, 0.9)
) -> dict[str, float]:
    """Score quantile forecasts.

    Args:
        quantiles: (n, Q) float, ascending in each row.
        levels: Q probabilities.
        target: (n,) float.
        band: levels of the lower and upper end of a band.

    Returns:
        crps, the continuous ranked probability score as twice the mean pinball loss over the levels (Gneiting &
        Raftery 2007); coverage, the percentage of targets inside the band; and width, the mean width of the band.

    Raises:
        ValueError: there are no targets, or the levels have no such band.
    """
    check_rows(target)
    lower, upper = (quantiles[:, list(levels).index(end)] for end in band)
    return {
        "crps": float(2.0 * pinball_losses(quantiles, levels, target).mean()),
        "coverage": float(100.0 * ((target >= lower) & (target <= upper)).mean()),
        "width": float((upper - lower).mean()),
    }


def pinball_losses(quantiles: NDArray[Any], levels: Sequence[float], target: NDArray[Any]) -> NDArray[np.float64]:
    """Return the pinball losses (n, Q) (Koenker & Bassett 1978) of quantiles (n, Q) of Q levels, for targets (n,)."""
    error = target[:, None] - quantiles
    losses: NDArray[np.float64] = np.maximum(np.asarray(levels) * error, (np.asarray(levels) - 1.0) * error)
    return losses


def naive_scale(values: NDArray[Any], season: int = 1) -> float:
    """Return the mean absolute error of the seasonal naive forecast inside a series, the denominator of MASE.

    Args:
        values: (T,) float, NaN where a value is missing.
        season: steps of a season; 1 = the value before.

    Returns:
        NaN where no two values are a season apart.
    """
    differences = np.abs(values[season:] - values[:-season])
    present = differences[~np.isnan(differences)]
    return float(present.mean()) if len(present) else float("nan")
