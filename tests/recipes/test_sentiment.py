"""`recipes/sentiment.py` on data of every form, and what it leaves in its folder."""

from __future__ import annotations

import csv
import gzip
import json

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command

FILES = {
    *(
        "README.md",
        "checksums.json",
        "config.json",
        "learning_curve.png",
        "metrics.jsonl",
        "model.safetensors",
        "run.json",
    ),
    *("scores.json", "tokenizer.json", "tokenizer_config.json", "checkpoint"),
}
# Options with which a tiny model learns a tiny task in a few steps.
EAGER = ["--dropout", "0", "--word-dropout", "0", "--r-drop", "0", "--learning-rate", "0.05", "--min-frequency", "1"]


@pytest.fixture(scope="module")
def parts(films, write_rows, tmp_path_factory):
    """A folder of data with three parts."""
    folder = tmp_path_factory.mktemp("data")
    for start, name, number in ((0, "train", 60), (60, "validation", 16), (76, "test", 17)):
        write_rows(folder / f"{name}.jsonl", films(number, start=start))
    return folder


@pytest.fixture(scope="module")
def trained(train, parts, drawing, tmp_path_factory):
    """The folder of a model that has learnt the task, and what its training printed."""
    folder = tmp_path_factory.mktemp("runs") / "model"
    with drawing():
        result = train("sentiment", "--dataset", parts, "--out", folder, "--epochs", 4, *EAGER)
    return folder, result


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_model_folder_is_complete(trained):
    assert {path.name for path in trained[0].iterdir()} == FILES
    assert (trained[0] / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_scores_are_numbers_of_each_held_out_split(trained):
    scores = json.loads((trained[0] / "scores.json").read_text())
    assert list(scores) == ["validation", "test"]
    for of in scores.values():
        assert {"accuracy", "loss"} <= of.keys()
        assert all(type(value) in (int, float) for value in of.values())
    assert 0 <= scores["test"]["accuracy"] <= 100


@pytest.mark.parametrize("part", ["validation", "test"])
def test_saved_model_has_the_reported_accuracy(trained, parts, part):
    rows = rows_of(parts / f"{part}.jsonl")
    predictions = nlprnn.load(trained[0])([row["text"] for row in rows])
    right = sum(prediction.label == row["label"] for prediction, row in zip(predictions, rows, strict=True))
    scores = json.loads((trained[0] / "scores.json").read_text())
    assert scores[part]["accuracy"] == pytest.approx(100 * right / len(rows))
    assert right > 0.9 * len(rows)  # it has learnt the task, so that labels cannot be mixed up unnoticed


def test_the_model_card_names_data_scores_and_command(trained, parts):
    card = (trained[0] / "README.md").read_text(encoding="utf-8")
    assert str(parts) in card
    scores = json.loads((trained[0] / "scores.json").read_text())
    assert f"| test | accuracy | {scores['test']['accuracy']:.4g} |" in card
    assert "python recipes/sentiment.py --hidden-size 8 --embedding-size 8" in card
    assert f"nlprnn classify --model {trained[0]}" in card


def test_metrics_are_json_lines_with_rising_steps(trained):
    records = rows_of(trained[0] / "metrics.jsonl")
    assert sum("validation" in record for record in records) == 4
    assert [record["step"] for record in records] == sorted(record["step"] for record in records)


def test_results_on_stdout_and_progress_on_stderr(trained):
    folder, result = trained
    for word in ("accuracy", str(folder), "nlprnn classify --model"):
        assert word in result.stdout
    assert "2 labels: neg (" in result.stderr
    assert "epoch" in result.stderr


def test_classify_and_info_take_the_folder(trained):
    run = CliRunner().invoke(nlprnn_command, ["classify", "--model", str(trained[0]), "film number 9 is lovely"])
    assert run.stdout.startswith("pos ")
    run = CliRunner().invoke(nlprnn_command, ["info", str(trained[0])])
    assert "neg, pos" in run.stdout
    assert "accuracy" in run.stdout


def test_seed_determines_the_bytes(train, film_file, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train("sentiment", "--dataset", film_file, "--out", tmp_path / name, "--seed", seed)
    first, second, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert first == second != other


def _write_table(path, rows):
    if path.name == "films":
        path.mkdir()
        for part, chosen in (("train", rows[:40]), ("dev", rows[40:50]), ("test", rows[50:])):
            _write_table(path / f"{part}.csv", chosen)
        return path
    if ".jsonl" in path.name:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    elif ".txt" in path.name:
        text = "".join(f"__label__{row['label']} {row['text']}\n" for row in rows)
    else:
        delimiter = "\t" if ".tsv" in path.name else ","
        lines = [["text", "label"], *([row["text"], row["label"]] for row in rows)]
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, delimiter=delimiter).writerows(lines)
        text = path.read_text(encoding="utf-8")
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["films.csv", "films.tsv", "films.txt", "films.jsonl.gz", "films.csv.gz", "films"])
def test_data_of_every_form_are_taken(train, films, tmp_path, name):
    path = _write_table(tmp_path / name, films(60))
    result = train("sentiment", "--dataset", path, "--out", tmp_path / "out")
    assert "2 labels: neg (" in result.stderr
    assert nlprnn.load(tmp_path / "out").model.labels == ["neg", "pos"]


