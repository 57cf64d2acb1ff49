"""Records of a training run for programs, and its clocks in them."""

from __future__ import annotations

from nlprnn.metrics import LOSS
from nlprnn.training import Display
from nlprnn.training.progress import ProgressReporter
from nlprnn.training.state import TrainingState


def test_a_record_counts_since_the_last_one(tmp_path):
    state = TrainingState(
        step=40, epoch=1.25, seconds=90.0, logged_seconds=60.0, loss_sum=8.0, loss_steps=4, tokens=600
    )
    state.gradient_norm = 0.5
    reporter = ProgressReporter(state, Display(enabled=False), None, metric=LOSS, epochs=2)
    record = reporter.record(0.01)
    assert record.pop("peak_memory_mb") > 50  # torch alone has more
    assert record == {
        "step": 40,
        "epoch": 1.25,
        "loss": 2.0,
        "learning_rate": 0.01,
        "gradient_norm": 0.5,
        "tokens_per_second": 20.0,
        "minutes": 1.5,
    }
    reporter.write(reporter.record(0.01))
    assert reporter.record(0.01)["loss"] == 2.0  # right after one, its own
    assert (state.loss_steps, state.tokens, state.logged_seconds) == (0, 0, 90.0)
