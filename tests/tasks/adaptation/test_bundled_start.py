"""Bundled models as the start of new ones: where they are taken, and what of them is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nlprnn.data import DataReport
from nlprnn.data.tagged import TaggedSplit
from nlprnn.errors import DataError
from nlprnn.experiment import Run
from nlprnn.pipelines.loading import load
from nlprnn.resources import bundled_model_folder
from nlprnn.tasks.adaptation.bundled_start import start_from_names, start_from_sentiment
from nlprnn.tasks.adaptation.similar_tags import similar_tags
from nlprnn.tasks.classification import ClassificationOptions
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions
from nlprnn.text import read_vectors

SENTENCES = [
    (["Barack", "Obama", "lives", "in", "Washington", "."], ["B-person", "I-person", "O", "O", "B-place", "O"]),
    (["She", "flew", "to", "Paris", "with", "John", "Smith"], ["O", "O", "O", "B-place", "O", "B-person", "I-person"]),
    (["David", "Cameron", "was", "born", "in", "London", "."], ["B-person", "I-person", "O", "O", "O", "B-place", "O"]),
]


@pytest.fixture(scope="module")
def names():
    return load("names", device="cpu")


@pytest.fixture
def start(tmp_path):
    """The options of a run on sentences, given further options."""

    def call(sentences, **given):
        tokens, tags = [list(words) for words, _ in sentences], [list(tags) for _, tags in sentences]
        split = TaggedSplit(tokens, tags, [], "", {})
        labels = ["O", *sorted({tag for row in tags for tag in row} - {"O"})]
        options = TaggingOptions(**given)
        run = Run("tagging", tmp_path / "run", options, resume=False, explicit=frozenset(given))
        return start_from_names(run, TaggedSentences({"train": split}, labels), options)

    return call


def vectors_file(path, rows):
    path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in rows), encoding="utf-8")
    return path


def test_it_is_taken_where_it_finds_the_spans(start):
    assert start(SENTENCES).init_from == bundled_model_folder("names")


@pytest.mark.parametrize(
    "given", [{"init_from": "none"}, {"init_from": "elsewhere"}, {"hidden_size": 30}, {"cell": "gru"}, {"crf": False}]
)
def test_options_that_contradict_it_leave_it_out(start, given):
    assert start(SENTENCES, **given) == TaggingOptions(**given)


def test_options_that_agree_with_it_keep_it(start):
    assert start(SENTENCES, hidden_size=100, cell="lstm", batch_size=4).init_from == bundled_model_folder("names")


def test_it_is_left_out_where_the_spans_are_others(start):
    phrases = [(["the", "old", "cat", "sat", "on", "a", "mat"], ["B-NP", "I-NP", "I-NP", "O", "O", "B-NP", "I-NP"])]
    assert start(phrases).init_from is None
    swapped = [(words, ["O" if tag != "O" else "B-other" for tag in tags]) for words, tags in SENTENCES]
    assert start(swapped).init_from is None


def test_it_is_left_out_for_tags_of_words(start):
    assert start([(["cats", "sleep"], ["NOUN", "VERB"])]).init_from is None


def test_other_vectors_leave_it_out(start, names, tmp_path):
    vectors, words = names.model.embedding.pretrained.numpy(), names.tokenizer.words[1000:1200]
    same = vectors_file(tmp_path / "same.txt", ((w, 2 * vectors[1000 + n] + 1) for n, w in enumerate(words)))
    assert start(SENTENCES, vectors=same).init_from == bundled_model_folder("names")
    other = vectors_file(tmp_path / "other.txt", ((w, vectors[-n]) for n, w in enumerate(words)))
    short = vectors_file(tmp_path / "short.txt", ((w, [n, 0.5]) for n, w in enumerate(words)))
    for path in (other, short):
        assert start(SENTENCES, vectors=path).init_from is None


def test_a_damaged_file_of_vectors_is_left_to_the_new_model(start, tmp_path):
    path = tmp_path / "damaged.txt"
    path.write_text("words without numbers\n", encoding="utf-8")
    assert start(SENTENCES, vectors=path).init_from is None
    with pytest.raises(DataError, match=r"damaged\.txt"):
        read_vectors(path)


def test_tags_are_similar_by_what_it_gives_to_their_words(names):
    labels = ["O", "B-person", "I-person", "B-place", "B-LOC", "I-thing"]
    words, tags = zip(*SENTENCES, strict=True)
    of = similar_tags(names, words, tags, labels)
    former = [names.model.labels[index] for index in of]
    assert former[:5] == ["O", "B-PER", "I-PER", "B-LOC", "B-LOC"]
    assert former[5][:2] == "I-"  # of which no word is


def test_no_word_has_the_tag_of_another_place(names):
    words, tags = zip(*SENTENCES, strict=True)
    shifted = [["O", *row[:-1]] for row in tags]
    labels = ["O", "B-person", "I-person", "B-place"]
    for label, index in zip(labels, similar_tags(names, words, shifted, labels), strict=True):
        assert names.model.labels[index][0] == label[0]


def test_the_options_are_changed_in_nothing_else(start):
    given = {"batch_size": 4, "dropout": 0.1}
    assert replace(start(SENTENCES, **given), init_from=None) == TaggingOptions(**given)


OPINIONS = {
    "no": "the battery died , it was awful . what a terrible waste of money . the soup was cold and the waiter rude .",
    "yes": "i love this phone . a wonderful , moving film . the room was clean and the staff friendly .",
}
"""Label -> sentences of it."""


@pytest.fixture
def sentiment_start(tmp_path):
    """The options of a run on texts and labels, given further options."""

    def call(texts, targets, **given):
        names = sorted({str(target) for target in targets})
        array = np.array([names.index(str(target)) for target in targets])
        data = LabelledTexts({"train": texts}, {"train": array}, names, DataReport((), (), {}, {}))
        options = ClassificationOptions(**given)
        run = Run("news", tmp_path / "run", options, resume=False, explicit=frozenset(given))
        return start_from_sentiment(run, data, options)

    return call


@pytest.fixture(scope="module")
def opinions():
    rows = [(sentence.strip(), label) for label, text in OPINIONS.items() for sentence in text.split(".")[:-1]]
    return [text for text, _ in rows], [label for _, label in rows]


def test_opinions_start_from_the_bundled_classifier(sentiment_start, opinions):
    assert sentiment_start(*opinions).init_from == bundled_model_folder("sentiment")
    texts, labels = opinions
    swapped = ["yes" if label == "no" else "no" for label in labels]  # what they are called is no matter
    assert sentiment_start(texts, swapped).init_from == bundled_model_folder("sentiment")


def test_other_labels_do_not(sentiment_start, opinions):
    texts, _ = opinions
    assert sentiment_start(texts, [place % 2 for place in range(len(texts))]).init_from is None


def test_texts_of_a_closed_vocabulary_do_not(sentiment_start, opinions):
    texts, labels = opinions
    assert sentiment_start(texts * 3, labels * 3).init_from is None


@pytest.mark.parametrize("given", [{"init_from": "none"}, {"hidden_size": 30}, {"cell": "gru"}, {"pieces": 500}])
def test_opinions_with_contradicting_options_do_not(sentiment_start, opinions, given):
    assert sentiment_start(*opinions, **given) == ClassificationOptions(**given)


def test_several_labels_a_text_do_not(tmp_path, opinions):
    texts, labels = opinions
    matrix = np.array([[label == "no", label == "yes"] for label in labels], dtype=np.float32)
    data = LabelledTexts({"train": texts}, {"train": matrix}, ["no", "yes"], DataReport((), (), {}, {}))
    run = Run("news", tmp_path / "run", options := ClassificationOptions(multi_label=True), resume=False)
    assert start_from_sentiment(run, data, options) == options
