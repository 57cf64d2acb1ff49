"""Several labels a text, or a number: recipes and commands."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command

EAGER = ["--dropout", "0", "--word-dropout", "0", "--r-drop", "0", "--learning-rate", "0.05", "--min-frequency", "1"]
NAMES = {"red": "colour; warm", "blue": "colour;cold", "ice": "cold", "stone": ""}
WORTH = {"red": 10.0, "blue": 20.5, "ice": -3, "stone": 0.25}


def command(*arguments, code=0):
    result = CliRunner().invoke(nlprnn_command, list(map(str, arguments)))
    assert result.exit_code == code, (result.output, result.exception)
    return result


def things(number, values, *, start=0):
    words = list(values)
    return [
        {"text": f"thing {n} is {words[n % 4]}", "labels": values[words[n % 4]]} for n in range(start, start + number)
    ]


def folder_of(write_rows, folder, values):
    for start, part, number in ((0, "train", 80), (80, "validation", 16), (96, "test", 16)):
        write_rows(folder / f"{part}.jsonl", things(number, values, start=start))
    return folder


@pytest.fixture(scope="module")
def labelled(write_rows, tmp_path_factory):
    return folder_of(write_rows, tmp_path_factory.mktemp("labelled"), NAMES)


@pytest.fixture(scope="module")
def numbered(write_rows, tmp_path_factory):
    return folder_of(write_rows, tmp_path_factory.mktemp("numbered"), WORTH)


@pytest.fixture(scope="module")
def classifier(train, labelled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    train("news", "--dataset", labelled, "--multi-label", "--out", folder, "--epochs", 8, *EAGER)
    return folder


@pytest.fixture(scope="module")
def regressor(train, numbered, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    train("regression", "--dataset", numbered, "--out", folder, "--epochs", 12, *EAGER)
    return folder


def test_a_text_gets_all_of_its_labels_or_none(classifier):
    scores = json.loads((classifier / "scores.json").read_text())["test"]
    assert scores["micro_f1"] == scores["macro_f1"] == scores["exact_match"] == 100
    found = nlprnn.load(classifier)(["thing 5 is red", "thing 5 is stone"])
    assert [set(one.labels) for one in found] == [{"colour", "warm"}, set()]
    lines = command("classify", "--model", classifier, "it is blue", "it is stone").stdout.splitlines()
    assert "colour" in lines[0]
    assert "cold" in lines[0]
    assert lines[1].startswith("(none)")
    record = json.loads(command("classify", "--model", classifier, "--json", "it is ice").stdout)
    assert record["labels"] == ["cold"]
    assert set(record["probabilities"]) == {"colour", "warm", "cold"}


def test_evaluate_scores_each_label(classifier, labelled, write_rows, tmp_path):
    found = json.loads(command("evaluate", "--model", classifier, "--dataset", labelled, "--json").stdout)
    assert found["micro_f1"] == 100
    assert found["classes"]["cold"]["support"] == 8
    rows = [{"text": row["text"], "labels": row["labels"].replace(";", ",")} for row in things(8, NAMES)]
    commas = write_rows(tmp_path / "commas.jsonl", rows)
    options = ["--model", classifier, "--dataset", commas, "--label-separator", ","]
    assert "exact_match 100" in command("evaluate", *options).stdout
    strange = write_rows(tmp_path / "strange.jsonl", [{"text": "a", "labels": ["cold", "wet"]}])
    result = command("evaluate", "--model", classifier, "--dataset", strange, code=1)
    assert "line 1" in result.stderr
    assert "'wet'" in result.stderr
    assert "--label-field" in result.stderr


def test_printed_evaluation_has_the_separator(train, write_rows, tmp_path):
    rows = [{"text": row["text"], "labels": row["labels"].replace(";", ",")} for row in things(60, NAMES)]
    commas = write_rows(tmp_path / "rows.jsonl", rows)
    told = train(
        "news", "--dataset", commas, "--multi-label", "--label-separator", ",", "--out", tmp_path / "run"
    ).stdout
    [scoring] = [line.strip() for line in told.splitlines() if "nlprnn evaluate" in line]
    assert "micro_f1" in command(*shlex.split(scoring)[1:]).stdout


def test_lists_need_no_separator(train, write_rows, tmp_path):
    rows = [{**row, "labels": [name.strip() for name in row["labels"].split(";") if name]} for row in things(60, NAMES)]
    rows[0]["labels"] = ["odd; one"]
    write_rows(tmp_path / "rows.jsonl", rows)
    train("news", "--dataset", tmp_path / "rows.jsonl", "--multi-label", "--out", tmp_path / "run")
    assert nlprnn.load(tmp_path / "run").model.labels == ["cold", "colour", "odd; one", "warm"]


def test_explanation_of_a_label_sums_to_its_logit(classifier):
    record = json.loads(command("explain", "--model", classifier, "--label", "warm", "--json", "thing is red").stdout)
    assert record["label"] == "warm"
    assert max(zip(record["scores"], record["tokens"], strict=True))[1] == "red"
    assert sum(record["scores"]) == pytest.approx(record["logit"] - record["baseline"], rel=0.1)


def test_rare_and_numeric_labels_are_ordered(train, write_rows, tmp_path):
    rows = [{"text": f"text {n}", "labels": [n % 12, f"1{n}"] if n % 20 == 0 else [n % 12]} for n in range(200)]
    write_rows(tmp_path / "rows.jsonl", rows)
    train("news", "--dataset", tmp_path / "rows.jsonl", "--multi-label", "--out", tmp_path / "run")
    labels = nlprnn.load(tmp_path / "run").model.labels
    assert labels == sorted(labels, key=int)
    assert len(labels) == 21  # one of the single ones is 10


def test_numbers_are_shown_to_the_precision_needed(train, write_rows, tmp_path):
    for name, values in (("times", [1.7e9, 1.7e9 + 10]), ("tiny", [1e-30, 2e-30])):
        rows = [{"text": f"text {n} {'ab'[n % 2]}", "number": values[n % 2]} for n in range(60)]
        data = write_rows(tmp_path / f"{name}.jsonl", rows)
        train("regression", "--dataset", data, "--out", tmp_path / name, "--epochs", 12, *EAGER)
        found = nlprnn.load(tmp_path / name)(["text a", "text b"])
        assert found[1] - found[0] == pytest.approx(values[1] - values[0], rel=0.5)
        model = ["--model", tmp_path / name]
        shown = [line.split()[0] for line in command("rate", *model, "text a", "text b").stdout.splitlines()]
        records = map(json.loads, command("rate", *model, "--json", "text a", "text b").stdout.splitlines())
        command("evaluate", *model, "--dataset", data, "--predictions", tmp_path / "out")
        for numbers in ([*map(float, shown)], [record["number"] for record in records]):
            assert numbers[1] - numbers[0] == pytest.approx(found[1] - found[0], rel=0.01)
        assert len(set((tmp_path / "out").read_text().splitlines())) > 1


def test_a_text_gets_its_number(regressor, numbered):
    scores = json.loads((regressor / "scores.json").read_text())["test"]
    assert scores["rmse"] < 2
    assert scores["pearson"] > 0.97
    found = nlprnn.load(regressor)(["thing 5 is blue", "thing 5 is ice"])
    assert found == pytest.approx([20.5, -3], abs=3)
    line = command("rate", "--model", regressor, "thing 5 is blue").stdout
    assert float(line.split()[0]) == pytest.approx(found[0], rel=1e-3)
    record = json.loads(command("rate", "--model", regressor, "--json", "thing 5 is blue").stdout)
    assert record["number"] == pytest.approx(found[0], abs=1e-4)
    evaluated = json.loads(command("evaluate", "--model", regressor, "--dataset", numbered, "--json").stdout)
    assert evaluated == pytest.approx(scores, abs=1e-6)


def test_mistakes_are_one_sentence(fails, classifier, regressor, labelled, write_rows, tmp_path):
    rows = [*things(30, WORTH), {"text": "priceless", "labels": "much"}]
    words = write_rows(tmp_path / "words.jsonl", rows)
    out = ["--out", tmp_path / "run"]
    fails(
        "regression",
        "--dataset",
        words,
        *out,
        "--label-field",
        "labels",
        words=["line 31", "column 'labels'", "'much'", "--label-field"],
    )
    alike = write_rows(tmp_path / "alike.jsonl", [{"text": f"text {n}", "labels": 4} for n in range(30)])
    fails("regression", "--dataset", alike, *out, words=["alike.jsonl", "4"])
    for size in (1e-200, 1e200):  # whose squares are zero, or infinite
        odd = write_rows(tmp_path / "odd.jsonl", [{"text": f"text {n}", "labels": n * size} for n in range(30)])
        fails("regression", "--dataset", odd, *out, words=["odd.jsonl", "another unit"])
    fails("news", "--dataset", labelled, *out, "--multi-label", "--class-weights", "root", words=["--multi-label"])
    fails("news", "--dataset", labelled, *out, "--select-by", "micro_f1", words=["micro_f1"])
    fails("news", "--dataset", labelled, *out, "--multi-label", "--label-separator", "", words=["--label-separator"])
    text = write_rows(tmp_path / "text.jsonl", [{"text": f"a {n}", "labels": f"free text {n}"} for n in range(90)])
    fails("news", "--dataset", text, *out, "--multi-label", words=["text.jsonl", "different labels"])
    bare = write_rows(tmp_path / "bare.jsonl", [{"text": f"a {n}", "labels": []} for n in range(30)])
    fails("news", "--dataset", bare, *out, "--multi-label", words=["bare.jsonl", "--label-field"])
    for verb, model, other in (("rate", classifier, "classify"), ("classify", regressor, "rate")):
        assert f"nlprnn {other}" in command(verb, "--model", model, "text", code=1).stderr
    assert "regressor" in command("explain", "--model", regressor, "text", code=1).stderr
    assert "TextRegressor" in command("info", regressor).stdout
