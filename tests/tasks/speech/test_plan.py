"""The plan of a recognizer: epochs by updates, smaller batches of few clips, more updates for connected words."""

from __future__ import annotations

import pytest

from nlprnn.tasks.speech.options import SpeechOptions
from nlprnn.tasks.speech.plan import plan_speech


@pytest.mark.parametrize(
    ("clips", "options", "batch_size", "epochs"),
    [
        (352, {}, 16, 32),
        (160, {}, 8, 35),
        (20, {}, 4, 40),
        (2430, {}, 32, 14),
        (2430, {"concatenate": 7}, 32, 40),
        (100_000, {}, 32, 10),
        (352, {"batch_size": 8, "epochs": 5}, 8, 5),
    ],
)
def test_length_is_counted_in_updates(clips, options, batch_size, epochs):
    plan = plan_speech(clips, 60.0, SpeechOptions(**options))
    assert (plan.batch_size, plan.epochs) == (batch_size, epochs)
    assert f"batches of {batch_size}, up to {epochs} epochs" in plan.describe()
