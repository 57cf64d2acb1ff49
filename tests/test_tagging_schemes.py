"""Tags to spans and back, against the rules of `conlleval` in the words of that script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.tagging_schemes import bio_labels, find_spans, is_span_scheme, may_follow, to_bio

TAGS = ["O", *(f"{prefix}-{kind}" for prefix in "BIES" for kind in ("PER", "LOC"))]


def conlleval(tags):
    """Chunks by the functions `endOfChunk` and `startOfChunk` of the script, case by case."""
    chunks, begin = [], None
    before, kind_before = "O", ""
    for place, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        ends = before in "ES" or (before in "BI" and prefix in "BSO")
        ends = ends or (before != "O" and kind_before != kind)
        starts = prefix in "BS" or (before in "ESO" and prefix in "EI")
        starts = starts or (prefix != "O" and kind_before != kind)
        if ends and begin is not None:
            chunks.append((kind_before, begin, place))
            begin = None
        if starts:
            begin = place
        before, kind_before = prefix, kind
    return chunks


@given(st.lists(st.sampled_from(TAGS), max_size=8))
def test_spans_match_conlleval(tags):
    assert find_spans(tags) == conlleval(tags)


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("", []),
        ("O O", []),
        ("B-X I-X O B-Y", [("X", 0, 2), ("Y", 3, 4)]),
        ("B-X B-X", [("X", 0, 1), ("X", 1, 2)]),
        ("I-X I-X O I-X B-X", [("X", 0, 2), ("X", 3, 4), ("X", 4, 5)]),  # IOB1
        ("I-X I-Y", [("X", 0, 1), ("Y", 1, 2)]),
        ("S-X B-X I-X E-X S-Y", [("X", 0, 1), ("X", 1, 4), ("Y", 4, 5)]),  # IOBES
        ("U-X B-X L-X", [("X", 0, 1), ("X", 1, 3)]),  # BILOU
        ("B M E S", [("", 0, 3), ("", 3, 4)]),
        ("B-A-B I-A-B", [("A-B", 0, 2)]),
    ],
)
def test_schemes_of_every_kind(tags, spans):
    assert find_spans(tags.split()) == spans


@given(st.lists(st.sampled_from(TAGS), max_size=8))
def test_to_bio_keeps_the_spans(tags):
    written = to_bio(tags)
    assert find_spans(written) == find_spans(tags)
    assert to_bio(written) == written
    assert set(written) <= set(bio_labels(tags))
    for before, after in zip([None, *written], written, strict=False):
        assert may_follow(before, after, TAGS)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["O", "B-X", "I-X"], True),
        (["O", "I-X"], True),
        (["B", "I", "O"], True),
        (["S-X", "B-X", "E-X"], True),
        (["NOUN", "VERB"], False),
        (["O", "B-X", "NOUN"], False),
        (["B-X", "-LRB-"], False),
        (["INTJ", "BLANK"], False),
        (["O"], False),
        ([], False),
    ],
)
def test_span_schemes_are_recognized(labels, expected):
    assert is_span_scheme(labels) == expected


def test_bio_labels_are_complete_and_ordered():
    assert bio_labels(["I-Y", "O", "B-X"]) == ["O", "B-X", "I-X", "B-Y", "I-Y"]
    assert bio_labels(["I"]) == ["O", "B", "I"]


def test_may_follow_without_a_starting_label():
    assert may_follow(None, "I-X", ["O", "I-X"])
    assert not may_follow(None, "I-X", ["O", "B-X", "I-X"])
    assert not may_follow("B-Y", "I-X", ["B-X", "I-X", "B-Y"])
    assert may_follow("O", "INTJ", ["O", "BNTJ", "INTJ"])
