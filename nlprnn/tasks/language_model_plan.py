"""The plan of a language model: what is chosen from the text wherever an option is not given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nlprnn.experiment.plan import Plan
from nlprnn.tasks.diversity import Diversity
from nlprnn.tasks.language_model import LanguageModelOptions

_LARGE = 150.0
"""Kilobytes, compressed, from which a text teaches two layers of 512; Tiny Shakespeare has 295."""

_LARGE_EPOCHS = 8
_LARGE_READ = 8_000_000
"""Passes over such a text at least, and characters that they read at least: those of Tiny Shakespeare."""

_READ_PER_KILOBYTE = 40_000
"""Characters read in all passes for each compressed kilobyte of a smaller text. With 8 passes over Tiny Shakespeare it
is 27,000; the sample `stories` has a loss of 0.44 after one pass and 0.26 after two (20,000 and 41,000)."""

_LEAST_READ = 1_000_000
"""Characters read in all passes at least."""

_EPOCHS = (2, 40)
"""Fewest and most passes over a smaller text."""


@dataclass(frozen=True, kw_only=True)
class LanguageModelPlan(Plan):
    """Hyperparameters of a language model, beside those of every plan.

    Attributes:
        diversity: of the training text.
        vocab_size: V, at most, of words or subwords.
        embedding_size: E, of the tokens.
        hidden_size: H, of a recurrent layer.
        num_layers: number of recurrent layers.
        dropout: probability, of each layer's outputs.
        batch_size: B, streams of text read in parallel.
        bptt: T, tokens of a window.
        ema: decay of the moving average of the weights; 0 = none.
    """

    diversity: Diversity
    vocab_size: int
    embedding_size: int
    hidden_size: int
    num_layers: int
    dropout: float
    batch_size: int
    bptt: int
    ema: float

    def describe(self) -> str:
        """Return one line on the text and on the training that is planned for it."""
        text = f"{self.diversity.characters:,} characters, {self.diversity.describe()}"
        layers = f"{self.num_layers} layer{'s' * (self.num_layers > 1)} of {self.hidden_size}"
        return f"{text}: {layers}, {self.batch_size} windows of {self.bptt}, {self.describe_length()}"


def plan_language_model(documents: Sequence[str], options: LanguageModelOptions) -> LanguageModelPlan:
    """Plan the training of a language model.

    Args:
        documents: to train on.
        options: those that are given replace the rules.
    """
    diversity = Diversity.of(documents)
    large = diversity.kilobytes >= _LARGE
    usual_tokens = 32 * 128 if large else 16 * 64
    batch_size = options.batch_size or (32 if large else 16)
    bptt = options.bptt or (128 if large else 64)
    rules = LanguageModelPlan(
        diversity=diversity,
        vocab_size=8000,
        embedding_size=128 if large else 64,
        hidden_size=512 if large else 256,
        num_layers=2 if large else 1,
        dropout=0.1 if diversity.closed and not large else 0.3,
        batch_size=batch_size,
        bptt=bptt,
        ema=0.995 if large else 0.99,
        learning_rate=(3e-3 if large else 5e-3) * math.sqrt(batch_size * bptt / usual_tokens),
        epochs=_epochs(diversity),
        patience=5,
    )
    return rules.with_given(options)


def _epochs(diversity: Diversity) -> int:
    characters = max(1, diversity.characters)
    if diversity.kilobytes >= _LARGE:
        return max(_LARGE_EPOCHS, round(_LARGE_READ / characters))
    read = max(_LEAST_READ, _READ_PER_KILOBYTE * diversity.kilobytes)
    return round(min(max(read / characters, _EPOCHS[0]), _EPOCHS[1]))
