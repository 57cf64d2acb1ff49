"""Forecasting: tables of series to their continuation, with bands."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from nlprnn.errors import DataError
from nlprnn.models.forecaster import RecurrentForecaster
from nlprnn.pipelines.pipeline import Pipeline
from nlprnn.series.processor import SeriesProcessor
from nlprnn.series.series_data import SeriesData
from nlprnn.series.table import TableForm, build_series
from nlprnn.series.tracking import QuantilesOf, tracked_after
from nlprnn.series.value_distributions import COUNTS
from nlprnn.series.windows import Cutoffs, WindowMaker

logger = logging.getLogger(__name__)

_BATCH = 512

_LISTED = 3


@dataclass(frozen=True)
class Forecast:
    """Continuation of one series.

    Attributes:
        series: its name.
        targets: C names of the numbers.
        cutoff: time of the last known step, as text.
        times: H times of the forecast, as text.
        levels: Q probabilities of the quantiles.
        quantiles: (H, C, Q) float64, in the unit of the data, ascending.
    """

    series: str
    targets: Sequence[str]
    cutoff: str
    times: Sequence[str]
    levels: Sequence[float]
    quantiles: NDArray[np.float64]

    @property
    def median(self) -> NDArray[np.float64]:
        """The forecast (H, C): the median."""
        return self.at(0.5)

    def at(self, level: float) -> NDArray[np.float64]:
        """Return the quantile (H, C) of a level.

        Raises:
            ValueError: the model has no such level.
        """
        return self.quantiles[..., list(self.levels).index(level)]

    def rows(self, *, quantiles: bool = False) -> Iterator[dict[str, Any]]:
        """Yield a row for each step: series, time, and of each target the median and the ends of the 80 % band.

        Args:
            quantiles: all quantiles in place of the band.
        """
        shown = [level for level in self.levels if level != 0.5] if quantiles else [0.1, 0.9]
        for step, time in enumerate(self.times):
            row: dict[str, Any] = {"unique_id": self.series, "ds": time}
            for index, name in enumerate(self.targets):
                row[name] = float(self.median[step, index])
                row |= {f"{name}_q{round(100 * level)}": float(self.at(level)[step, index]) for level in shown}
            yield row


class Forecaster(Pipeline[RecurrentForecaster, SeriesProcessor]):
    """A forecaster with the columns, the grid and the scales of its training data."""

    model_classes = (RecurrentForecaster,)

    def __call__(self, table: Mapping[str, Sequence[Any]]) -> list[Forecast]:  # type: ignore[override]
        """Continue each series of a table, in the order of their first rows.

        Args:
            table: a pandas frame, or columns of cells by name, as in training: a row a step of a series. Rows after the
                last known target give covariates of the horizon.

        Raises:
            DataError: a column or a cell is missing or damaged; names the place.
        """
        return self.forecast(self.series(table))

    def describe(self) -> list[str]:
        """Return targets, step, history and horizon."""
        processor = self.processor
        targets = ", ".join(processor.columns.targets)
        return [f"{targets}, step {processor.frequency}, history {processor.history}, horizon {processor.horizon}"]

    def series(self, table: Mapping[str, Sequence[Any]]) -> SeriesData:
        """Return the series of a table, which is read as in training.

        Raises:
            DataError: a column or a cell is missing or damaged; names the place.
        """
        columns = self.processor.columns
        if missing := [name for name in columns.names() if name not in table]:
            raise DataError(f"the table has no column {missing[0]!r}, which the model was trained on")
        return build_series({name: list(table[name]) for name in columns.names()}, columns, form=self.form())

    def form(self, form: TableForm | None = None) -> TableForm:
        """Return how tables are read: in the frequency and with the categories of training."""
        form = form or TableForm()
        processor = self.processor
        return replace(
            form,
            frequency=processor.frequency,
            numbers=tuple(processor.covariates),
            categories=dict(processor.categories),
        )

    def forecast(
        self, data: SeriesData, *, horizon: int | None = None, after: NDArray[np.int64] | None = None
    ) -> list[Forecast]:
        """Continue each series after its last value.

        Args:
            data: the series.
            horizon: steps to forecast; None = as many as in training.
            after: (N,) positions of the last step that is known; None = the last one with a value.

        Raises:
            DataError: the horizon is longer than in training, or covariates of it are missing; names column and times.
        """
        processor, frequency = self.processor, self.processor.frequency
        horizon = horizon or processor.horizon
        if horizon > processor.horizon:
            raise DataError(
                f"the model has a horizon of {processor.horizon}, not {horizon}: train one with --horizon {horizon}"
            )
        cutoffs = Cutoffs(np.arange(len(data)), data.last_observed() if after is None else after)
        if len(empty := np.flatnonzero(cutoffs.positions < data.starts)):
            raise DataError(f"series {data.names[empty[0]]!r} has no value: leave it out")
        self._check_future(data, cutoffs, horizon)
        self._warn_of_short_pasts(data, cutoffs)
        self._warn_of_unknown_series(data)
        if self.processor.band_remark:
            logger.warning(self.processor.band_remark)
        quantiles = self.tracked(WindowMaker(data, processor), cutoffs)[:, :horizon]
        steps = np.arange(1, horizon + 1)
        return [
            Forecast(
                series=data.names[series],
                targets=processor.columns.targets,
                cutoff=frequency.format(frequency.times(cutoffs.positions[series : series + 1]))[0],
                times=frequency.format(frequency.times(cutoffs.positions[series] + steps)),
                levels=self.model.levels,
                quantiles=quantiles[series],
            )
            for series in range(len(data))
        ]

    def _warn_of_short_pasts(self, data: SeriesData, cutoffs: Cutoffs) -> None:
        """Warn of series that begin so late that the model reads missing values in place of their past."""
        known, history = cutoffs.positions - data.starts + 1, self.processor.history
        if len(short := np.flatnonzero(known < history)):
            logger.warning(
                "The model reads %d steps, and %d of %d series have fewer, such as %r with %d: their bands may be too "
                "narrow.",
                *(history, len(short), len(data), data.names[short[0]], known[short[0]]),
            )

    def _warn_of_unknown_series(self, data: SeriesData) -> None:
        """Warn of series that training did not have, where it had several."""
        known = self.processor.moments
        unknown = [name for name in data.names if name not in known]
        if unknown and self.processor.columns.group is not None:
            logger.warning(
                "Training had no values of %d of %d series, such as %r: they are scaled by their own values, and "
                "forecast as the series of training are.",
                *(len(unknown), len(data), unknown[0]),
            )

    def quantiles(self, maker: WindowMaker, cutoffs: Cutoffs) -> NDArray[np.float64]:
        """Return the quantiles (n, H, C, Q) of the horizon after each cutoff, in the unit of the data.

        Args:
            maker: of the windows, whose inputs hold no targets.
            cutoffs: of the windows.
        """
        model = self.model
        result = np.empty((len(cutoffs), model.horizon, model.num_targets, len(model.levels)))
        was_training = model.training
        model.eval()
        with torch.inference_mode():
            for first in range(0, len(cutoffs), _BATCH):
                windows = maker.make(cutoffs.select(slice(first, first + _BATCH)))
                arrays = (windows.inputs, windows.linear, windows.unit)
                tensors = (torch.from_numpy(array).to(self.device) for array in arrays)
                scaled = model.forecast(*tensors).double().cpu().numpy()
                unscaled = scaled * windows.scale[:, None, :, None] + windows.centre[:, None, :, None]
                result[first : first + _BATCH] = unscaled
        model.train(was_training)
        return self._bounded(result)

    def tracked(
        self,
        maker: WindowMaker,
        cutoffs: Cutoffs,
        *,
        quantiles_of: QuantilesOf | None = None,
    ) -> NDArray[np.float64]:
        """Return `quantiles` with bands that follow how often the cutoffs before were missed, of each series.

        Args:
            maker: of the windows, whose inputs hold no targets.
            cutoffs: in any order; each follows those whose horizon is known at its time, and up to 200 before the first
                one of its series. Those on which the model was trained are left out: it errs less there.
            quantiles_of: computes `quantiles`; None = this method.
        """
        data, processor = maker.data, self.processor
        since = np.where([name in processor.moments for name in data.names], processor.validation_start, data.starts)
        tracked = tracked_after(quantiles_of or self.quantiles, self.model.levels, maker, cutoffs, since=since)
        return self._bounded(tracked)

    def _bounded(self, quantiles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return quantiles of which those of counts are not below 0."""
        return np.maximum(quantiles, 0.0) if self.model.distribution == COUNTS else quantiles

    def _check_future(self, data: SeriesData, cutoffs: Cutoffs, horizon: int) -> None:
        """Check that the covariates of the horizon are known.

        Raises:
            DataError: one is not; names the column and the times.
        """
        frequency = self.processor.frequency
        for series, cutoff in zip(*cutoffs, strict=True):
            positions = np.arange(cutoff + 1, cutoff + 1 + horizon)
            rows = data.offsets[series] + positions - data.starts[series]
            present = rows < data.offsets[series + 1]
            for index, name in enumerate(data.columns.future):
                known = np.zeros(horizon, dtype=bool)
                known[present] = ~np.isnan(data.future[rows[present], index])
                if not known.all():
                    times = frequency.format(frequency.times(positions[~known]))
                    more = f" and {len(times) - _LISTED} more" if len(times) > _LISTED else ""
                    unseen = ", or of a category that training did not have," * (name in self.processor.categories)
                    raise DataError(
                        f"column {name!r} of series {data.names[series]!r} is not known{unseen} at "
                        f"{', '.join(times[:_LISTED])}{more}: add rows with it for the {horizon} steps after the last "
                        "value"
                    )
