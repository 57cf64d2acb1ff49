"""`nlprnn forecast` and `nlprnn evaluate` of a forecaster, as a user calls them."""

from __future__ import annotations

import csv
import io
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import nlprnn

RECIPE = Path(__file__).parents[2] / "recipes" / "forecasting.py"
DAYS, AHEAD, HORIZON = 90, 5, 4


def table(path, *, days=DAYS, ahead=AHEAD, promotion="1"):
    """Write two series, with a covariate that is known in advance; return the path."""
    rows = ["shop,day,sold,promotion"]
    for shop, level in (("a, b", 10), ("c", 900)):
        for number in range(days + ahead):
            day, promoted = np.datetime64("2024-01-01") + number, number % 3 == 0
            sold = "" if number >= days else str(level * (1 + promoted) + number % 7)
            rows.append(f'"{shop}",{day},{sold},{promotion if promoted else 0}')
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecaster")
    columns = {"group": "shop", "date": "day", "target": "sold", "future_features": "promotion"}
    sizes = {"epochs": 1, "hidden_size": 4, "threads": 1, "device": "cpu", "horizon": HORIZON}
    dataset = table(folder / "sales.csv")
    return runpy.run_path(str(RECIPE))["main"].train(dataset=str(dataset), out=folder / "model", **columns, **sizes)


@pytest.fixture(scope="module")
def dataset(model):
    return model.parent / "sales.csv"


@pytest.fixture
def call(nlprnn_command, model):
    def run(verb, *arguments, code=0):
        result = nlprnn_command(verb, "--model", model, *arguments)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run


def test_series_are_continued_with_their_dates(call, dataset):
    rows = [json.loads(line) for line in call("forecast", dataset, "--json").stdout.splitlines()]
    assert [row["unique_id"] for row in rows] == ["a, b"] * HORIZON + ["c"] * HORIZON
    assert [row["ds"] for row in rows[:HORIZON]] == ["2024-03-31", "2024-04-01", "2024-04-02", "2024-04-03"]
    for row in rows:
        assert row["sold_q10"] <= row["sold"] <= row["sold_q90"]
    assert rows[0]["sold"] == pytest.approx(20 + 6, rel=0.2)  # a promotion doubles it
    assert rows[1]["sold"] == pytest.approx(10 + 0, rel=0.5)


def test_forms_of_output_agree(call, dataset):
    rows = [json.loads(line) for line in call("forecast", dataset, "--json", "--quantiles").stdout.splitlines()]
    read = list(csv.DictReader(io.StringIO(call("forecast", dataset, "--csv", "--quantiles").stdout)))
    assert [{**row, **{name: float(row[name]) for name in list(row)[2:]}} for row in read] == rows
    assert len(rows[0]) == 3 + 8
    head, *lines = call("forecast", dataset, "--horizon", "2").stdout.splitlines()
    assert head.split() == ["unique_id", "ds", "sold", "sold_q10", "sold_q90"]
    assert len(lines) == 4


def test_python_gives_the_same(call, dataset, model):
    with dataset.open() as file:
        cells = list(csv.DictReader(file))
    forecasts = nlprnn.load(model)({name: [row[name] for row in cells] for name in cells[0]})
    rows = [row for forecast in forecasts for row in forecast.rows()]
    assert rows == [json.loads(line) for line in call("forecast", dataset, "--json").stdout.splitlines()]


def test_picture_is_drawn(call, dataset, tmp_path):
    call("forecast", dataset, "--plot", tmp_path / "forecast.png")
    assert (tmp_path / "forecast.png").read_bytes().startswith(b"\x89PNG")
    refused = call("forecast", dataset, "--plot", tmp_path / "forecast.doc", code=1)
    assert "no name of a picture" in refused.stderr
    assert not refused.stdout
    refused = call("forecast", dataset, "--plot", dataset / "forecast.png", code=2)
    assert "cannot be written (Not a directory)" in refused.stderr


def test_missing_future_covariates_name_column_and_times(call, tmp_path):
    error = call("forecast", table(tmp_path / "short.csv", ahead=1), code=1).stderr
    assert "column 'promotion' of series 'a, b' is not known at 2024-04-01, 2024-04-02, 2024-04-03: add rows" in error


