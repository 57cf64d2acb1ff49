"""The plot of attention, and its fonts."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from nlprnn.interpret import attention_plot
from nlprnn.interpret.attention_plot import plot_attention
from nlprnn.interpret.word_alignment import WordAttention

SERIF_ONLY = "\u1d15"
"""A letter that comes with matplotlib in DejaVu Serif, and not in DejaVu Sans."""


@pytest.fixture
def only_own_fonts(monkeypatch):
    """Matplotlib's own DejaVu fonts alone, whatever is installed."""
    own = [entry for entry in fontManager.ttflist if "mpl-data" in entry.fname and entry.name.startswith("DejaVu")]
    monkeypatch.setattr(fontManager, "ttflist", own)


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """Draw words with some attention; return the axes, and the file."""
    drawn = []
    save = Figure.savefig

    def keep(figure, *arguments, **options):
        drawn.append(figure)
        return save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", keep)

    def call(source, target, name="a.png"):
        weights = np.random.default_rng(0).dirichlet(np.ones(len(source)), len(target))
        plot_attention(WordAttention(source, target, weights), tmp_path / name)
        axes = drawn[-1].axes[0]
        np.testing.assert_array_equal(axes.images[0].get_array(), weights)
        return axes, tmp_path / name

    return call


@pytest.mark.parametrize(
    ("name", "begin"), [("a.png", b"\x89PNG"), ("a.PNG", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.svg", b"<?xml")]
)
def test_suffix_determines_the_format(draw, name, begin):
    _, path = draw(["a", "dog", "</s>"], ["ein", "Hund"], name)
    assert path.read_bytes().startswith(begin)


def test_source_is_horizontal_and_target_vertical(draw):
    source, target = ["a", "dog", "costs", "$5", "or", "$6", "</s>"], ["ein", "Hund", "$x$", "_^\\frac"]
    axes, _ = draw(source, target)
    assert [label.get_text() for label in axes.get_xticklabels()] == source
    assert [label.get_text() for label in axes.get_yticklabels()] == target
    assert not any(label.get_parse_math() for label in [*axes.get_xticklabels(), *axes.get_yticklabels()])
    assert not axes.xaxis_inverted()
    assert axes.yaxis_inverted()  # the first word stands above


def test_right_to_left_words_start_at_the_right(draw):
    arabic, english = ["مرحبا", "بالعالم", "!", "</s>"], ["hello", "world", "!"]
    axes, _ = draw(arabic, english)
    assert axes.xaxis_inverted()
    assert axes.yaxis.get_ticks_position() == "left"
    axes, _ = draw([*english, "</s>"], arabic[:3])
    assert not axes.xaxis_inverted()
    assert axes.yaxis.get_ticks_position() == "right"


def test_many_and_long_words_fit(draw, monkeypatch):
    monkeypatch.setattr(attention_plot, "_MAX_SIZE", 5.0)
    axes, path = draw([f"word{number}" for number in range(30)], ["x" * 500, "b"])
    assert len(axes.get_yticklabels()[0].get_text()) < 30
    assert axes.figure.get_figwidth() < 10
    assert path.stat().st_size > 0


@pytest.mark.parametrize("word", ["Donaudampfschifffahrtsge", "W" * 24, "x"])
def test_one_long_word_leaves_room_for_cells(draw, recwarn, word):
    axes, _ = draw([word, "</s>"], [word])
    assert not recwarn.list
    place = axes.get_window_extent()
    assert min(place.width / 2, place.height) > 0.25 * axes.figure.dpi


def test_known_glyphs_give_no_warning(draw, only_own_fonts, recwarn, caplog):
    with caplog.at_level(logging.WARNING):
        draw(["a", "dog", "مرحبا", SERIF_ONLY], ["Hündchen", "собака", "σκύλος"])
    assert not recwarn.list
    assert not caplog.records


def test_missing_glyphs_are_named_once(draw, only_own_fonts):
    with pytest.warns(UserWarning, match=r"no installed font has 你 好 क \(CJK, DEVANAGARI\).*Noto") as caught:
        _, path = draw(["你好", "क", "a"], ["你", "b"])
    assert sum("no installed font" in str(warning.message) for warning in caught) == 1
    assert path.exists()
    with pytest.warns(UserWarning, match=r"\.\.\. \(") as caught:
        draw([chr(code) for code in range(0x4E00, 0x4E10)], ["b"])
    assert len(str(caught[0].message)) < 250
