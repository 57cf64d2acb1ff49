"""The recipe of feature sequences, from arrays to answers on the command line."""

from __future__ import annotations

import csv
import json
import runpy
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command
from nlprnn.data.list_columns import arrow_lists
from nlprnn.errors import DataError, OptionError
from nlprnn.tasks.sequences.batches import FeatureBatches

RECIPE = runpy.run_path(str(Path(__file__).parents[2] / "recipes" / "sequences.py"))["main"]
OPTIONS = {
    "projection_size": 8,
    "hidden_size": 8,
    "bidirectional": False,
    "dropout": 0.0,
    "learning_rate": 0.02,
    "batch_size": 16,
    "ema": 0.0,
    "threads": 1,
}
EPOCHS = 5


def ramp(rng, *, rising):
    """A sequence that rises or falls: of both kinds all statistics are alike."""
    steps = np.linspace(-1, 1, rng.integers(6, 12)) * (1 if rising else -1)
    return np.stack([steps + 0.2 * rng.normal(size=len(steps)), rng.normal(size=len(steps))], axis=1)


def ramps(number, *, seed=0):
    """Arrays and labels that differ in the order of their steps alone."""
    rng = np.random.default_rng(seed)
    labels = ["up", "down"] * (number // 2)
    return [ramp(rng, rising=label == "up") for label in labels], labels


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A Parquet file with lists of lists, labels, numbers and subjects."""
    arrays, labels = ramps(128)
    path = tmp_path_factory.mktemp("sequences") / "ramps.parquet"
    numbers = [float(array[0, 0] + 3 * array[-1, 0]) for array in arrays]
    subjects = [f"s{row // 2 % 8}" for row in range(len(arrays))]
    columns = {"subject": subjects, "label": labels, "number": numbers, "signal": arrow_lists(arrays)}
    pq.write_table(pa.table(columns), path)
    return path


@pytest.fixture(scope="module")
def model(table, drawing, tmp_path_factory):
    """A classifier of the table."""
    with drawing():
        return RECIPE.train(dataset=str(table), out=tmp_path_factory.mktemp("runs") / "ramps", epochs=EPOCHS, **OPTIONS)


def run(*arguments):
    return CliRunner().invoke(nlprnn_command, list(map(str, arguments)))


def answers(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_order_of_steps_is_learnt_and_no_baseline_sees_it(model):
    scores = json.loads((model / "scores.json").read_text())
    arrays, labels = ramps(200, seed=1)
    predicted = [one.label for one in nlprnn.load(model)(arrays)]
    assert np.mean([one == label for one, label in zip(predicted, labels, strict=True)]) > 0.95
    assert scores["test"]["accuracy"] >= 95
    assert 20 <= scores["test: statistics, logistic"]["accuracy"] <= 80
    assert "statistics, logistic" in (model / "README.md").read_text()
    assert (model / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_data_are_reported_and_split_by_subject(model):
    data = json.loads((model / "run.json").read_text())["data"]
    assert data["columns"]["subject"] == {"column": "subject", "guessed": True}
    assert data["splits"] == {"train": 96, "validation": 16, "test": 16}
    assert any("held out by 'subject'" in note for note in data["notes"])


def test_evaluation_repeats_the_scores_of_training(model, table, tmp_path):
    predictions = tmp_path / "labels.txt"
    arguments = ["--model", model, "--dataset", table, "--split", "test", "--predictions", predictions]
    scores = json.loads(answers("evaluate", *arguments, "--json"))
    stored = json.loads((model / "scores.json").read_text())["test"]
    assert {name: scores[name] for name in stored} == pytest.approx(stored)
    assert np.sum(scores["confusion"]) == len(predictions.read_text().splitlines()) == 16
    assert "label (row) by prediction (column)" in answers("evaluate", *arguments)


def test_forms_of_answers_agree(model, table, tmp_path):
    lines = answers("classify", "--model", model, "--file", table).splitlines()
    records = [
        json.loads(line) for line in answers("classify", "--model", model, "--file", table, "--json").splitlines()
    ]
    answers("classify", "--model", model, "--file", table, "--out", tmp_path / "labels.csv")
    with (tmp_path / "labels.csv").open() as file:
        written = list(csv.DictReader(file))
    assert [line.split()[0] for line in lines] == [one["label"] for one in records] == [one["label"] for one in written]
    assert [one["sequence"] for one in records] == [str(number) for number in range(1, 129)]
    python = nlprnn.load(model)(ramps(128)[0])
    assert [one.probability for one in python] == pytest.approx([one["probability"] for one in records], abs=1e-5)
    unsure = answers("classify", "--model", model, "--file", table, "--abstain", 1.0)
    assert "unsure" in unsure


def test_array_files_are_answered(model, tmp_path):
    arrays, labels = ramps(4, seed=5)
    for number, array in enumerate(arrays):
        np.save(tmp_path / f"{number}.npy", array)
    lines = answers("classify", "--model", model, "--file", tmp_path).splitlines()
    assert [line.split()[0] for line in lines] == labels
    assert lines[1].endswith("1.npy")
    assert len(answers("classify", "--model", model, "--file", tmp_path / "0.npy").splitlines()) == 1


@pytest.mark.parametrize(
    ("verb", "arguments", "message"),
    [
        ("classify", ["a text"], "reads sequences of numbers: give a table"),
        ("classify", ["--file", "TABLE", "--threshold", "0.5"], "--threshold is not for this model"),
        ("classify", ["--file", "WIDE"], "has 3 features a step, the model reads 2"),
        (
            "rate",
            ["--file", "TABLE"],
            "is a sequence classifier, but a sequence regressor is needed: try nlprnn classify",
        ),
        ("evaluate", ["--dataset", "OTHER"], r"the label 'left' is none of the model's ('down', 'up')"),
        ("evaluate", ["--dataset", "TABLE", "--beam", "3"], "--beam is not supported for sequence classifiers"),
    ],
)
def test_mistakes_are_one_sentence(model, table, tmp_path, verb, arguments, message):
    rows = [{"signal": [[0.0, 1.0]], "label": "left"}, {"signal": [[0.0, 1.0]], "label": "up"}]
    paths = {"TABLE": table, "OTHER": tmp_path / "other.jsonl", "WIDE": tmp_path / "wide.jsonl"}
    paths["OTHER"].write_text("".join(json.dumps(row) + "\n" for row in rows))
    paths["WIDE"].write_text(json.dumps({"signal": [[0.0, 1.0, 2.0]]}) + "\n")
    result = run(verb, "--model", model, *(paths.get(word, word) for word in arguments))
    assert result.exit_code in (1, 2), result.output
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_killed_run_resumes_to_the_same_bytes(model, table, tmp_path, monkeypatch):
    make, made = FeatureBatches._batch, []

    def dying(batches, rows):
        made.append(rows)
        if len(made) == 18:  # in the third epoch, after a checkpoint in it
            raise MemoryError
        return make(batches, rows)

    options = {"dataset": str(table), "epochs": EPOCHS, "save_every": 4, **OPTIONS}
    with monkeypatch.context() as patch:
        patch.setattr(FeatureBatches, "_batch", dying)
        with pytest.raises(MemoryError):
            RECIPE.train(out=tmp_path / "run", **options)
    assert not (tmp_path / "run" / "scores.json").exists()
    RECIPE.train(out=tmp_path / "run", resume=True)
    for name in ("model.safetensors", "scores.json", "features.json"):
        assert (tmp_path / "run" / name).read_bytes() == (model / name).read_bytes()


def test_python_trains_on_arrays_and_rates_numbers(tmp_path):
    arrays, _ = ramps(90)
    numbers = [100 + 5 * float(array[0, 0] - array[-1, 0]) for array in arrays]
    arrays[3][1, 0] = np.nan
    options = OPTIONS | {"cell": "gru", "bidirectional": True, "pooling": "last"}
    regressor = nlprnn.train("sequences", (arrays, numbers), out=tmp_path / "run", epochs=8, **options)
    assert regressor.scores["test"]["r2"] > 0.6
    assert regressor.scores["test"]["mae"] < regressor.scores["test: statistics, ridge"]["mae"]
    assert regressor.processor.missing == (True, False)
    assert regressor.evaluate((arrays, numbers)).scores["rmse"] < 4
    np.save(tmp_path / "one.npy", arrays[0])
    assert float(
        answers("rate", "--model", tmp_path / "run", "--file", tmp_path / "one.npy").split()[0]
    ) == pytest.approx(regressor([arrays[0]])[0], rel=1e-3)


@pytest.mark.parametrize(
    "options",
    [
        {"cell": "mingru", "num_layers": 2, "pooling": "attention"},
        {"cell": "rnn", "bidirectional": True, "crop": 0.3, "time_masks": 2, "noise": 0.2, "class_weights": "balanced"},
        {"max_length": 4, "truncate": "both", "pooling": "last", "label_smoothing": 0.1},
    ],
)
def test_variants_train_and_load(table, tmp_path, options):
    folder = RECIPE.train(dataset=str(table), out=tmp_path / "run", epochs=1, **OPTIONS | options)
    assert len(nlprnn.load(folder)(ramps(4)[0])) == 4


def test_options_of_classes_are_not_for_numbers(table, tmp_path):
    with pytest.raises(OptionError, match="are for classes, not --regression"):
        RECIPE.train(dataset=str(table), out=tmp_path / "run", regression=True, class_weights="root")
    with pytest.raises(DataError, match="'up' is no number"):
        RECIPE.train(dataset=str(table), out=tmp_path / "run", regression=True)
