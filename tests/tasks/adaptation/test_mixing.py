"""Rows of former data mixed into new ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import DataError
from nlprnn.tasks.adaptation.mixing import chosen_rows, merged_labels
from nlprnn.tasks.adaptation.running_text import drawn_documents
from nlprnn.tasks.adaptation.tags import _check_scheme, _similar
from nlprnn.tasks.adaptation.texts import _with_labels
from nlprnn.tasks.labelled_texts import LabelledTexts

COUNTS = st.integers(1, 200)


@given(number=COUNTS, available=COUNTS, share=st.floats(0.01, 0.99), seed=st.integers(0, 9))
def test_the_share_is_that_of_the_mixed_rows(number, available, share, seed):
    rows = chosen_rows(number, available, share=share, seed=seed)
    assert len(set(rows)) == len(rows) <= available
    assert np.array_equal(rows, np.sort(rows))
    assert np.array_equal(rows, chosen_rows(number, available, share=share, seed=seed))
    if 1 < len(rows) < available:
        assert len(rows) / (number + len(rows)) == pytest.approx(share, abs=1 / number)


@given(st.lists(st.text("ab\n", max_size=9), max_size=9), st.integers(0, 40))
def test_documents_are_drawn_up_to_a_number_of_characters(documents, characters):
    drawn = drawn_documents(documents, characters, seed=1)
    assert sum(map(len, drawn)) == min(characters, sum(map(len, documents)))


def test_targets_follow_their_labels():
    labels = merged_labels(["no", "yes"], ["maybe", "no"])
    assert labels == ["no", "yes", "maybe"]
    one = LabelledTexts({"train": ["a", "b"]}, {"train": np.array([0, 1])}, ["maybe", "no"], None)
    assert _with_labels(one, labels).targets["train"].tolist() == [2, 0]
    several = LabelledTexts({"train": ["a"]}, {"train": np.array([[1.0, 0.0]])}, ["maybe", "no"], None)
    assert _with_labels(several, labels).targets["train"].tolist() == [[0.0, 0.0, 1.0]]


def test_tags_of_another_scheme_are_refused():
    with pytest.raises(DataError, match=r"former tags spans .*the data tag single words .*--scheme"):
        _check_scheme(["O", "B-X", "I-X"], ["NOUN", "VERB"], "former")
    with pytest.raises(DataError, match=r"former tags single words .*the data tag spans"):
        _check_scheme(["NOUN", "VERB"], ["O", "B-X", "I-X"], "former")


def test_a_new_tag_is_like_those_at_its_place():
    assert _similar("B-Y", ["O", "B-X", "I-X", "B-Z", "I-Z"]) == [1, 3]
    assert _similar("NOUN", ["ADJ", "VERB"]) == [0, 1]
