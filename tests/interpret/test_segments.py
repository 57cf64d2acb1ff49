"""Texts in pieces that carry scores, and the page of them."""

from __future__ import annotations

from html.parser import HTMLParser

import numpy as np
import pytest

from nlprnn.interpret import Saliency
from nlprnn.interpret.html_report import saliency_report
from nlprnn.interpret.segments import segments, summary


def make(text, spans, scores, *, tokens=None, **options):
    """What `explain` gives, without a model."""
    tokens = tokens or [text[begin:end] for begin, end in spans]
    usual = {"prediction": "good", "label": "good", "probability": 0.75, "logit": 1.1, "baseline": 0.1, "gap": -0.0004}
    marks = {"unknown": [False] * len(scores), "truncated_at": None, **usual, **options}
    return Saliency(text=text, tokens=tokens, spans=spans, scores=np.array(scores, dtype=float), **marks)


def test_segments_join_to_the_text():
    found = segments(make("  The <br/>\nEND!", [(2, 5), (12, 15), (15, 16)], [1.0, -2.0, 0.0]))
    assert [segment[:3] for segment in found] == [
        ("  ", None, 0.0),
        ("The", 1.0, 0.5),
        (" <br/>\n", None, 0.0),
        ("END", -2.0, 1.0),
        ("!", 0.0, 0.0),
    ]


def test_bytes_of_a_character_are_one_segment():
    found = segments(make("a 世b", [(0, 1), (1, 3), (2, 3), (2, 3), (3, 4)], [1, 2, 3, 4, 5], unknown=[0, 0, 1, 0, 0]))
    assert [(segment.text, segment.score) for segment in found] == [("a", 1), (" ", None), ("世", 9), ("b", 5)]
    assert [bool(segment.unknown) for segment in found] == [False, False, True, False]


@pytest.mark.parametrize(
    ("truncated_at", "spans", "told"),
    [
        (2, [(0, 3), (4, 7)], "one two …"),
        (0, [(7988, 7991), (7992, 7999)], "… two two two\n"),
        (1, [(0, 3), (7995, 7999)], "one … two\n"),
        (1, [(0, 3), (7991, 7999)], "one … two two\n"),  # a token that begins with a space
    ],
)
def test_truncation_is_shown_by_an_ellipsis(truncated_at, spans, told):
    text = "one two " * 999 + "two two\n"
    found = segments(make(text, spans, [1, 1], truncated_at=truncated_at))
    assert "".join(segment.text for segment in found) == told
    assert sum(segment.score is not None for segment in found) == 2


def test_truncation_is_shown_without_offsets():
    found = segments(make("a b c", None, [1, 2], tokens=["a", "c"], truncated_at=1))
    assert "".join(segment.text for segment in found) == "a … c"


def test_segments_without_offsets_are_tokens():
    found = segments(make("one two", None, [1, 2], tokens=["▁one", "▁two"]))
    assert [segment.text for segment in found] == ["▁one", " ", "▁two"]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_texts_without_tokens_have_no_scores(text):
    found = segments(make(text, [], []))
    assert "".join(segment.text for segment in found) == text
    assert all(segment.score is None for segment in found)


def test_zero_scores_have_no_strength():
    assert [segment.strength for segment in segments(make("ab", [(0, 1), (1, 2)], [0, 0]))] == [0.0, 0.0]


def test_summary_has_logit_baseline_sum_and_gap():
    line = summary(make("ab", [(0, 1), (1, 2)], [0.5, 0.4996]))
    assert line == "logit +1.100, at the baseline +0.100; scores sum to +1.000 (gap 0.0004)"


class Page(HTMLParser):
    """The tags with their attributes, and the text of each paragraph."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.paragraphs = [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "p":
            self.paragraphs.append("")

    def handle_data(self, data):
        if self.paragraphs and self.tags[-1][0] in ("p", "mark"):
            self.paragraphs[-1] += data


ODD = "<script>alert('1')</script> & \"two\""


def test_html_is_escaped_and_self_contained(tmp_path):
    with saliency_report(tmp_path / "new" / "page.html") as add:
        add(make(ODD, [(0, 8), (8, 20)], [-1, 0.5], label="<b>bad</b>"))
        add(make("فيلم جميل", [(0, 4), (5, 9)], [1, 2], unknown=[True, False]))
        add(make("a\x00\x1b[31mb", [(0, 1)], [1]))
        add(make("", [], [], logit=None))
    page = Page(tmp_path / "new" / "page.html")
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "b"}
    assert not any(key.startswith("on") or key in ("src", "href") for _, own in page.tags for key in own)
    shown = [paragraph.split("\n")[0] for paragraph in page.paragraphs]
    assert shown[:2] == [ODD, "فيلم جميل"]
    assert "\x00" not in page.paragraphs[2]
    assert "\x1b" not in page.paragraphs[2]
    assert [own.get("dir") for name, own in page.tags if name == "p"] == ["auto"] * 4
    marks = [own for name, own in page.tags if name == "mark"][3:]  # after the legend
    assert [own.get("class") for own in marks] == ["against", None, "unknown", None, None]
    assert [own["style"] for own in marks] == ["--s:1.00", "--s:0.50", "--s:0.50", "--s:1.00", "--s:1.00"]
    assert marks[0]["title"] == "-1.0000"


def test_failed_report_leaves_the_old_one(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(AttributeError), saliency_report(path) as add:
        add(None)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
