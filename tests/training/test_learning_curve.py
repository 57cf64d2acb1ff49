from __future__ import annotations

import pytest

from nlprnn.training import MetricsLog, draw_learning_curve
from nlprnn.training.files import CURVE_FILE, METRICS_FILE


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
def test_learning_curve_is_a_png(tmp_path, records):
    log = MetricsLog(tmp_path)
    for record in records:
        log.write(record)
    path = draw_learning_curve(tmp_path)
    assert path == tmp_path / CURVE_FILE
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == [CURVE_FILE, METRICS_FILE]


def test_no_records_give_no_learning_curve(tmp_path):
    MetricsLog(tmp_path)
    assert draw_learning_curve(tmp_path) is None
    assert not (tmp_path / CURVE_FILE).exists()
