"""Batches of windows: memory that does not grow with the data."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from nlprnn.series import SeriesData, SeriesProcessor, WindowMaker
from nlprnn.series.linear_forecast import naive_forecast
from nlprnn.tasks.forecasting.windows import WindowBatches, find_cutoffs, fit_folds


def peak(num_series, length):
    """Return the MB that some batches need beyond what is there after the first."""
    values = np.random.default_rng(0).normal(size=(num_series, length))
    data = SeriesData.from_arrays({str(number): row for number, row in enumerate(values)})
    processor = SeriesProcessor(columns=data.columns, frequency=data.frequency, history=24, horizon=6, lags=(7,))
    maker = WindowMaker(data, processor)
    cutoffs = find_cutoffs(data, 0, length, history=24, horizon=6)
    folds = fit_folds(naive_forecast(processor, maker.sizes()[1]), maker, cutoffs)
    batches = iter(WindowBatches(maker, cutoffs, folds, batch_size=64))
    next(batches)
    tracemalloc.start()
    for _ in range(5):
        assert next(batches).inputs.shape[0] == 64
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used / 2**20


@pytest.mark.parametrize(("num_series", "length"), [(500, 200), (1, 100_000)])
def test_memory_of_batches_does_not_grow_with_the_data(num_series, length):
    assert peak(num_series, length) == pytest.approx(peak(4, 200), abs=0.5)
