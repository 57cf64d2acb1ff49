"""The plan of a translation model: what is chosen from the sentence pairs wherever an option is not given."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nlprnn.experiment.plan import Plan, whole_epochs
from nlprnn.tasks.diversity import Diversity
from nlprnn.tasks.translation import SentencePairs, TranslatorOptions
from nlprnn.text.word_rules import is_unspaced

_LARGE = 300.0
"""Kilobytes of both sides, compressed, from which pairs teach a decoder of 512; the 29,000 of Multi30k have 883."""

_LARGE_EPOCHS = 30

_MANY_SUBWORDS = 100_000
"""Subwords of both sides from which batches have 1,024 of them."""

_READ_PER_KILOBYTE = 30_000
"""Subwords read in all passes for each compressed kilobyte: as many as in 30 passes over Multi30k."""

_READ_PER_KILOBYTE_CLOSED = 11_000
"""The same where the vocabulary is closed. Of 12 passes over the sample `translation`, the sixth, eighth and tenth have
91.7, 92.4 and 92.8 BLEU in validation; seven are two minutes."""

_LEAST_READ = 1_000_000
"""Subwords read in all passes at least."""


@dataclass(frozen=True, kw_only=True)
class TranslationPlan(Plan):
    """Hyperparameters of a translation model, beside those of every plan.

    Attributes:
        pairs: number of training pairs.
        diversity: of both sides of the training pairs.
        vocab_size: V, at most, of subwords.
        embedding_size: E, of the subwords.
        encoder_size: H, of an encoder layer, in each direction.
        decoder_size: H, of a decoder layer.
        dropout: probability, between layers and on decoder outputs.
        embedding_dropout: probability, of the subword embeddings.
        word_dropout: probability of replacing a subword by <unk>.
        batch_tokens: of both sides of a batch, padding included.
        ema: decay of the moving average of the weights; 0 = none.
    """

    pairs: int
    diversity: Diversity
    vocab_size: int
    embedding_size: int
    encoder_size: int
    decoder_size: int
    dropout: float
    embedding_dropout: float
    word_dropout: float
    batch_tokens: int
    ema: float

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        words = self.diversity.words / max(1, 2 * self.pairs)
        data = f"{self.pairs:,} pairs, {words:.0f} words each, {self.diversity.describe()}"
        sizes = f"encoder {self.encoder_size}, decoder {self.decoder_size}"
        return f"{data}: {sizes}, batches of {self.batch_tokens:,} subwords, {self.describe_length()}"


def plan_translation(pairs: SentencePairs, options: TranslatorOptions) -> TranslationPlan:
    """Plan the training of a translation model.

    Args:
        pairs: to train on.
        options: those that are given replace the rules.
    """
    sides = [pairs.side("train", name) for name in ("source", "target")]
    texts = [text for pair in zip(*sides, strict=True) for text in pair]
    diversity = Diversity.of(texts)
    large = diversity.kilobytes >= _LARGE
    light = diversity.closed and not large
    subwords = diversity.characters / (1.5 if is_unspaced(texts) else 4.0) + len(texts)
    usual_tokens = 2048 if large else 1024 if subwords >= _MANY_SUBWORDS else 512
    batch_tokens = options.batch_tokens or usual_tokens
    rate = _READ_PER_KILOBYTE_CLOSED if diversity.closed else _READ_PER_KILOBYTE
    read = max(_LEAST_READ, rate * diversity.kilobytes)
    rules = TranslationPlan(
        pairs=len(texts) // 2,
        diversity=diversity,
        vocab_size=4000 if large else 2000,
        embedding_size=256 if large else 128,
        encoder_size=256 if large else 128,
        decoder_size=512 if large else 256,
        dropout=0.1 if light else 0.3,
        embedding_dropout=0.0 if light else 0.2,
        word_dropout=0.0 if light else 0.1,
        batch_tokens=batch_tokens,
        learning_rate=(2e-3 if large else 5e-3) * math.sqrt(batch_tokens / usual_tokens),
        ema=0.998 if large else 0.99,
        epochs=_LARGE_EPOCHS if large else whole_epochs(read / max(1.0, subwords)),
        patience=10,
    )
    return rules.with_given(options)
