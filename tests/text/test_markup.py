"""Tags are dropped from mark-up alone: what else stands between < and > is text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.text import WordTokenizer, load_tokenizer
from nlprnn.text.markup import blank_tags

FROZEN = Path(__file__).parents[1] / "frozen_models"
TEXT = [
    "they call it <a cold supper> here",
    "<I had no choice>",
    "<small plates, big bill>",
    "if x < 3 and y > 2 then z<b and c>d",
    "<3 this place, >:( that one",
    "press <b> then <select>",
    "<user> wrote to <p> and <q>",
    "a<i and b/c>d",
    "mail <info@shop.com> or see <http://shop.com/a=b>",
    "R&B; <b> Q&A; <i>",
    "<code x y>",
]
MARKUP = [
    ("fine<br />food", "fine      food"),
    ("fine<BR>food <i>", "fine    food    "),
    ("an <i>odd</i> one", "an    odd     one"),
    (
        '<a href="x.html" title="a > b">',
        '<a href="x.html" title="a > b">'.replace('<a href="x.html" title="a >', " " * 27),
    ),
    ("<p>one<p>two</p>", "   one   two    "),
    ("cats &amp; <b>dogs", "cats &amp;    dogs"),
    ("<font color=red size=+1>hot</font>", " " * 24 + "hot" + " " * 7),
    ('<td nowrap align="left">one<hr noshade /></td>', " " * 24 + "one" + " " * 19),
    ("it&#39;s <em>", "it&#39;s     "),
    ("<img/> and <a stale loaf>", "       and <a stale loaf>"),
    ("<user> and <unk> in <b>bold</b>", "<user> and <unk> in    bold    "),
]


@pytest.mark.parametrize("text", TEXT)
def test_text_between_brackets_is_kept(text):
    assert blank_tags(text) == text


@pytest.mark.parametrize(("text", "blanked"), MARKUP)
def test_known_tags_of_markup_are_blanked(text, blanked):
    assert blank_tags(text) == blanked


@given(
    st.lists(st.sampled_from([*"<>/ a=", "<b>", "</b>", "<br/>", '<a href="x">', "&amp;", "word", "é"])).map("".join)
)
def test_blanked_text_has_the_same_length_and_words(text):
    blanked = blank_tags(text)
    assert len(blanked) == len(text)
    assert all(new in (old, " ") for new, old in zip(blanked, text, strict=True))
    if "<" not in text:
        assert blanked == text


@pytest.mark.parametrize("text", ["<a " * 200_000, "<a" + " " * 500_000, "<a x" * 200_000, "<a " + "x=" * 300_000])
def test_time_is_linear(text):
    blank_tags(text + "<br>")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_saved_models_keep_their_rule_of_tags(version):
    tokenizer = load_tokenizer(FROZEN / version / "classifier")
    text = "not <a stale and dry loaf> bad<br />film"
    assert tokenizer.tokens(text) == ["not", "bad", "film"]
    assert [text[start:end] for start, end in tokenizer.offsets(text)] == ["not", "bad", "film"]
    assert tokenizer.encode_batch([text] * 300) == [tokenizer.encode(text)] * 300


def test_words_between_brackets_are_read():
    tokenizer = WordTokenizer.train(["they call it <a cold supper>", "x < 3"])
    assert tokenizer.tokens("they <a cold supper>") == ["they", "<", "a", "cold", "supper", ">"]
    assert tokenizer.tokens("they <a cold supper><br>") == ["they", "<", "a", "cold", "supper", ">"]
    assert tokenizer.unknown("<a cold supper>") == []
