"""`recipes/news.py`: joined fields, skewed classes, long texts, many classes."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command

# Options with which a tiny model learns a tiny task in a few steps.
EAGER = ["--dropout", "0", "--word-dropout", "0", "--r-drop", "0", "--learning-rate", "0.05", "--min-frequency", "1"]
TOPICS = ["sport", "élections", "money matters"]
FILLER = " ".join(f"filler{n}" for n in range(30))


def reports(number):
    """Make rows whose topic hangs on the title, six in eight of the first topic."""
    places = [0, 0, 0, 0, 0, 0, 1, 2]
    return [
        {"title": f"{'abc'[places[n % 8]]} wins", "body": f"no {n} {FILLER}", "topic": TOPICS[places[n % 8]]}
        for n in range(number)
    ]


def command(*arguments):
    result = CliRunner().invoke(nlprnn_command, list(map(str, arguments)))
    assert result.exit_code == 0, (result.output, result.exception)
    return result


@pytest.fixture(scope="module")
def data(write_rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for part, number in (("train", 80), ("validation", 16), ("test", 24)):
        write_rows(folder / f"{part}.jsonl", reports(number))
    return folder


@pytest.fixture(scope="module")
def trained(train, data, tmp_path_factory):
    """The folder of a model that has learnt the task, and what its training printed."""
    folder = tmp_path_factory.mktemp("runs") / "model"
    options = ["--text-field", "title,body", "--label-field", "topic", "--class-weights", "balanced", *EAGER]
    cuts = ["--max-length", 12, "--ngrams", 0, "--select-by", "macro_f1", "--label-smoothing", 0.1]
    return folder, train("news", "--dataset", data, "--out", folder, "--epochs", 10, *options, *cuts)


def test_skewed_topics_from_two_columns(trained):
    scores = json.loads((trained[0] / "scores.json").read_text())
    assert scores["test"]["macro_f1"] == scores["test"]["accuracy"] == 100
    assert "macro_f1" in json.loads((trained[0] / "run.json").read_text())["summary"]  # which picked the weights


def test_the_names_of_labels_stand_everywhere(trained):
    folder, result = trained
    in_order = sorted(TOPICS)
    assert nlprnn.load(folder).model.labels == in_order
    for label in in_order:
        assert f"{label} (" in result.stderr
    assert f"3 classes: {', '.join(f'`{topic}`' for topic in in_order)}." in (folder / "README.md").read_text("utf-8")
    assert command("classify", "--model", folder, "b wins").stdout.startswith("élections")


def test_printed_commands_reproduce_the_scores(trained):
    folder, result = trained
    lines = result.stdout[result.stdout.index("Try it: ") :].removeprefix("Try it: ").splitlines()
    card = (folder / "README.md").read_text(encoding="utf-8")
    for line in lines:
        assert line.strip() in card
    classify, evaluate = (shlex.split(line)[1:] for line in lines)
    assert command(*classify).stdout.startswith("sport")
    found = json.loads(command(*evaluate, "--json").stdout)
    expected = json.loads((folder / "scores.json").read_text())["test"]
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert found["labels"] == sorted(TOPICS)


def test_truncation_is_equal_in_training_and_use(trained):
    model = nlprnn.load(trained[0]).model
    assert (model.max_length, model.truncate) == (12, "both")
    result = command("explain", "--model", trained[0], "--json", f"a wins {FILLER}")
    record = json.loads(result.stdout)
    assert record["cut"] is True
    assert record["tokens"] == ["a", "wins", *FILLER.split()[:4], *FILLER.split()[-6:]]
    assert "12 tokens" in result.stderr


def test_the_end_of_long_texts_can_be_learnt_from(train, data, tmp_path):
    options = ["--text-field", "body,title", "--label-field", "topic", "--max-length", 4, "--truncate", "tail"]
    train("news", "--dataset", data, "--out", tmp_path / "out", "--epochs", 10, *options, *EAGER, "--ema", 0)
    assert json.loads((tmp_path / "out" / "scores.json").read_text())["test"]["macro_f1"] == 100


def test_hundreds_of_topics(train, write_rows, tmp_path):
    rows = [{"text": f"about {n % 400}", "label": f"topic {n % 400}"} for n in range(800)]
    for part, chosen in (("train", rows), ("validation", rows[:50])):
        write_rows(tmp_path / "data" / f"{part}.jsonl", chosen)
    out = tmp_path / "out"
    quick = ["--batch-size", 200, "--class-weights", "root", "--char-ngrams", 0]
    result = train("news", "--dataset", tmp_path / "data", "--out", out, *quick)
    assert " more\n" in result.stderr
    assert len(nlprnn.load(out).model.labels) == 400
    assert command("classify", "--model", out, "about 7").stdout.startswith("topic ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--text-field", "title,bodi"], ["'bodi'", "'body'", "--text-field"]),
        (["--text-field", "body,body"], ["twice", "--text-field"]),
        (["--truncate", "middle"], ["--truncate", "tail"]),
        (["--class-weights", "equal"], ["--class-weights", "balanced"]),
        (["--select-by", "f1"], ["--select-by", "macro_f1"]),
        (["--label-smoothing", "1"], ["--label-smoothing"]),
        (["--max-length", "0"], ["--max-length"]),
        (["--class-weight", "root"], ["--class-weight", "--class-weights"]),
    ],
)
def test_mistakes_end_in_one_sentence(fails, data, tmp_path, options, words):
    fails("news", "--dataset", data, "--label-field", "topic", "--out", tmp_path / "out", *options, words=words)
    assert not (tmp_path / "out").exists()


def test_a_resumed_run_keeps_its_weights_of_classes(fails, trained):
    words = ["--class-weights", "balanced", "root"]
    fails("news", "--resume", "--out", trained[0], "--class-weights", "root", words=words)


def test_printed_evaluation_uses_the_held_out_rows(train, write_rows, tmp_path):
    path = write_rows(tmp_path / "reports.jsonl", reports(80))
    result = train("news", "--dataset", path, "--label-field", "topic", "--text-field", "body", "--out", tmp_path / "m")
    evaluate = shlex.split(result.stdout.splitlines()[-1])[1:]
    found = json.loads(command(*evaluate, "--json").stdout)
    expected = json.loads((tmp_path / "m" / "scores.json").read_text())["test"]
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-6)
