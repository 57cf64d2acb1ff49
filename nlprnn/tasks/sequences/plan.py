"""The plan of a model of feature sequences: what is chosen from the data wherever an option is not given."""

from __future__ import annotations

from dataclasses import dataclass

from nlprnn.experiment.plan import Plan, half_standard_error
from nlprnn.tasks.sequences.data import SequenceData
from nlprnn.tasks.sequences.options import SequenceOptions

_UPDATES = (700, 0.25)
"""Updates of a training at most, without sequences and for each of them. Sample `gestures`, 360 sequences: validation
accuracy 95.8 after 138 updates, 97.5 after 276, and not above in 460."""

_EPOCHS = (5, 80)


@dataclass(frozen=True, kw_only=True)
class SequencePlan(Plan):
    """Hyperparameters of a model of feature sequences, beside those of every plan.

    Attributes:
        sequences: of the training split.
        steps: mean number of steps of one.
        num_features: D, of a step.
        truncated: number of sequences that are longer than the model reads.
        projection_size: outputs of the layer on the features of each step.
        hidden_size: H, of a recurrent layer, in each direction.
        noise: of training sequences, in standard deviations of a feature.
        batch_size: in sequences.
    """

    sequences: int
    steps: float
    num_features: int
    truncated: int
    projection_size: int
    hidden_size: int
    noise: float
    batch_size: int

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        data = f"{self.sequences:,} sequences of {self.steps:.0f} steps, {self.num_features} features"
        data += f", {self.truncated:,} truncated (--max-length)" if self.truncated else ""
        return f"{data}: batches of {self.batch_size}, {self.describe_length()}"


def plan_sequences(data: SequenceData, options: SequenceOptions) -> SequencePlan:
    """Plan the training of a model of feature sequences.

    Args:
        data: its training sequences.
        options: those that are given replace the rules.
    """
    train = data.splits["train"]
    sequences, features = len(train), len(train.names)
    batch_size = options.batch_size or (16 if sequences < 2_000 else 32 if sequences < 20_000 else 64)
    epochs = round((_UPDATES[0] + _UPDATES[1] * sequences) * batch_size / sequences)
    rules = SequencePlan(
        sequences=sequences,
        steps=float(train.values.lengths.mean()),
        num_features=features,
        truncated=int((train.values.lengths > options.max_length).sum()),
        projection_size=32 if features <= 8 else 64 if features <= 64 else 128,
        hidden_size=48 if sequences < 2_000 else 96,
        noise=0.1,
        batch_size=batch_size,
        learning_rate=5e-3 if batch_size < 32 else 4e-3,
        epochs=min(max(epochs, _EPOCHS[0]), _EPOCHS[1]),
        patience=12,
        tolerance=half_standard_error(len(data.splits["validation"])) if data.labels else 0.0,
    )
    return rules.with_given(options)
