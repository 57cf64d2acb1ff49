"""The recipe of forecasting from data to model: what forecasters of other libraries are reported to fail at."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from nlprnn import load
from nlprnn.errors import DataError, OptionError
from nlprnn.series.value_distributions import COUNTS
from nlprnn.tasks.forecasting.options import ForecastingOptions
from nlprnn.tasks.forecasting.series_tables import load_series

RECIPE = Path(__file__).parents[2] / "recipes" / "forecasting.py"


@pytest.fixture(scope="module")
def train():
    """Train on values, one a day; return the forecaster."""
    main = runpy.run_path(str(RECIPE))["main"]

    def call(folder, values, *, start="2024-01-01", **options):
        days = np.datetime64(start) + np.arange(len(values))
        rows = [f"{day},{value!r}" for day, value in zip(days, np.asarray(values, dtype=float).tolist(), strict=True)]
        folder.mkdir(exist_ok=True)
        (folder / "series.csv").write_text("\n".join(["ds,y", *rows]) + "\n")
        sizes = {"epochs": 2, "hidden_size": 4, "threads": 1, "device": "cpu"} | options
        main.train(dataset=str(folder / "series.csv"), out=folder / "model", **sizes)
        return load(folder / "model")

    return call


def continued(forecaster, values, start="2024-01-01"):
    days = [str(np.datetime64(start) + day) for day in range(len(values))]
    (forecast,) = forecaster({"ds": days, "y": list(values)})
    return forecast


def test_five_numbers_are_continued(train, tmp_path):
    assert continued(train(tmp_path, [1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]).median[0, 0] == pytest.approx(6, abs=0.05)


def test_counting_to_five_again_and_again_is_learnt(train, tmp_path):
    forecaster = train(tmp_path, [1, 2, 3, 4, 5] * 20, horizon=5)
    forecast = continued(forecaster, [1, 2, 3, 4, 5] * 4)
    assert forecast.median[:, 0] == pytest.approx([1, 2, 3, 4, 5], abs=0.1)
    assert forecast.times[0] == "2024-01-21"


def test_ramp_is_continued_beyond_the_training_range(train, tmp_path):
    forecaster = train(tmp_path, np.arange(0.0, 300.0, 3.0), horizon=4)
    forecast = continued(forecaster, np.arange(9000.0, 9090.0, 3.0))
    assert forecast.median[:, 0] == pytest.approx([9090, 9093, 9096, 9099], abs=1)


def test_constant_series_stays_constant(train, tmp_path):
    forecast = continued(train(tmp_path, [7.0] * 60, horizon=3), [7.0] * 20)
    assert forecast.quantiles == pytest.approx(np.full((3, 1, 9), 7.0), abs=0.01)


def test_sine_does_not_become_a_flat_line(train, tmp_path):
    wave = np.sin(2 * np.pi * np.arange(231) / 21)
    forecast = continued(train(tmp_path, wave[:210], horizon=21, history=24), wave[:210])
    assert forecast.median[:, 0] == pytest.approx(wave[210:], abs=0.1)


NOISE = np.random.default_rng(0).normal(size=80).cumsum()


@pytest.fixture(scope="module")
def walk(train, drawing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("walk")
    with drawing():
        return train(folder, NOISE, linear="last"), folder / "model"


def test_one_seed_gives_the_same_bytes(walk, train, tmp_path):
    train(tmp_path, NOISE, linear="last")
    weights = [(folder / "model.safetensors").read_bytes() for folder in (tmp_path / "model", walk[1])]
    assert weights[0] == weights[1]


def test_ended_run_goes_on_training(train, tmp_path):
    train(tmp_path, NOISE)
    train(tmp_path, NOISE, epochs=3, resume=True)
    summary = json.loads((tmp_path / "model" / "run.json").read_text())["summary"]
    assert summary["epochs"] == 3


COUNTED = np.random.default_rng(0).poisson(3.0, size=80)


@pytest.mark.parametrize(
    "options",
    [
        {"strategy": "recursive", "horizon": 3, "distribution": "normal"},
        {"scaling": "window", "cell": "gru", "distribution": "student-t"},
        {"strategy": "recursive", "horizon": 2, "distribution": COUNTS},
    ],
)
def test_variants_train_and_load(train, tmp_path, options):
    quantiles = continued(train(tmp_path, COUNTED, epochs=1, lags="7", **options), COUNTED).quantiles
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles) >= 0).all()
    assert quantiles.min() >= 0 or options["distribution"] != COUNTS


def test_scores_name_the_methods_and_forecasts_are_drawn(walk):
    scores = json.loads((walk[1] / "scores.json").read_text())
    assert list(scores) == [
        "validation",
        "test",
        "test: naive",
        "test: seasonal naive (7)",
        "test: ridge",
        "test: ridge with clock",
    ]
    for values in list(scores.values())[1:]:
        assert {"mae", "rmse", "smape", "mase", "crps", "coverage"} <= values.keys()
    assert "ridge with clock" in (walk[1] / "README.md").read_text()
    assert (walk[1] / "forecast.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0, 2.0, 3.0], {"horizon": 9}, "too few to forecast 9 steps: give a smaller --horizon"),
        ([1.0, np.inf] * 20, {}, "series.csv, line 3: column 'y' is infinite"),
        ([np.nan] * 20, {}, "column 'y' has no value at all"),
        (NOISE, {"target": "price"}, "no column 'price' for --target"),
        (NOISE, {"lags": "none", "linear": "season"}, "--linear season does not fit these data"),
        (
            [3.0, 2.5] * 20,
            {"distribution": "negative-binomial"},
            "column 'y' of series 'y' is 2.5 at 2024-01-02: choose",
        ),
    ],
)
def test_bad_input_is_one_clear_sentence(train, tmp_path, values, options, message):
    with pytest.raises(DataError, match=message):
        train(tmp_path, values, **options)


def test_lags_are_whole_numbers(train, tmp_path):
    with pytest.raises(OptionError, match="--lags 7,x: give whole numbers"):
        train(tmp_path, NOISE, lags="7,x")


def test_rows_of_train_after_those_of_test_are_an_error(train, tmp_path):
    main = runpy.run_path(str(RECIPE))["main"]
    for name, first in (("train", "2024-01-01"), ("test", "2024-02-01")):
        days = np.datetime64(first) + np.arange(50)
        (tmp_path / f"{name}.csv").write_text("ds,y\n" + "".join(f"{day},1\n" for day in days))
    with pytest.raises(DataError, match=r"train.csv, line 33 is not before the first time of test"):
        main.train(dataset=str(tmp_path), out=tmp_path / "model")


def two_shops(path, extra=""):
    """A table without usual names: dates with the day first, decimal commas, two series."""
    rows = [f"{day:02}.{month:02}.2024;{shop}{extra};{day + 40 * (shop == 'south')},5"
            for month in (1, 2, 3) for day in range(1, 29) for shop in ("north", "south")]  # fmt: skip
    path.write_text("\n".join(["day;shop" + (";town" if extra else "") + ";sold", *rows]) + "\n")
    return str(path)


def test_columns_without_usual_names_are_recognised(tmp_path):
    options = ForecastingOptions(target="sold")
    splits = load_series(two_shops(tmp_path / "a.csv"), options.choose_columns, guess_group=True)
    assert splits.data.names == ("north", "south")
    assert splits.data.columns.date == ("day",)
    assert any("'shop' names the series" in note for note in splits.data.notes)


def test_times_that_repeat_in_several_series_are_an_error_that_asks(tmp_path):
    table = two_shops(tmp_path / "a.csv", extra=";east")
    rows = Path(table).read_text().replace("south;east", "south;west")
    Path(table).write_text(rows)
    with pytest.raises(DataError, match=r"a.csv, line 3: the time occurs in a row before.*--group.*'shop', 'town'"):
        load_series(table, ForecastingOptions().choose_columns, guess_group=True)


@pytest.mark.parametrize("known", [True, False])
def test_columns_known_in_advance_are_suggested(tmp_path, known):
    days = np.datetime64("2024-01-01") + np.arange(60)
    rows = [f"{day},{'' if number > 50 else number},{number % 7},{number if number < 50 else ''}"
            for number, day in enumerate(days if known else days[:50])]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join(["ds,y,holiday,weather", *rows]) + "\n")
    notes = load_series(str(tmp_path / "a.csv"), ForecastingOptions().choose_columns).data.notes
    assert any("'holiday' after the last of 'y'" in note and "weather" not in note for note in notes) == known
