from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from nlprnn.training import Display
from nlprnn.training import display as display_module
from nlprnn.training.display import format_duration


def plain_display():
    out = io.StringIO()
    return out, Display(Console(file=out, highlight=False, width=200))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (45.2, "45 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 00 min"),
        (7500, "2 h 05 min"),
        (90000, "25 h 00 min"),
    ],
)
def test_format_duration(seconds, text):
    assert format_duration(seconds) == text


def test_without_terminal_a_plain_line_every_30_seconds(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(display_module.time, "monotonic", lambda: now)
    out, display = plain_display()
    with display:
        for now in (1001.0, 1020.0, 1031.0, 1040.0, 1062.0):  # the clock reads it
            display.progress(0.25, "epoch 1/4", ["loss 2.5", f"at {now:.0f}"])
        display.line("epoch 1  [bold] stays as it is")
        display.line("of any length " * 20)
    lines = out.getvalue().splitlines()
    assert lines == [
        "epoch 1/4   25%  loss 2.5   at 1031",
        "epoch 1/4   25%  loss 2.5   at 1062",
        "epoch 1  [bold] stays as it is",
        "of any length " * 20,
    ]


def test_without_terminal_no_control_characters(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(display_module, "_PLAIN_SECONDS", -1.0)
    trainer = tiny.linear_trainer(tmp_path, epochs=2, log_every=4)
    out, trainer.display = plain_display()
    trainer.fit()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out.getvalue())
    shown, first, second = sorted(out.getvalue().splitlines(), key=lambda line: "validation" in line)
    assert re.fullmatch(r"epoch 2/2 +83%  loss \d\.\d{4}   0 s left   best loss \d\.\d+   [\d,]+ tokens/s", shown)
    assert re.fullmatch(r"epoch 1 +step 6 +training loss \d\.\d{4}   validation loss \d\.\d+   0 s   best", first)
    assert second.startswith("epoch 2 ")


def test_terminal_gets_a_live_line(tmp_path, tiny):
    out = io.StringIO()
    trainer = tiny.linear_trainer(tmp_path, epochs=2)
    trainer.display = Display(Console(file=out, force_terminal=True, width=120))
    trainer.fit()
    assert "\x1b[" in out.getvalue()
    assert "tokens/s" in out.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
def test_the_live_line_fits_its_terminal(width):
    out = io.StringIO()
    figures = ["loss 1.2345", "12 min 30 s left", "best accuracy 98.76", "123,456 tokens/s"]
    with Display(Console(file=out, force_terminal=True, width=width)) as display:
        display.progress(0.5, "epoch 12/400", figures)
        display._bar.refresh()
    lines = [line.strip() for line in re.split(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]", out.getvalue())]
    shown = [figure for figure in figures if any(figure in line for line in lines)]
    assert shown == figures[: {20: 0, 40: 1, 60: 2, 80: 3, 120: 4}[width]]
    assert "epoch 12/400" in out.getvalue()
    assert "…" not in out.getvalue()


@pytest.mark.parametrize(("patience", "count"), [(1, "1 validation "), (2, "2 validations "), (3, None), (9, None)])
def test_early_stop_by_patience_is_printed(tmp_path, tiny, patience, count):
    out, display = plain_display()
    trainer = tiny.linear_trainer(tmp_path, validate=lambda model: {"loss": 1.0}, epochs=4, patience=patience)
    trainer.display = display
    trainer.fit()
    last = out.getvalue().splitlines()[-1]
    assert last.startswith("epoch 4 ") if count is None else last == f"ended early: {count}without a better loss"


def test_a_trainer_prints_on_standard_error(tmp_path, tiny, capsys):
    tiny.linear_trainer(tmp_path, epochs=1, display=None).fit()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("epoch 1 ")


def test_disabled_display_prints_nothing(capsys):
    with Display(enabled=False) as display:
        display.progress(0.5, "epoch", ["text"])
        display.line("text")
    assert capsys.readouterr() == ("", "")
