"""`nlprnn evaluate` on taggers, as a user calls it."""

from __future__ import annotations

import json

import pytest

import nlprnn
from nlprnn.metrics import tagging_scores


@pytest.fixture
def write(tmp_path):
    """Write sentences in two columns and return the path."""

    def call(name, sentences):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        blocks = ("".join(f"{word} {tag}\n" for word, tag in zip(*sentence, strict=True)) for sentence in sentences)
        path.write_text("\n".join(blocks), encoding="utf-8")
        return path

    return call


def test_memorized_sentences_score_100(evaluate, tagger_folder, names, write, tmp_path):
    path = write("known.conll", names)
    result = evaluate(tagger_folder, path, "--predictions", tmp_path / "out.txt")
    assert "scored: 4 rows" in result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["precision", "recall", "F1", "support"]
    assert [line.split() for line in lines[1:3]] == [
        ["LOC", "100.00", "100.00", "100.00", "3"],
        ["PER", "100.00", "100.00", "100.00", "2"],
    ]
    assert lines[-1].startswith("f1 100   precision 100   recall 100   accuracy 100   loss 0.0")
    assert (tmp_path / "out.txt").read_text().splitlines() == [" ".join(tags) for _, tags in names]


def test_scores_match_the_labels(evaluate, tagger_folder, write):
    sentences = [(["Rome", "left", "Anna"], ["B-PER", "O", "B-PER"]), (["Berg"], ["B-LOC"]), (["Monday"], ["O"])]
    scores = json.loads(evaluate(tagger_folder, write("new.conll", sentences), "--json").stdout)
    actual = nlprnn.load(tagger_folder)([words for words, _ in sentences])
    expected = tagging_scores([tagged.labels for tagged in actual], [tags for _, tags in sentences], span_scheme=True)
    assert {name: scores[name] for name in expected} == pytest.approx(expected)
    assert scores["kinds"]["PER"]["support"] == 2
    assert scores["loss"] > 0


def test_tagging_schemes_score_the_same(evaluate, tagger_folder, names, write):
    first = write("iob1.conll", [(words, [tag.replace("B-", "I-") for tag in tags]) for words, tags in names])
    changes = {"B-LOC": "S-LOC", "I-PER": "E-PER"}
    second = write("iobes.conll", [(words, [changes.get(tag, tag) for tag in tags]) for words, tags in names])
    for path in (first, second):
        scores = json.loads(evaluate(tagger_folder, path, "--json").stdout)
        assert scores["f1"] == scores["accuracy"] == 100


def test_word_tags_have_a_confusion_matrix(evaluate, word_tagger_folder, write):
    path = write("words.conll", [(["dogs", "sleep"], ["NOUN", "NOUN"]), (["sleep"], ["VERB"])])
    scores = json.loads(evaluate(word_tagger_folder, path, "--json").stdout)
    assert scores["accuracy"] == pytest.approx(200 / 3)
    assert scores["labels"] == ["NOUN", "VERB"]
    assert scores["confusion"] == [[1, 1], [0, 1]]
    lines = evaluate(word_tagger_folder, path).stdout.splitlines()
    assert "label (row) by prediction (column)" in lines
    assert lines[-1].startswith("accuracy 66.67   macro_f1")


def test_columns_and_splits_are_selected(evaluate, tagger_folder, names, tmp_path, write):
    rows = [{"words": words, "pos": ["X"] * len(words), "names": tags} for words, tags in names]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = ("--token-field", "words", "--tag-field", "names", "--json")
    assert json.loads(evaluate(tagger_folder, tmp_path / "a.jsonl", *options).stdout)["f1"] == 100
    for name, number in (("train", 4), ("dev", 2), ("test", 3)):
        write(f"data/{name}.bio", names[:number])
    assert "scored: 3 rows" in evaluate(tagger_folder, tmp_path / "data").stderr
    assert "scored: 2 rows" in evaluate(tagger_folder, tmp_path / "data", "--split", "validation").stderr


def test_unknown_tag_is_named_with_word_and_line(fails, tagger_folder, names, write):
    path = write("a.conll", [*names, (["Monday"], ["B-DATE"])])
    words = ["a.conll, line 22", "'B-DATE'", "'Monday'", "'O', 'B-LOC'", "--tag-field"]
    fails("evaluate", "--model", tagger_folder, "--dataset", path, words=words)
    path = write("b.conll", [*names, (["Monday"], ["NOUN"])])
    fails("evaluate", "--model", tagger_folder, "--dataset", path, words=["b.conll, line 22", "'NOUN'"])


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("", (), ["a.conll is empty"]),
        ("Anna B-PER\n", ("--tag-field", "3"), ["a.conll", "2 columns", "no column 3", "--tag-field"]),
        ("Anna B-PER\nBerg\n", (), ["a.conll, line 2", "1 column", "has 2"]),
        ("Anna B-PER\n", ("--label-field", "2"), ["--label-field", "a tagger"]),
        ("Anna B-PER\n", ("--beam", "2"), ["--beam", "a tagger"]),
    ],
)
def test_data_and_options_that_do_not_fit(fails, tagger_folder, tmp_path, content, arguments, words):
    (tmp_path / "a.conll").write_text(content)
    call = ("evaluate", "--model", tagger_folder, "--dataset", tmp_path / "a.conll")
    fails(*call, *arguments, words=words)


def test_tagger_options_are_refused_for_classifiers(fails, classifier_folder, tmp_path):
    call = ("evaluate", "--model", classifier_folder, "--dataset", tmp_path / "a.csv", "--tag-field", "2")
    fails(*call, words=["--tag-field", "a classifier"])
