"""The plan of a tagger: what is chosen from the data wherever an option is not given.

`plan_tagging` holds the rules, each with the measurement behind it. An option that is given replaces its rule, and the
rules that follow from it (the learning rate from the batch size, the epochs from both) take the given value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from nlprnn.experiment.plan import Plan, batch_size_for, half_standard_error, whole_epochs
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions

_EPOCHS = 12
"""Epochs of a training that is neither short nor long. WNUT17: validation F1 is 36.8 after 5, 42.6 after 11."""

_UPDATES = 1500
"""Updates that few sentences need at least. The sample: validation F1 98.6 after 1,000, 98.8 after 1,900."""

_TOKENS = 3e6
"""Words of all epochs: some ten minutes on one core at 5,000 words a second."""

_WORD_DROPOUT, _EMBEDDING_SIZE = 0.8, 25
"""With pretrained vectors: the network relies on them, and so reads names that training has not shown. WNUT17: the
validation loss falls to 0.188 nats a word with these, to 0.204 with 0.6 and 50 and less locked dropout."""


@dataclass(frozen=True, kw_only=True)
class TaggingPlan(Plan):
    """Hyperparameters of a tagger, beside those of every plan.

    Attributes:
        sentences: number of training sentences.
        tags: number of tags.
        words: mean number of words of a training sentence.
        batch_size: in sentences.
        min_frequency: frequency below which a word is unknown.
        embedding_size: E, size of the trained word embeddings.
        character_size: size of the character embeddings and of the character network.
        hidden_size: H, of a recurrent layer, in each direction.
        word_dropout: probability of replacing a word by <unk>.
    """

    sentences: int
    tags: int
    words: float
    batch_size: int
    min_frequency: int
    embedding_size: int
    character_size: int
    hidden_size: int
    word_dropout: float

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        sentences = f"{self.sentences:,} sentences, {self.tags} tags, {self.words:.0f} words each"
        return f"{sentences}: batches of {self.batch_size}, {self.describe_length()}"


def plan_tagging(data: TaggedSentences, options: TaggingOptions) -> TaggingPlan:
    """Plan the training of a tagger.

    Args:
        data: its training sentences.
        options: those that are given replace the rules.
    """
    train, validation = data.splits["train"].tokens, data.splits["validation"].tokens
    tokens = max(1, sum(map(len, train)))
    batch_size = options.batch_size or batch_size_for(len(train))
    epochs = min(max(_EPOCHS, _UPDATES * batch_size / len(train)), _TOKENS / tokens)
    rules = TaggingPlan(
        sentences=len(train),
        tags=len(data.labels),
        words=tokens / len(train),
        batch_size=batch_size,
        learning_rate=5e-3 * math.sqrt(batch_size / 16),
        epochs=whole_epochs(epochs),
        tolerance=half_standard_error(len(validation)),
        min_frequency=2,
        embedding_size=_EMBEDDING_SIZE if options.vectors else 100,
        character_size=50,
        hidden_size=100,
        word_dropout=_WORD_DROPOUT if options.vectors else 0.3,
    )
    return rules.with_given(options)
