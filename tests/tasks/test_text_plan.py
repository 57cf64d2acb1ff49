"""The plan of a text model: options that are given win, and the rest follows from size, length and script."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import DataReport
from nlprnn.tasks.classification import ClassificationOptions
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.regression import RegressionOptions
from nlprnn.tasks.text_plan import plan_text
from nlprnn.tasks.text_statistics import TextStatistics

ENGLISH = "the boat left the quay at noon ."
THAI = "เรือออกจากท่าเมื่อเที่ยง"
CHINESE = "中午船离开了码头"


def texts(number, text=ENGLISH, *, classes=2, closed=False):
    """Equal texts, each with a word of its own unless the vocabulary is closed."""
    train = [text if closed else f"{text} word{index}" for index in range(number)]
    rows = {"train": train, "validation": [text] * max(2, number // 10)}
    targets = {split: np.arange(len(column)) % classes for split, column in rows.items()}
    return LabelledTexts(rows, targets, [f"class {label}" for label in range(classes)], DataReport((), (), {}, {}))


def plan(number, text=ENGLISH, *, classes=2, closed=False, **options):
    return plan_text(texts(number, text, classes=classes, closed=closed), ClassificationOptions(**options))


def test_statistics_count_words_and_know_the_script():
    data = TextStatistics.of(texts(50, f"{ENGLISH} <b>new</b>", classes=3))
    assert (data.texts, data.validation_texts, data.outputs, data.unspaced) == (50, 5, 3, False)
    assert data.words == 10.0  # nine words and a full stop, without tags
    assert data.total_words == 500.0
    assert TextStatistics.of(texts(50, CHINESE, closed=True)).words == len(CHINESE)
    assert TextStatistics.of(texts(50, CHINESE)).unspaced
    assert TextStatistics.of(texts(50, THAI)).unspaced
    assert [TextStatistics.of(texts(50, closed=closed)).closed for closed in (False, True)] == [False, True]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "epochs": st.integers(1, 99),
            "patience": st.integers(1, 99),
            "batch_size": st.integers(1, 512),
            "learning_rate": st.floats(1e-6, 1.0),
            "word_dropout": st.floats(0, 0.9),
            "r_drop": st.floats(0, 9),
            "ngrams": st.integers(0, 3),
            "char_ngrams": st.integers(0, 9),
            "pieces": st.integers(0, 9000),
            "max_length": st.integers(1, 9000),
            "hidden_size": st.integers(1, 999),
            "embedding_size": st.integers(1, 999),
            "min_frequency": st.integers(1, 9),
        },
    )
)
def test_given_options_are_in_the_plan(given_options):
    planned = plan(40, **given_options)
    assert {name: getattr(planned, name) for name in given_options} == given_options


def test_more_texts_mean_larger_batches_and_fewer_epochs():
    plans = [plan(number) for number in (200, 4_000, 20_000, 100_000)]
    batches, epochs = [one.batch_size for one in plans], [one.epochs for one in plans]
    assert batches == sorted(batches)
    assert epochs == sorted(epochs, reverse=True)
    assert batches[0] < batches[-1]
    assert epochs[0] > epochs[-1]


def test_long_texts_are_read_less_often_and_without_a_second_pass():
    short, long = plan(10_000), plan(10_000, ENGLISH * 60)
    assert long.epochs < short.epochs
    assert short.r_drop > 0 == long.r_drop


def test_learning_rate_follows_a_given_batch_size():
    assert plan(40, batch_size=64).learning_rate == pytest.approx(2 * plan(40, batch_size=16).learning_rate)


def test_characters_of_unspaced_scripts_have_no_pieces():
    words, characters = plan(40), plan(40, THAI)
    assert words.pieces > 0 == characters.pieces
    assert words.char_ngrams > 0 == characters.char_ngrams


def test_closed_vocabulary_needs_neither_pieces_nor_r_drop():
    opened, closed = plan(40), plan(40, closed=True)
    assert opened.pieces > 0 == closed.pieces
    assert opened.r_drop > 0 == closed.r_drop
    assert plan(40, closed=True, r_drop=2.0).r_drop == 2.0


def test_long_texts_have_no_ngrams_of_characters(monkeypatch):
    monkeypatch.setattr("nlprnn.tasks.text_plan._LONGEST_FOR_CHARACTERS", 100)
    assert [plan(number).char_ngrams for number in (11, 12)] == [5, 0]  # nine words each


def test_words_with_vectors_need_no_pieces_and_more_word_dropout():
    alone, beside_vectors = plan(40), plan(40, vectors=Path("vectors.txt"))
    assert alone.pieces > 0 == beside_vectors.pieces
    assert alone.word_dropout < beside_vectors.word_dropout
    assert plan(40, vectors=Path("vectors.txt"), pieces=100).pieces == 100


def test_scores_of_numbers_have_no_tolerance_in_points():
    labelled = texts(100)
    numbers = LabelledTexts(labelled.texts, labelled.targets, [], labelled.report)
    assert plan_text(numbers, RegressionOptions()).tolerance == 0
    assert plan_text(labelled, ClassificationOptions()).tolerance == pytest.approx(50 * (0.09 / 10) ** 0.5)


def test_texts_without_words_have_a_plan():
    assert plan(40, "<b></b>", closed=True).epochs == plan(40, "word", closed=True).epochs


def test_description_names_what_was_chosen():
    planned = plan(3_400, classes=6)
    assert planned.describe().startswith("3,400 texts, 6 classes, 9 words each: batches of ")
    assert f"up to {planned.epochs} epochs" in planned.describe()
