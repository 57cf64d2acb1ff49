"""The picture of forecasts, drawn by one of several processes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nlprnn import load
from nlprnn.series.windows import Cutoffs, WindowMaker
from nlprnn.tasks.forecasting import plot
from nlprnn.tasks.forecasting.plot import draw_forecasts

FORECASTER = Path(__file__).parents[2] / "frozen_models" / "v2" / "forecaster"


@pytest.mark.parametrize("rank", ["0", "1"])
def test_first_process_alone_draws(monkeypatch, tmp_path, rank):
    monkeypatch.setenv("RANK", rank)
    forecaster = load(FORECASTER, device="cpu")
    data = forecaster.series(json.loads((FORECASTER / "expected.json").read_text())["table"])
    assert draw_forecasts(forecaster, data, tmp_path) == str(tmp_path / "forecast.png")
    assert [path.name for path in tmp_path.iterdir()] == (["forecast.png"] if rank == "0" else [])


def table():
    return json.loads((FORECASTER / "expected.json").read_text())["table"]


def test_missing_covariate_is_drawn_as_it_is_forecast(monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr(plot, "plot_forecasts", lambda forecasts, data, after, path: drawn.append((forecasts, after)))
    forecaster, cells = load(FORECASTER, device="cpu"), table()
    for row in range(0, len(cells["holiday"]), 2):
        cells["holiday"][row] = None
    data = forecaster.series(cells)
    draw_forecasts(forecaster, data, tmp_path)
    [(forecasts, after)] = drawn
    maker = WindowMaker(data, forecaster.processor)
    expected = forecaster.tracked(maker, Cutoffs(np.arange(len(data)), after))
    np.testing.assert_allclose([forecast.quantiles for forecast in forecasts], expected, rtol=1e-5)


def test_series_that_ends_within_the_horizon_leaves_the_picture_out(tmp_path):
    forecaster, cells = load(FORECASTER, device="cpu"), table()
    rows = [row for row, name in enumerate(cells["unique_id"]) if name == "a" or row == cells["unique_id"].index("b")]
    data = forecaster.series({name: [column[row] for row in rows] for name, column in cells.items()})
    said = draw_forecasts(forecaster, data, tmp_path)
    assert said.startswith("not drawn: column 'holiday' of series 'b' is not known at ")
    assert not list(tmp_path.iterdir())
