"""End of a training at a perfect score: only where it lasts, and the loss falls no more."""

from __future__ import annotations

import json

import pytest

from nlprnn.training.perfect_validation import StopWhenPerfect


class FakeTrainer:
    """A trainer that takes note of its end."""

    def __init__(self, folder):
        self.folder = folder
        self.reason = None

    def stop(self, reason):
        self.reason = reason


@pytest.mark.parametrize(
    ("rates", "losses", "ends"),
    [
        ([5, 0, 0], [0.9, 0.5, 0.6], False),  # not perfect for long
        ([5, 0, 0, 0, 0], [0.9, 0.5, 0.4, 0.3, 0.2], False),  # the loss falls
        ([5, 0, 0, 0, 0], [0.9, 0.2, 0.4, 0.3, 0.2], True),
        ([5, 0, 0, 1, 0], [0.9, 0.2, 0.4, 0.3, 0.2], False),
        ([0, 0], [0.2, 0.3], False),
    ],
)
def test_training_ends_where_nothing_can_improve(tmp_path, rates, losses, ends):
    records = [{"step": 1, "loss": 2.0}]
    records += [
        {"step": step, "validation": {"wer": float(rate), "loss": loss}}
        for step, (rate, loss) in enumerate(zip(rates, losses, strict=True), start=2)
    ]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    trainer = FakeTrainer(tmp_path)
    StopWhenPerfect("wer", 0.0).on_validation(trainer, {}, best=False)
    assert (trainer.reason is not None) == ends
    if ends:
        assert trainer.reason == "wer 0 and no lower loss in 3 validations"
