"""`recipes/tagging.py` on data of every form, and what it leaves in its folder."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import nlprnn
from nlprnn.cli.main import main as nlprnn_command

# Options with which a tiny model learns a tiny task in a few steps.
EAGER = ["--dropout", "0", "--embedding-dropout", "0", "--learning-rate", "0.05"]


@pytest.fixture(scope="module")
def parts(tagged_sentences, tmp_path_factory):
    """A folder of data with three parts, none of whose names are in another."""
    folder = tmp_path_factory.mktemp("data")
    for start, name, number in ((0, "train", 200), (200, "validation", 20), (220, "test", 21)):
        (folder / f"{name}.conll").write_text(tagged_sentences(number, start=start), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small_file(tagged_sentences, tmp_path_factory):
    """A file of 60 sentences."""
    path = tmp_path_factory.mktemp("small") / "names.conll"
    path.write_text(tagged_sentences(60), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(train, parts, tmp_path_factory):
    """The folder of a model that has learnt the task, and what its training printed."""
    folder = tmp_path_factory.mktemp("runs") / "model"
    return folder, train("tagging", "--dataset", parts, "--out", folder, "--epochs", 4, *EAGER)


def test_unseen_names_are_tagged_by_their_characters(trained):
    scores = json.loads((trained[0] / "scores.json").read_text())
    assert list(scores) == ["validation", "test"]
    for of in scores.values():
        assert list(of) == ["f1", "precision", "recall", "accuracy", "loss"]
        assert of["f1"] > 90


def test_the_saved_model_reaches_the_scores(trained, parts):
    call = ["evaluate", "--model", str(trained[0]), "--dataset", str(parts), "--json"]
    scores = json.loads(CliRunner().invoke(nlprnn_command, call).stdout)
    told = json.loads((trained[0] / "scores.json").read_text())["test"]
    assert {name: scores[name] for name in told} == pytest.approx(told, rel=1e-5)


def test_the_folder_holds_all_that_belongs_to_a_model(trained):
    names = {path.name for path in trained[0].iterdir()}
    assert names >= {"README.md", "config.json", "model.safetensors", "tokenizer.json", "characters.json"}
    assert f"nlprnn tag --model {trained[0]}" in (trained[0] / "README.md").read_text(encoding="utf-8")
    assert " labels: O (" in trained[1].stderr
    run = CliRunner().invoke(nlprnn_command, ["tag", "--model", str(trained[0]), "Abcson Berg saw Abcville."])
    assert run.stdout == "[Abcson Berg PER] saw [Abcville LOC].\n"


def test_seed_determines_the_bytes(train, small_file, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train("tagging", "--dataset", small_file, "--out", tmp_path / name, "--seed", seed)
    first, second, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in "abc")
    assert first == second != other


def test_tags_of_words_are_picked_by_accuracy(train, tmp_path):
    rows = [{"tokens": [f"dog{n}", "runs"], "pos": ["NOUN", "VERB"]} for n in range(60)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    train("tagging", "--dataset", tmp_path / "a.jsonl", "--out", tmp_path / "out", *EAGER)
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())
    assert list(scores["test"]) == ["accuracy", "macro_f1", "loss"]
    assert nlprnn.load(tmp_path / "out").model.labels == ["NOUN", "VERB"]


@pytest.mark.parametrize(
    "options",
    [
        ["--characters", "cnn", "--cell", "gru", "--num-layers", 2],
        ["--characters", "none", "--no-crf"],
    ],
)
def test_other_modules_train_and_load(train, small_file, tmp_path, options):
    train("tagging", "--dataset", small_file, "--out", tmp_path / "out", *options)
    model = nlprnn.load(tmp_path / "out").model
    assert (model.characters is None) == (model.crf is None) == ("none" in options)


def test_pretrained_vectors_are_taken(train, small_file, tmp_path):
    (tmp_path / "vectors.txt").write_text("saw 0.1 0.2\nunheard 0.3 0.4\n")
    train("tagging", "--dataset", small_file, "--vectors", tmp_path / "vectors.txt", "--out", tmp_path / "out")
    tagger = nlprnn.load(tmp_path / "out")
    (ids,) = tagger.tokenizer.encode_words([["saw", "unheard"]])
    assert tagger.tokenizer.unk_id not in ids
    assert tagger.model.embedding.pretrained[ids].any(dim=1).all()


def test_old_schemes_are_learnt_as_the_new_one(train, tagged_sentences, tmp_path):
    (tmp_path / "a.iob").write_text(tagged_sentences(60).replace("B-", "I-"), encoding="utf-8")
    train("tagging", "--dataset", tmp_path / "a.iob", "--out", tmp_path / "out")
    assert nlprnn.load(tmp_path / "out").model.labels == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]


MISTAKES = {
    "missing": (None, [], ["a.conll", "no such file"]),
    "empty": ("", [], ["a.conll is empty"]),
    "one column": ("Anna\n", [], ["a.conll", "one column"]),
    "uneven": ("Anna B-PER\nsaw\n", [], ["a.conll, line 2"]),
    "no such column": ("Anna B-PER\n", ["--tag-field", "4"], ["a.conll", "2 columns", "--tag-field"]),
    "one tag": ("".join(f"w{n} O\n\n" for n in range(40)), [], ["a.conll", "'O'", "--tag-field"]),
    "too few": ("Anna B-PER\n", [], ["a.conll", "too few"]),
    "rare words": ("".join(f"w{n} B-X\n\n" for n in range(40)), ["--min-frequency", "9"], ["9 times"]),
    "network": ("Anna B-PER\n", ["--characters", "gru"], ["--characters"]),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_what_goes_wrong_is_one_sentence(fails, tmp_path, case):
    content, options, words = MISTAKES[case]
    if content is not None:
        (tmp_path / "a.conll").write_text(content)
    fails("tagging", "--dataset", tmp_path / "a.conll", "--out", tmp_path / "out", *options, words=words)
    assert not (tmp_path / "out").exists()


def test_sample_of_sentences_is_not_a_table(fails, tmp_path):
    fails("sentiment", "--dataset", "tagging", "--out", tmp_path / "out", words=["tagging", "no data file"])
    fails("tagging", "--dataset", "sentiment", "--out", tmp_path / "out", words=["--token-field", "text, label"])
