from __future__ import annotations

import sys
from xml.etree import ElementTree

import pytest

from nlprnn.errors import OptionError
from nlprnn.interpret import Line, Panel, plot_lines


@pytest.fixture
def panels():
    lines = [Line("loss", [1, 2], [0.5, 0.1]), Line("loss", [1, 2], [0.4, 0.2]), Line("other", [1, 2], [0.3, 0.3], "o")]
    return [
        Panel("Left", "update", "nats", lines, log=True, levels={"chance": 0.25}),
        Panel("Right", "x", "y", lines[:1]),
    ]


def test_picture_has_titles_labels_and_each_name_once(panels, tmp_path, monkeypatch):
    import matplotlib

    monkeypatch.setitem(matplotlib.rcParams, "svg.fonttype", "none")
    plot_lines(panels, tmp_path / "new" / "curves.svg")
    root = ElementTree.parse(tmp_path / "new" / "curves.svg").getroot()
    texts = [text for text in root.itertext() if text.strip()]
    for text in ("Left", "Right", "update", "nats", "chance", "other"):
        assert texts.count(text) == 1, text
    assert texts.count("loss") == 2  # once in each panel


def test_other_suffixes_and_missing_matplotlib_are_one_sentence(panels, tmp_path, monkeypatch):
    with pytest.raises(OptionError, match=r"curves is no name of a picture.*\.png, \.pdf, \.svg"):
        plot_lines(panels, tmp_path / "curves")
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(OptionError, match=r"pip install \"nlprnn\[plot\]\""):
        plot_lines(panels, tmp_path / "curves.png")
