"""Spans or single words: one odd tag, other names of O, tags without prefixes, and the option that decides."""

from __future__ import annotations

import pytest

from nlprnn.data import ReadOptions, load_tagged, load_tagged_split, tag_labels
from nlprnn.data.tag_scheme import as_spans, with_usual_names
from nlprnn.errors import DataError


@pytest.fixture
def load(tmp_path):
    """Write sentences, each a text such as "Anna/B-PER sleeps/O", and load the splits of the file."""

    def call(*sentences, ready=False, **options):
        lines = sentences if ready else (text.replace("/", "\t").replace(" ", "\n") for text in sentences)
        path = tmp_path / "a.conll"
        path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")
        return load_tagged(str(path), options=ReadOptions(**options))

    return call


SPANS = [f"Anna{number}/B-PER Lee/I-PER sleeps/O" for number in range(40)]


def test_one_odd_tag_is_an_error_with_its_place(load):
    with pytest.raises(DataError, match=r"a\.conll, line 161: the tag 'PER' of the word 'Leo'.*--scheme spans.*words"):
        load(*SPANS, "Leo/PER runs/O")


def test_scheme_decides_about_odd_tags(load):
    splits = load(*SPANS, "Leo/PER May/PER runs/O May/PER Eve/LOC", scheme="spans")
    assert tag_labels(splits) == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    every = {
        tuple(tokens): tags for split in splits.values() for tokens, tags in zip(split.tokens, split.tags, strict=True)
    }
    assert every["Leo", "May", "runs", "May", "Eve"] == ["B-PER", "I-PER", "O", "B-PER", "B-LOC"]
    splits = load(*SPANS, "Leo/PER runs/O", scheme="words")
    assert tag_labels(splits) == ["B-PER", "I-PER", "O", "PER"]


def notes(splits):
    return list(splits["train"].notes)


def test_many_tags_without_prefixes_are_words_and_noted(load):
    sentences = [f"big{number}/ADJ Rome{number}/B-LOC is/VERB" for number in range(40)]
    splits = load(*sentences)
    assert tag_labels(splits) == ["ADJ", "B-LOC", "VERB"]
    assert notes(splits) == ["each word has a tag of its own, though some begin with B- or I-: see --scheme"]
    assert notes(load(*(f"dog{number}/NOUN runs/VERB" for number in range(40)))) == []


def test_tags_without_any_prefix_can_be_spans(load):
    sentences = [f"Anna{number}/PER Lee/PER in/O Rome/LOC" for number in range(40)]
    assert "--scheme spans joins equal neighbours" in notes(load(*sentences))[0]
    splits = load(*sentences, scheme="spans")
    assert splits["train"].tags[0] == ["B-PER", "I-PER", "O", "B-LOC"]
    assert "are spans, equal neighbours one" in notes(splits)[0]


@pytest.mark.parametrize("outside", ["_", "o", "0", "Other"])
def test_another_name_of_outside_is_read_as_o(load, outside):
    splits = load(*(sentence.replace("/O", f"/{outside}") for sentence in SPANS))
    assert tag_labels(splits) == ["O", "B-PER", "I-PER"]
    assert notes(splits) == [f"tags of spans are read by their usual names: {outside} as O"]


@pytest.mark.parametrize("written", ["B_PER I_PER O", "b-PER i-PER o", "B:PER I:PER 0", "b_PER i_PER O"])
def test_prefixes_in_another_form_are_read_as_spans(load, written):
    first, second, outside = written.split()
    sentences = [f"Anna{number} {first}\nLee {second}\nsleeps {outside}" for number in range(40)]
    splits = load(*sentences, ready=True)
    assert tag_labels(splits) == ["O", "B-PER", "I-PER"]
    assert notes(splits)[0].startswith("tags of spans are read by their usual names")
    assert len({file for split in splits.values() for file in split.files}) == 1


def test_tags_of_spans_alone_are_spans_in_any_case(load):
    splits = load(*(sentence.replace("I-PER", "E-PER") for sentence in SPANS), scheme="words")
    assert tag_labels(splits) == ["O", "B-PER", "I-PER"]
    assert splits["train"].tags[0] == ["B-PER", "I-PER", "O"]


def test_a_split_to_score_has_the_same_readings(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("Anna\tB-PER\nsleeps\t_\n")
    assert with_usual_names(load_tagged_split(str(path))).tags == [["B-PER", "O"]]
    path.write_text("Anna\tPER\nLee\tPER\nsleeps\tO\n")
    split = load_tagged_split(str(path))
    assert with_usual_names(split) == split
    assert as_spans(split).tags == [["B-PER", "I-PER", "O"]]


def test_names_are_for_numbers_alone(tmp_path):
    path = tmp_path / "a.conll"
    path.write_text("Anna 1\nsleeps O\nLee PER\n")
    assert load_tagged_split(str(path), options=ReadOptions(label_names=("O", "B-PER"))).tags == [["B-PER", "O", "PER"]]
