"""Band around a linear forecast, calibrated as the band of a network is, so that their scores compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from nlprnn.series.calibration import calibration_factors
from nlprnn.series.linear_forecast import LinearForecast
from nlprnn.series.windows import Cutoffs, WindowMaker, Windows

_BLOCK = 1024


@dataclass(frozen=True)
class LinearBand:
    """Quantiles around a linear forecast.

    Attributes:
        method: the forecast.
        offsets: (H, C, Q) float64, of the quantiles from it, in scaled units.
    """

    method: LinearForecast
    offsets: NDArray[np.float64]

    @classmethod
    def calibrated(
        cls, method: LinearForecast, levels: Sequence[float], maker: WindowMaker, cutoffs: Cutoffs
    ) -> LinearBand:
        """Return normal quantiles around a forecast, calibrated on windows to which it was not fitted."""
        windows = list(_blocks(maker, cutoffs))
        predicted = np.concatenate([method(one) for one in windows])
        targets, mask = (np.concatenate([getattr(one, name) for one in windows]) for name in ("targets", "mask"))
        squares = np.where(mask, targets - predicted, 0.0) ** 2
        deviation = np.sqrt(squares.sum(axis=0) / np.maximum(1, mask.sum(axis=0)))  # (H, C)
        offsets = deviation[..., None] * [NormalDist().inv_cdf(level) for level in levels]
        factors = calibration_factors(
            predicted[..., None] + offsets, levels, targets, mask, observed=cutoffs.count_steps(targets.shape[1])
        )
        return cls(method, np.sort(offsets * np.moveaxis(factors, 0, -1), axis=-1))

    def __call__(self, maker: WindowMaker, cutoffs: Cutoffs) -> NDArray[np.float64]:
        """Return the quantiles (n, H, C, Q) after each cutoff, in the unit of the data."""
        blocks = [
            (self.method(one)[..., None] + self.offsets) * one.scale[:, None, :, None] + one.centre[:, None, :, None]
            for one in _blocks(maker, cutoffs)
        ]
        return np.concatenate(blocks)


def _blocks(maker: WindowMaker, cutoffs: Cutoffs) -> Iterator[Windows]:
    return (maker.make(cutoffs.select(slice(first, first + _BLOCK))) for first in range(0, len(cutoffs), _BLOCK))
