from __future__ import annotations

import json
import os

import pytest

from nlprnn.training import MetricsLog, read_metrics
from nlprnn.training.files import METRICS_FILE
from nlprnn.training.learning_curve import draw_learning_curve


def test_records_are_appended_and_read_back(tmp_path):
    log = MetricsLog(tmp_path)
    records = [{"step": 1, "loss": 0.25}, {"step": 2, "loss": 0.2, "validation": {"accuracy": 91.5}}]
    for record in records:
        log.write(record)
    assert read_metrics(tmp_path) == records
    assert [json.loads(line) for line in (tmp_path / METRICS_FILE).read_text().splitlines()] == records


def test_truncated_last_record_is_dropped(tmp_path):
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


def test_records_after_the_resumed_step_are_dropped(tmp_path):
    log = MetricsLog(tmp_path)
    for step in (1, 2, 3):
        log.write({"step": step})
    MetricsLog(tmp_path, step=2)
    assert read_metrics(tmp_path) == [{"step": 1}, {"step": 2}]
    MetricsLog(tmp_path)
    assert read_metrics(tmp_path) == []


def test_no_log_gives_no_records(tmp_path):
    assert read_metrics(tmp_path / "nowhere") == []


NOT_OURS = ["3", "null", '"step"', "[]", "{}", '{"step": "1"}', '{"step": true}', '{"step": 1, "loss": "low"}']
NOT_OURS += ['{"step": 1, "validation": []}', '{"step": 1, "validation": {"loss": null}}']


@pytest.mark.parametrize("line", NOT_OURS)
def test_json_that_is_no_record_is_left_out(tmp_path, line):
    log = MetricsLog(tmp_path)
    with log.path.open("a") as file:
        file.write(f"{line}\n")
    log.write({"step": 2, "loss": 1.0, "validation": {"accuracy": 50.0}})
    log.write({"step": 3, "validation": {"loss": 0.5}})
    assert [record["step"] for record in read_metrics(tmp_path)] == [2, 3]
    MetricsLog(tmp_path, step=2)
    assert [record["step"] for record in read_metrics(tmp_path)] == [2]


def test_records_with_gaps_are_drawn(tmp_path):
    log = MetricsLog(tmp_path)
    log.write({"step": 2, "loss": 1.0, "validation": {"loss": 1.0, "accuracy": 50.0}})
    log.write({"step": 3, "validation": {"accuracy": 60.0}})
    assert draw_learning_curve(tmp_path).is_file()


def test_pipe_and_endless_nesting_are_no_log(tmp_path):
    (tmp_path / METRICS_FILE).write_text("[" * 100_000)
    assert read_metrics(tmp_path) == []
    (tmp_path / METRICS_FILE).unlink()
    os.mkfifo(tmp_path / METRICS_FILE)
    assert read_metrics(tmp_path) == []
