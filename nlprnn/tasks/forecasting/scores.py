"""Rolling-origin evaluation: a forecaster beside naive, seasonal naive and ridge forecasts on the same cutoffs."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.metrics import LOSS
from nlprnn.metrics.forecasting import forecast_scores, quantile_scores
from nlprnn.models.forecaster import LEVELS
from nlprnn.pipelines import Forecaster
from nlprnn.series.calibration import calibration_factors
from nlprnn.series.linear_band import LinearBand
from nlprnn.series.linear_forecast import LinearForecast
from nlprnn.series.tracking import tracked_after
from nlprnn.series.windows import Cutoffs, WindowMaker, true_values
from nlprnn.tasks.forecasting.fit import FittedSeries
from nlprnn.tasks.forecasting.windows import as_batch
from nlprnn.tasks.method_comparison import error_advice, method_table
from nlprnn.training.losses import pinball_loss
from nlprnn.training.row_sharing import share_rows

NETWORK = "network"
_COLUMNS = ("mae", "rmse", "smape", "mase", "crps", "coverage")
_BLOCK = 1024


class Targets:
    """The true values after some cutoffs, to score forecasts by.

    Args:
        maker: of the windows.
        cutoffs: forecast origins.
        scale: (N, C) float, of each series, for MASE.
    """

    def __init__(self, maker: WindowMaker, cutoffs: Cutoffs, scale: NDArray[np.float64] | None = None) -> None:
        self.truth = true_values(maker, cutoffs)
        self.values, self.mask = self.truth
        self.scale = None if scale is None else np.broadcast_to(scale[cutoffs.series, None], self.values.shape)

    def point_scores(self, predicted: NDArray[np.float64]) -> dict[str, float]:
        """Score forecasts (n, H, C)."""
        scale = None if self.scale is None else self.scale[self.mask]
        return forecast_scores(predicted[self.mask], self.values[self.mask], scale)

    def scores(self, quantiles: NDArray[np.float64], levels: Sequence[float]) -> dict[str, float]:
        """Score quantiles (n, H, C, Q), the median as the forecast."""
        median = quantiles[..., list(levels).index(0.5)]
        return self.point_scores(median) | quantile_scores(quantiles[self.mask], levels, self.values[self.mask])


def score_forecaster(
    forecaster: Forecaster, fitted: FittedSeries, split: str, rows: NDArray[np.int64] | slice
) -> dict[str, float]:
    """Score a forecaster on cutoffs of a split, of which each process of a distributed training computes a share."""
    cutoffs = fitted.cutoffs[split].select(rows)

    def shared(maker: WindowMaker, every: Cutoffs) -> NDArray[np.float64]:
        return share_rows(lambda share: forecaster.quantiles(maker, every.select(share)), len(every))

    tracked = forecaster.tracked(fitted.maker, cutoffs, quantiles_of=shared)
    return Targets(fitted.maker, cutoffs, fitted.scale).scores(tracked, forecaster.model.levels)


def validate_forecaster(forecaster: Forecaster, fitted: FittedSeries, rows: NDArray[np.int64]) -> dict[str, float]:
    """Return the pinball loss of a forecaster on windows of the validation split, in scaled units."""
    batch = as_batch(fitted.maker.make(fitted.cutoffs["validation"].select(rows)))

    def quantiles(share: NDArray[np.int64]) -> NDArray[np.float32]:
        tensors = (tensor[share].to(forecaster.device) for tensor in (batch.inputs, batch.linear, batch.unit))
        return forecaster.model.forecast(*tensors).float().cpu().numpy()

    shared = torch.from_numpy(share_rows(quantiles, len(rows)))
    return {LOSS.name: float(pinball_loss(shared, forecaster.model.levels, batch.targets, batch.mask))}


def calibrate(forecaster: Forecaster, fitted: FittedSeries) -> None:
    """Calibrate the quantiles of a forecaster on the validation split, and keep the factors in its model."""
    model, cutoffs = forecaster.model, fitted.cutoffs["validation"]
    model.calibrate(torch.ones_like(model.widths))
    quantiles = forecaster.quantiles(fitted.maker, cutoffs)
    truth, observed = true_values(fitted.maker, cutoffs), cutoffs.count_steps(model.horizon)
    factors = calibration_factors(quantiles, model.levels, *truth, observed=observed)
    model.calibrate(torch.from_numpy(factors))


def refit(forecaster: Forecaster, fitted: FittedSeries) -> tuple[Forecaster, FittedSeries]:
    """Return a copy of a forecaster that corrects a linear forecast fitted to the validation split, too, and that."""
    again = fitted.refit()
    model = deepcopy(forecaster.model)
    model.set_linear(*(tensor.to(forecaster.device) for tensor in again.linear_tensors))
    return Forecaster(model, forecaster.processor), again


def score_baselines(
    fitted: FittedSeries, split: str, rows: NDArray[np.int64] | slice, held_out: FittedSeries
) -> dict[str, dict[str, float]]:
    """Score the linear forecasts on the cutoffs of a split, by their names.

    Each has a normal band that is calibrated and tracked as the network's.

    Args:
        fitted: forecasts to score.
        split: name of the split.
        rows: of its cutoffs.
        held_out: forecasts that were fitted without the validation split, on which the bands are calibrated.
    """
    cutoffs = fitted.cutoffs[split].select(rows)
    targets, since = Targets(fitted.maker, cutoffs, fitted.scale), fitted.processor.validation_start
    scores = {}
    for method, before in zip(fitted.baselines, held_out.baselines, strict=True):
        band = LinearBand.calibrated(before, LEVELS, held_out.maker, held_out.cutoffs["validation"])
        quantiles = tracked_after(replace(band, method=method), LEVELS, fitted.maker, cutoffs, since=since)
        scores[method.name] = targets.scores(quantiles, LEVELS)
    return scores


def linear_forecasts(method: LinearForecast, maker: WindowMaker, cutoffs: Cutoffs) -> NDArray[np.float64]:
    """Return the forecasts (n, H, C) of a linear method after each cutoff, in the unit of the data."""
    blocks = range(0, len(cutoffs), _BLOCK)
    windows = (maker.make(cutoffs.select(slice(first, first + _BLOCK))) for first in blocks)
    return np.concatenate([method.in_data_units(one) for one in windows])


def comparison(scores: dict[str, dict[str, float]]) -> str:
    """Return a table of the scores of all methods, and which one to use where the network does not win.

    Args:
        scores: method -> its scores, `NETWORK` among them.
    """
    return "\n".join([*method_table(scores, _COLUMNS), error_advice(scores, NETWORK, "mae")])
