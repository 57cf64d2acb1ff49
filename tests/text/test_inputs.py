"""Texts of any sequence or column are taken as they are; what is no text is named."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from datasets import Dataset, DatasetDict

from nlprnn.text import WordTokenizer
from nlprnn.text.inputs import TextInputs

TEXTS = ["the bus was late", "", "quiet"]
DATA = Dataset.from_dict({"id": [1, 2, 3], "text": TEXTS})
FRAME = pd.DataFrame({"id": [7, 8, 9], "text": TEXTS}, index=[4, 4, 2])


def checked(texts, **options):
    return list(TextInputs(texts, "classifier([text])", **options))


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        tuple(TEXTS),
        (text for text in TEXTS),
        iter(TEXTS),
        dict.fromkeys(TEXTS).keys().__iter__(),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        FRAME["text"],
        FRAME["text"].astype("string"),
        FRAME["text"].astype("category"),
        pd.Index(TEXTS),
        DATA["text"],
        DATA.with_format("numpy")["text"],
    ],
    ids=lambda texts: type(texts).__name__,
)
def test_sequences_of_texts_are_taken(texts):
    assert checked(texts) == TEXTS


def test_lines_of_an_open_file_are_taken(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo", encoding="utf-8")
    with (tmp_path / "a.txt").open(encoding="utf-8") as file:
        assert checked(file) == ["one\n", "two"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (FRAME, r"table \(DataFrame\) with the columns 'id', 'text': give a list of texts, classifier"),
        (DATA, r"table \(Dataset\) with the columns 'id', 'text'"),
        (DATA.to_iterable_dataset(), r"table \(IterableDataset\) with the columns 'id', 'text'"),
        (pa.table({"text": TEXTS}), r"table \(Table\) with the columns 'text'"),
        (DatasetDict({"train": DATA}), "got DatasetDict: give a list of texts"),
        ({"text": TEXTS}, "got dict: give a list of texts"),
        (set(TEXTS), "got set: give a list of texts"),
        (b"quiet", "got bytes: give a list of texts"),
        (Path("reviews.txt"), r"got \w+Path: give a list of texts"),
        (None, r"got missing \(None\): give a list of texts"),
        (math.nan, r"got missing \(nan\)"),
        (7, "got int 7: give a list of texts"),
        ("quiet", r"give a list, even for one text: classifier\(\[text\]\)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_list_of_texts_is_refused(texts, message):
    with pytest.raises(TypeError, match=message):
        checked(texts)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, r"is missing \(None\), not a string: leave it out"),
        (math.nan, r"is missing \(nan\)"),
        (np.float64("nan"), r"is missing \(nan\)"),
        (pd.NA, r"is missing \(<NA>\)"),
        (pd.NaT, r"is missing \(NaT\)"),
        (b"quiet", "is bytes, not a string: decode it first"),
        (3, "is int 3, not"),
        (True, "is bool True, not"),
        (Path("a.txt"), "Path, not a string: read the file first"),
        ({"text": "quiet"}, "is dict, not"),
        (["quiet"], "is list, not"),
        (np.array(["quiet"]), "is ndarray, not"),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize(
    "make", [list, iter, lambda texts: pd.Series(texts, dtype=object)], ids=["list", "iter", "Series"]
)
def test_other_values_are_named_with_their_row(value, message, make):
    with pytest.raises(TypeError, match=rf"text 1 \(counted from 0\) .*{message}"):
        checked(make([TEXTS[0], value, TEXTS[2]]))


def test_sentences_in_words_are_taken_where_they_may_be():
    sentences = [["Emma", "left"], ("Emma",), np.array(["Emma", "left"]), [], "Emma left"]
    assert list(map(list, checked(sentences, words=True)))[:3] == [["Emma", "left"], ["Emma"], ["Emma", "left"]]
    with pytest.raises(TypeError, match=r"text 1 \(counted from 0\) has a word that is missing \(None\)"):
        checked([["Emma"], ["Emma", None]], words=True)
    for value in (None, b"Emma", {"Emma"}, 5):
        with pytest.raises(TypeError, match=r"text 0 \(counted from 0\) is "):
            checked([value], words=True)


def test_texts_come_one_by_one():
    texts = TextInputs((text for text in ["a", None]), "f([text])")
    assert next(texts) == "a"
    with pytest.raises(TypeError, match="text 1"):
        next(texts)


def test_tokenizers_name_the_row():
    with pytest.raises(TypeError, match=r"text 1 .*missing"):
        WordTokenizer.train(["a b", None])
    with pytest.raises(TypeError, match=r"text 2 .*missing"):
        WordTokenizer.train(["a b"]).encode_batch(["a", "b", math.nan])
