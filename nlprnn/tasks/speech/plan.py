"""The plan of a speech recognizer: what is chosen from the recordings wherever an option is not given."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.experiment.plan import EPOCHS, Plan, whole_epochs
from nlprnn.tasks.speech.options import SpeechOptions

_UPDATES = 1100
"""Updates of a training. Spoken digits: 14 passes over 2,430 clips in batches of 32."""

_CONNECTED_UPDATES = 3000
"""The same where clips are concatenated: which sound belongs to which word is more to learn."""

_FEW_UPDATES = 700
"""The same with few clips. The sample: 32 passes over 352 clips in batches of 16, no error in validation after 13."""

_FEW_CLIPS = 1000
"""Clips below which batches are smaller, so that few passes over the data have updates enough."""

_SMALLEST_BATCH = 4
"""Twenty clips of each of ten words: in batches of 16 the 40 passes of a plan end far from the minimum."""

_LEAST_EPOCHS = 10
"""Passes over many clips, which as many updates as few clips need would read once or twice; patience may end them."""

_PATIENCE = 10


@dataclass(frozen=True, kw_only=True)
class SpeechPlan(Plan):
    """Hyperparameters of a speech recognizer, beside those of every plan.

    Attributes:
        clips: number of training clips.
        minutes: of sound in all.
        batch_size: in clips.
    """

    clips: int
    minutes: float
    batch_size: int

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        data = f"{self.clips:,} clips, {self.minutes:.1f} minutes"
        return f"{data}: batches of {self.batch_size}, {self.describe_length()}"


def plan_speech(clips: int, seconds: float, options: SpeechOptions) -> SpeechPlan:
    """Plan the training of a speech recognizer.

    Args:
        clips: number of training clips.
        seconds: of sound in all.
        options: those that are given replace the rules.
    """
    updates = _FEW_UPDATES if clips < _FEW_CLIPS else _UPDATES
    batch_size = 16 if clips < _FEW_CLIPS else 32
    while batch_size > _SMALLEST_BATCH and updates * batch_size > EPOCHS[1] * clips:
        batch_size //= 2
    batch_size = options.batch_size or batch_size
    if options.concatenate > 1:
        updates = _CONNECTED_UPDATES
    rules = SpeechPlan(
        clips=clips,
        minutes=seconds / 60,
        batch_size=batch_size,
        learning_rate=5e-3,
        epochs=max(_LEAST_EPOCHS, whole_epochs(updates * batch_size / max(1, clips))),
        patience=_PATIENCE,
    )
    return rules.with_given(options)
