"""The picture of forecasts, drawn by one of several processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlprnn import load
from nlprnn.tasks.forecasting.plot import draw_forecasts

FORECASTER = Path(__file__).parents[2] / "frozen_models" / "v2" / "forecaster"


@pytest.mark.parametrize("rank", ["0", "1"])
def test_first_process_alone_draws(monkeypatch, tmp_path, rank):
    monkeypatch.setenv("RANK", rank)
    forecaster = load(FORECASTER, device="cpu")
    data = forecaster.series(json.loads((FORECASTER / "expected.json").read_text())["table"])
    assert draw_forecasts(forecaster, data, tmp_path) == str(tmp_path / "forecast.png")
    assert [path.name for path in tmp_path.iterdir()] == (["forecast.png"] if rank == "0" else [])