def test_a_short_past_is_a_warning(call, tmp_path):
    error = call("forecast", table(tmp_path / "short.csv", days=3)).stderr
    assert "2 of 2 series have fewer, such as 'a, b' with 3: their bands may be too narrow" in error


def test_horizon_beyond_that_of_training_is_an_error(call, dataset):
    error = call("forecast", dataset, "--horizon", "5", code=1).stderr
    assert "the model has a horizon of 4, not 5: train one with --horizon 5" in error


def test_unknown_column_and_damaged_cell_are_named(call, tmp_path):
    path = table(tmp_path / "damaged.csv", promotion="much")
    assert "damaged.csv, line 2: 'much' in column 'promotion' is no number" in call("forecast", path, code=1).stderr
    path.write_text(path.read_text().replace("sold", "units", 1))
    assert "has no column 'sold', which the model was trained on" in call("forecast", path, code=1).stderr


def test_evaluation_repeats_the_scores_of_training(call, dataset, model, tmp_path):
    result = call("evaluate", "--dataset", dataset, "--json", "--predictions", tmp_path / "p.csv")
    scores, stored = json.loads(result.stdout), json.loads((model / "scores.json").read_text())
    for name in ("mae", "rmse", "smape", "crps", "coverage"):
        assert scores[name] == pytest.approx(stored["test"][name])
    assert scores["mae of naive"] == pytest.approx(stored["test: naive"]["mae"])
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text().splitlines()))
    assert {row["unique_id"] for row in rows} == {"a, b", "c"}
    error = np.mean([abs(float(row["value"]) - float(row["predicted"])) for row in rows if row["value"]])
    assert error == pytest.approx(scores["mae"], abs=1e-3)


def test_wrong_kind_of_model_names_the_verb(nlprnn_command, model):
    result = nlprnn_command("rate", "--model", model, "text")
    assert "is a forecaster, but a regressor is needed: try nlprnn forecast" in result.stderr


def test_series_that_training_did_not_have_is_named(call, dataset, tmp_path):
    other = tmp_path / "sales.csv"
    other.write_text(dataset.read_text().replace("\nc,", "\nkiosk,").replace('\n"c",', '\n"kiosk",'))
    result = call("forecast", other, "--csv")
    assert (
        "Training had no values of 1 of 2 series, such as 'kiosk': they are scaled by their own values" in result.stderr
    )
    assert "Training had no values" not in call("forecast", dataset, "--csv").stderr
    known = list(csv.DictReader(io.StringIO(call("forecast", dataset, "--csv").stdout)))[HORIZON:]
    renamed = list(csv.DictReader(io.StringIO(result.stdout)))[HORIZON:]
    for one, two in zip(known, renamed, strict=True):  # of the same values, scaled by all of them
        assert float(two["sold"]) == pytest.approx(float(one["sold"]), rel=0.2)


def test_band_calibrated_on_few_steps_is_remarked(call, dataset):
    assert "The bands are calibrated on 18 steps, which is few" in call("forecast", dataset).stderr


@pytest.mark.parametrize("verb", [("forecast",), ("evaluate", "--dataset")])
def test_rows_that_are_averaged_are_reported(call, dataset, tmp_path, verb):
    head, first, *rows = dataset.read_text().splitlines()
    (tmp_path / "twice.csv").write_text("\n".join([head, first, first, *rows]) + "\n")
    notes = call(*verb, tmp_path / "twice.csv").stderr
    assert "1 rows repeat a time of their series, and are averaged (first: " in notes
    assert "twice.csv, line 3)" in notes


def test_category_that_training_did_not_have_is_named(nlprnn_command, tmp_path):
    frozen = Path(__file__).parents[1] / "frozen_models" / "v2" / "forecaster"
    cells = json.loads((frozen / "expected.json").read_text())["table"]
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    path = tmp_path / "weather.jsonl"
    path.write_text("".join(json.dumps({**row, "sky": row["sky"] and "fog"}) + "\n" for row in rows))
    warned = nlprnn_command("forecast", "--model", frozen, path).stderr
    assert "Texts of column 'sky' that training did not have are missing values: 'fog'" in warned