def test_chosen_columns_may_have_spaces_in_names(train, films, write_rows, tmp_path):
    rows = [{"title": "x", "my text": row["text"], "kind": row["label"], "n": n} for n, row in enumerate(films(60))]
    path = write_rows(tmp_path / "my data.jsonl", rows)
    out = tmp_path / "my model"
    result = train("sentiment", "--dataset", path, "--text-field", "my text", "--label-field", "kind", "--out", out)
    assert f"--model '{out}'" in result.stdout
    assert nlprnn.load(out).model.labels == ["neg", "pos"]


def test_the_sample_is_the_default(commands):
    (option,) = [option for option in commands["sentiment"].params if option.name == "dataset"]
    assert option.default == "sentiment"


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["2", "0", "1"], ["0", "1", "2"]),
        (["10", "9", "100"], ["9", "10", "100"]),
        (["c", "a", "b"], ["a", "b", "c"]),
        ([1.0, -1.0, 0.0], ["-1", "0", "1"]),
    ],
)
def test_three_labels_as_words_or_numbers_are_in_order(train, write_rows, tmp_path, labels, ordered):
    rows = [{"text": f"word{n % 3} in text {n}", "label": labels[n % 3]} for n in range(90)]
    train("sentiment", "--dataset", write_rows(tmp_path / "rows.jsonl", rows), "--out", tmp_path / "out")
    assert nlprnn.load(tmp_path / "out").model.labels == ordered


SCRIPTS = {
    "Chinese": ("很好看的电影", "很难看的电影"),
    "Arabic": ("فيلم رائع حقا", "فيلم سيئ جدا"),
    "Hindi": ("यह फिल्म अच्छी है", "यह फिल्म बुरी है"),
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_texts_of_any_script_are_learnt_and_classified(train, write_rows, tmp_path, language):
    texts = SCRIPTS[language]
    rows = [{"text": f"{texts[n % 2]} {n}", "label": ("pos", "neg")[n % 2]} for n in range(60)]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    train("sentiment", "--dataset", path, "--out", tmp_path / "out", "--epochs", 3, *EAGER)
    run = CliRunner().invoke(nlprnn_command, ["classify", "--model", str(tmp_path / "out"), *texts])
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["pos", "neg"]
    assert all(text in line for text, line in zip(texts, run.stdout.splitlines(), strict=True))


def test_pretrained_vectors_stay_frozen(train, film_file, tmp_path):
    import numpy as np

    path = tmp_path / "vectors.txt"
    words = ["film", "good", "bad", "unheard"]
    vectors = {word: [0.25 * number, 1.0, -1.0] for number, word in enumerate(words)}
    path.write_text("".join(f"{word} {' '.join(map(str, vector))}\n" for word, vector in vectors.items()))
    train("sentiment", "--dataset", film_file, "--vectors", path, "--out", tmp_path / "out")
    classifier = nlprnn.load(tmp_path / "out")
    ids = [classifier.tokenizer.encode(word)[0] for word in words]
    assert classifier.tokenizer.unk_id not in ids  # words of the vectors alone are known too
    fixed = classifier.network_model.embedding.pretrained.numpy()[ids]
    first = np.array([0, 0.25, 0.5, 0.75])
    assert np.allclose(fixed[:, 0], (first - first.mean()) / first.std(), atol=1e-6)
    assert not fixed[:, 1:].any()  # columns that never change tell nothing


@pytest.mark.parametrize("cell", ["gru", "rnn"])
@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
def test_other_cells_and_poolings_train_and_load(train, film_file, tmp_path, cell, pooling):
    out = tmp_path / "out"
    train("sentiment", "--dataset", film_file, "--cell", cell, "--pooling", pooling, "--num-layers", 2, "--out", out)
    assert nlprnn.load(out)(["good"])[0].label in ("neg", "pos")


def test_minutes_end_the_training_in_time(train, film_file, tmp_path):
    train("sentiment", "--dataset", film_file, "--epochs", 10**9, "--max-minutes", 0.03, "--out", tmp_path / "out")
    last = rows_of(tmp_path / "out" / "metrics.jsonl")[-1]
    assert 0.01 < last["minutes"] <= 0.05
    assert last["learning_rate"] < 1e-3  # the plan came to its end: the rate has sunk


def test_search_for_a_learning_rate_leaves_a_picture_and_no_run(run_recipe, parts, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    result = run_recipe("sentiment", "--dataset", parts, "--find-learning-rate", "rates.png")
    assert result.exit_code == 0, result.output
    assert "Suggested, a tenth of it: --learning-rate " in result.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name != "runs"] == ["rates.png"]
    assert not list(tmp_path.rglob("runs/*"))
    refused = run_recipe("sentiment", "--dataset", parts, "--find-learning-rate", "rates.png", "--seeds", 2)
    assert refused.exit_code == 1
    assert "leave out --resume and --seeds" in refused.output
