"""What notebooks show: the whole text, escaped, and nothing that loads or runs."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.html_fragments import escaped, grid
from nlprnn.interpret import WordAttention, explain
from nlprnn.pipelines import Span, TaggedText

HARMFUL = '<script>alert("x")</script> & <b>good</b>'


class Page(HTMLParser):
    """The text and the tags of a piece of HTML, which must be balanced."""

    def __init__(self, html):
        super().__init__()
        self.text, self.tags, self.titles, self._open = "", [], [], []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._open.append(tag)
        self.titles += [value for name, value in attrs if name == "title"]
        assert {name for name, _ in attrs} <= {"style", "title", "dir", "scope"}

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text += data


@settings(max_examples=25)
@given(st.text())
def test_text_is_escaped(text):
    page = Page(f"<p>{escaped(text)}</p>")
    assert page.tags == ["p"]
    assert "".join(page.text.split()) == "".join(escaped_text(text).split())


def escaped_text(text):
    return "".join("\ufffd" if escaped(one) == "\ufffd" else one for one in text)


@pytest.mark.parametrize("method", ["integrated-gradients", "gradient-x-input"])
def test_explanation_shows_its_text(make_classifier, method):
    (saliency,) = explain(make_classifier(), [f"the cat {HARMFUL} mat"], method=method)
    page = Page(saliency._repr_html_())
    assert page.text.startswith(saliency.text)
    assert f"{saliency.label} {saliency.probability:.1%}" in page.text
    assert set(page.tags) == {"div", "mark"}
    assert len(page.titles) == page.tags.count("mark") > 0


def test_tagged_text_shows_spans_or_words():
    spans = [Span("PER<", "<b>", 4, 7, 1, 1)]
    tagged = TaggedText("see <b> go", ["see", "<b>", "go"], ["O", "B-PER<", "O"], [(0, 3), (4, 7), (8, 10)], spans)
    page = Page(tagged._repr_html_())
    assert page.text == "see <b> PER< go"
    assert page.tags.count("mark") == 1
    words = TaggedText("a b", ["a", "b"], ["X", "Y"], [(0, 1), (2, 3)], [])
    assert Page(words._repr_html_()).text == "a X b Y"
    plain = TaggedText("a b", ["a", "b"], ["O", "O"], [(0, 1), (2, 3)], [])
    assert "mark" not in Page(plain._repr_html_()).tags


def test_attention_is_a_grid():
    attention = WordAttention(["a", "<b>"], ["x", "y", "z"], np.array([[0.25, 0.75], [1.0, 0.0], [0.5, 0.5]]))
    page = Page(attention._repr_html_())
    assert page.tags.count("td") == 7
    assert page.titles == ["0.250", "0.750", "1.000", "0.000", "0.500", "0.500"]
    assert page.text == "a<b>xyz"
    assert Page(grid([], ["a"], [])).text == "a"
