"""Lines that end between words, whatever the pieces of a text are."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nlprnn.cli.word_wrap import WordWrap

WIDTH = 12


def wrapped(pieces):
    wrap = WordWrap(WIDTH)
    return "".join([*map(wrap.push, pieces), wrap.close()])


def test_lines_end_between_words():
    assert wrapped(["Once upon", " a ti", "me there was", ' a "king".\n\nHe', " slept."]) == (
        'Once upon a\ntime there\nwas a\n"king".\n\nHe slept.'
    )


@given(st.lists(st.text(st.sampled_from("ab \n好é."), max_size=9), max_size=12))
def test_words_stay_and_lines_fit(pieces):
    text = wrapped(pieces)
    assert text.split() == "".join(pieces).split()
    assert text.count("\n\n") == "".join(pieces).count("\n\n") or " \n" in "".join(pieces)
    for line in text.split("\n"):
        assert cell_len(line.rstrip()) <= WIDTH or len(line.split()) == 1


@given(st.text(st.sampled_from("ab \n."), max_size=60), st.integers(1, 5))
def test_pieces_do_not_matter(text, size):
    assert wrapped(re.findall(rf"(?s).{{1,{size}}}", text)) == wrapped([text])


def test_short_text_is_as_written():
    assert wrapped(["  a b", "  c \n", "d"]) == "  a b  c\nd"
