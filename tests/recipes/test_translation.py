"""`recipes/translation.py` on pairs of every form, and what it leaves in its folder."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command
from nlprnn.metrics import translation_scores

NUMBERS = [("one", "eins"), ("two", "zwei"), ("three", "drei"), ("four", "vier"), ("five", "fünf")]


def number_pairs(count):
    """Different pairs of digits' names and what they are in German."""
    digits = [[NUMBERS[n // 5**place % 5] for place in range(4)] for n in range(count)]
    return [{side: " ".join(pair[k] for pair in row) for k, side in enumerate(("en", "de"))} for row in digits]


PAIRS = number_pairs(80)


@pytest.fixture(scope="module")
def pair_file(write_rows, tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("pairs") / "pairs.jsonl", PAIRS)


@pytest.fixture(scope="module")
def trained(train, pair_file, drawing, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    call = ("--dataset", pair_file, "--source", "en", "--target", "de", "--out", folder, "--epochs", 12)
    call += ("--learning-rate", 0.03, "--embedding-size", 32, "--decoder-size", 32, "--batch-tokens", 128)
    with drawing():
        return folder, train("translation", *call)


def test_the_folder_holds_all_that_belongs_to_a_model(trained):
    names = {path.name for path in trained[0].iterdir()}
    assert {"README.md", "config.json", "learning_curve.png", "metrics.jsonl", "model.safetensors"} <= names
    assert {"run.json", "scores.json", "checkpoint", "tokenizer.model", "test.hypotheses.txt"} <= names
    card = (trained[0] / "README.md").read_text(encoding="utf-8")
    assert "tok:13a" in card
    assert "--source en --target de" in card


def test_scores_match_sacrebleu_on_the_saved_hypotheses(trained, pair_file):
    from nlprnn.data import load_table

    scores = json.loads((trained[0] / "scores.json").read_text())
    pairs = load_table(str(pair_file), {"source": "en", "target": "de"})
    for split in ("validation", "test"):
        hypotheses = (trained[0] / f"{split}.hypotheses.txt").read_text(encoding="utf-8").split("\n")[:-1]
        assert any(hypotheses)
        assert hypotheses == nlprnn.load(trained[0])(list(pairs[split]["source"]))
        assert scores[split] == pytest.approx(translation_scores(hypotheses, list(pairs[split]["target"])))
    for key in ("bleu_signature", "chrf_signature"):
        assert f"{key}: {scores['test'][key]}" in trained[1].stdout


def test_samples_are_printed_and_the_command_works(trained):
    assert trained[1].stdout.count("\nhypothesis ") == 5
    (line,) = [line for line in trained[1].stdout.splitlines() if line.startswith("Try it: ")]
    program, *words = shlex.split(line.removeprefix("Try it: "))
    assert program == "nlprnn"
    result = CliRunner().invoke(nlprnn_command, words)
    assert result.exit_code == 0, result.output
    assert result.stdout == (trained[0] / "test.hypotheses.txt").read_text(encoding="utf-8").splitlines(True)[0]


def test_seed_determines_the_bytes(train, pair_file, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        call = ("--dataset", pair_file, "--source", "en", "--target", "de", "--seed", seed)
        train("translation", *call, "--out", tmp_path / name)
    first, second, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert first == second != other


@pytest.mark.parametrize(
    "options",
    [
        ["--cell", "gru", "--decoder-layers", "2", "--encoder-layers", "2", "--attention", "multi-head"],
        ["--cell", "rnn", "--attention", "additive", "--input-feeding"],
        ["--tokenizer", "bpe", "--r-drop", "1", "--select-by", "loss", "--final-dropout-scale", "0"],
        ["--attention", "dot", "--decoder-size", "16", "--select-by", "bleu"],
    ],
    ids=lambda options: options[1],
)
def test_every_kind_of_model_comes_to_an_end_and_loads(train, pair_file, tmp_path, options):
    out = tmp_path / "out"
    train("translation", "--dataset", pair_file, "--source", "de", "--target", "en", "--out", out, *options)
    assert len(nlprnn.load(out)(["eins zwei", ""])) == 2


def test_early_stopped_run_resumes_with_more_patience(train, pair_file, tmp_path):
    call = ["--dataset", pair_file, "--source", "de", "--target", "en", "--out", tmp_path / "run"]
    ended = train("translation", *call, "--epochs", 4, "--learning-rate", 1e-30, "--patience", 1)
    assert "ended early: 1 validation without a better chrf" in ended.stderr
    again = ["--resume", "--out", tmp_path / "run"]
    assert "larger --epochs or --max-minutes or --patience" in train("translation", *again).stdout
    on = train("translation", *again, "--patience", 5)
    assert "ended early" not in on.stderr
    assert "epoch 4 " in on.stderr


def test_aligned_files_need_source_and_target(train, fails, tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for split, rows in (("train", PAIRS[:60]), ("valid", PAIRS[60:70]), ("test", PAIRS[70:])):
        for side in ("en", "de"):
            (folder / f"{split}.{side}").write_text("".join(row[side] + "\n" for row in rows), encoding="utf-8")
    out = tmp_path / "out"
    fails("translation", "--dataset", folder, "--out", out, words=["--source", "--target", "de, en"])
    train("translation", "--dataset", folder, "--source", "de", "--target", "en", "--out", out)
    assert len((out / "test.hypotheses.txt").read_text(encoding="utf-8").splitlines()) == 10


def test_text_of_any_script_is_translated(train, write_rows, tmp_path):
    scripts = ["猫在睡觉{}。", "القط نائم {}", "แมวนอน{}", "A 🐈 {}"]
    rows = [{"source": script.format(n), "target": f"{n} cats sleep"} for n in range(15) for script in scripts]
    path = write_rows(tmp_path / "pairs.jsonl", rows)
    for direction in (("source", "target"), ("target", "source")):
        out = tmp_path / direction[0]
        train("translation", "--dataset", path, "--source", direction[0], "--target", direction[1], "--out", out)
        tokenizer = nlprnn.load(out).tokenizer
        for row in rows:
            ids = tokenizer.encode(row["source"])
            assert tokenizer.unk_id not in ids
            assert tokenizer.decode(ids) == row["source"]


def uneven(folder):
    (folder / "train.en").write_text("a\nb\nc\n")
    (folder / "train.de").write_text("x\ny\n")


def one_sided(folder):
    (folder / "train.en").write_text("a\nb\nc\n")


def rows_of(rows):
    return lambda folder: (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


MISTAKES = {
    "uneven": (uneven, ["--source", "en", "--target", "de"], ["train.de", "2", "3"]),
    "one side": (one_sided, ["--source", "en", "--target", "de"], ["de"]),
    "one column": (rows_of([{"en": f"a {n}"} for n in range(40)]), [], ["train.jsonl", "target", "en"]),
    "wrong field": (rows_of(PAIRS), ["--source", "en", "--target", "fr"], ["--target", "'fr'", "en, de"]),
    "same field": (rows_of(PAIRS), ["--source", "en", "--target", "en"], ["'en'", "--target"]),
    "empty targets": (rows_of([{"en": f"a {n}", "de": " "} for n in range(40)]), [], ["de"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_pairs_that_cannot_be_used(fails, tmp_path, case):
    make, options, words = MISTAKES[case]
    folder = tmp_path / "data"
    folder.mkdir()
    make(folder)
    fails("translation", "--dataset", folder, "--out", tmp_path / "out", *options, words=words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--attention", "dot", "--decoder-size", "6"], ["--attention dot", "--decoder-size 6", "--encoder-size 8"]),
        (["--attention", "multi-head", "--decoder-size", "6"], ["--attention multi-head", "--decoder-size 6"]),
        (["--max-length", "1"], ["--max-length"]),
        (["--vocab-size", "60"], ["vocab_size is 60", "larger"]),
        (["--bleu-tokenizer", "ja-mecab"], ["--bleu-tokenizer", "pip install"]),
    ],
    ids=["dot", "multi-head", "length", "vocabulary", "tokenize"],
)
def test_options_that_do_not_fit_are_named(fails, pair_file, tmp_path, options, words):
    call = ("--dataset", pair_file, "--source", "en", "--target", "de", "--out", tmp_path / "out")
    fails("translation", *call, *options, words=words)
    assert not (tmp_path / "out").exists()


def test_truncated_pairs_are_counted(train, write_rows, tmp_path):
    path = write_rows(tmp_path / "pairs.jsonl", number_pairs(40))
    call = ("--dataset", path, "--source", "en", "--target", "de", "--out", tmp_path / "out")
    result = train("translation", *call, "--max-length", 3, "--batch-tokens", 5)
    assert "pairs to train on reach --max-length 3, where they are truncated" in result.stderr


def test_the_sample_is_the_default(commands):
    (option,) = [option for option in commands["translation"].params if option.name == "dataset"]
    assert option.default == "translation"
