from __future__ import annotations

import io
import json
import re
import sys

import pytest
from rich.console import Console

from nlprnn.errors import TrainingError
from nlprnn.training import display as display_module
from nlprnn.training.display import Display, duration
from nlprnn.training.learning_curve import CURVE_FILE, draw_learning_curve
from nlprnn.training.metrics_log import METRICS_FILE, MetricsLog, read_metrics


def plain_display():
    out = io.StringIO()
    return out, Display(Console(file=out, highlight=False, width=200))


def test_lines_are_appended_and_read_back(tmp_path):
    log = MetricsLog(tmp_path)
    records = [{"step": 1, "loss": 0.25}, {"step": 2, "loss": 0.2, "validation": {"accuracy": 91.5}}]
    for record in records:
        log.write(record)
    assert read_metrics(tmp_path) == records
    assert [json.loads(line) for line in (tmp_path / METRICS_FILE).read_text().splitlines()] == records


def test_a_last_line_cut_off_by_a_crash_is_left_out_and_the_log_goes_on_without_it(tmp_path):
    log = MetricsLog(tmp_path)
    for step in (1, 2, 3):
        log.write({"step": step, "loss": 1.5})
    path = tmp_path / METRICS_FILE
    whole = path.read_bytes()
    for cut in range(1, len(whole) // 3 - 1):
        path.write_bytes(whole[:-cut])
        assert [record["step"] for record in read_metrics(tmp_path)] == ([1, 2, 3] if cut == 1 else [1, 2])
    MetricsLog(tmp_path, step=2).write({"step": 3, "loss": 1.0})
    assert read_metrics(tmp_path)[2:] == [{"step": 3, "loss": 1.0}]
    path.write_bytes(whole + b'{"step": 4, "\xff\x00')
    assert len(read_metrics(tmp_path)) == 3


def test_lines_after_the_step_to_resume_from_are_dropped_and_a_new_run_begins_empty(tmp_path):
    log = MetricsLog(tmp_path)
    for step in (1, 2, 3):
        log.write({"step": step})
    MetricsLog(tmp_path, step=2)
    assert read_metrics(tmp_path) == [{"step": 1}, {"step": 2}]
    MetricsLog(tmp_path)
    assert read_metrics(tmp_path) == []


def test_no_log_gives_no_records(tmp_path):
    assert read_metrics(tmp_path / "nowhere") == []


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
def test_durations_read_as_people_write_them(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "records",
    [
        [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}],
        [{"step": 1, "loss": 2.0, "validation": {"loss": 1.5}}],
        [{"step": 1, "loss": 2.0, "validation": {"accuracy": 50.0}}],
        [{"step": s, "loss": 1 / s, "validation": {"accuracy": s, "f1": s, "loss": 1.0}} for s in (1, 2, 3)],
    ],
    ids=["training loss alone", "losses alone", "scores alone", "losses and scores"],
)
def test_the_learning_curve_is_a_picture(tmp_path, records):
    log = MetricsLog(tmp_path)
    for record in records:
        log.write(record)
    path = draw_learning_curve(tmp_path)
    assert path == tmp_path / CURVE_FILE
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == [CURVE_FILE, METRICS_FILE]


def test_there_is_no_learning_curve_of_nothing(tmp_path):
    MetricsLog(tmp_path)
    assert draw_learning_curve(tmp_path) is None
    assert not (tmp_path / CURVE_FILE).exists()


def test_without_a_terminal_plain_lines_are_printed_now_and_then(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(display_module.time, "monotonic", lambda: now)
    out, display = plain_display()
    with display:
        for now in (1001.0, 1020.0, 1031.0, 1040.0, 1062.0):  # the clock reads it
            display.progress(0.25, "epoch 1/4", f"loss 2.5   at {now:.0f}")
        display.line("epoch 1  [bold] stays as it is")
    lines = out.getvalue().splitlines()
    assert lines == [
        "epoch 1/4   25%  loss 2.5   at 1031",
        "epoch 1/4   25%  loss 2.5   at 1062",
        "epoch 1  [bold] stays as it is",
    ]


def test_without_a_terminal_a_training_prints_no_control_characters(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(display_module, "_PLAIN_SECONDS", -1.0)
    trainer = tiny.linear_trainer(tmp_path, epochs=2, log_every=4)
    out, trainer.display = plain_display()
    trainer.fit()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out.getvalue())
    shown, first, second = sorted(out.getvalue().splitlines(), key=lambda line: "validation" in line)
    assert re.fullmatch(r"epoch 2/2 +83%  loss \d\.\d{4}   [\d,]+ tokens/s   0 s left   best loss \d\.\d+", shown)
    assert re.fullmatch(r"epoch 1 +step 6 +training loss \d\.\d{4}   validation loss \d\.\d+   0 s   best", first)
    assert second.startswith("epoch 2 ")


def test_a_terminal_gets_a_live_line(tmp_path, tiny):
    out = io.StringIO()
    trainer = tiny.linear_trainer(tmp_path, epochs=2)
    trainer.display = Display(Console(file=out, force_terminal=True, width=120))
    trainer.fit()
    assert "\x1b[" in out.getvalue()
    assert "tokens/s" in out.getvalue()


@pytest.mark.parametrize(("patience", "told"), [(1, "1 validation "), (2, "2 validations "), (3, None), (9, None)])
def test_a_training_that_patience_ends_before_its_time_says_so(tmp_path, tiny, patience, told):
    out, display = plain_display()
    trainer = tiny.linear_trainer(tmp_path, validate=lambda model: {"loss": 1.0}, epochs=4, patience=patience)
    trainer.display = display
    trainer.fit()
    last = out.getvalue().splitlines()[-1]
    assert last.startswith("epoch 4 ") if told is None else last == f"ended early: {told}without a better loss"


def test_a_display_that_is_off_prints_nothing(capsys):
    with Display(enabled=False) as display:
        display.progress(0.5, "epoch", "text")
        display.line("text")
    assert capsys.readouterr() == ("", "")


def test_tensorboard_files_are_written_when_asked_for(tmp_path, tiny):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tiny.linear_trainer(tmp_path / "without").fit()
    assert not (tmp_path / "without" / "tensorboard").exists()
    tiny.linear_trainer(tmp_path / "with", tensorboard=True).fit()
    events = EventAccumulator(str(tmp_path / "with" / "tensorboard")).Reload()
    records = read_metrics(tmp_path / "with")
    assert [(e.step, pytest.approx(e.value)) for e in events.Scalars("loss")] == [
        (r["step"], r["loss"]) for r in records
    ]
    scored = [(r["step"], r["validation"]["loss"]) for r in records if "validation" in r]
    assert [(e.step, pytest.approx(e.value)) for e in events.Scalars("validation/loss")] == scored


def test_a_missing_tensorboard_is_told_with_the_mend(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(TrainingError, match=r'pip install "nlprnn\[tensorboard\]"'):
        MetricsLog(tmp_path, tensorboard=True)
