"""The plan of a tagger: what is chosen from the data wherever an option is not given.

`plan_tagging` holds the rules, each with the measurement behind it. An option that is given replaces its rule, and the
rules that follow from it (the learning rate from the batch size, the epochs from both) take the given value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from nlprnn.errors import OptionError
from nlprnn.experiment.plan import PATIENCE, Plan, batch_size_for, half_standard_error, whole_epochs
from nlprnn.tasks.adaptation.start import Start
from nlprnn.tasks.tagging import TaggedSentences, TaggingOptions

_EPOCHS = 12
"""Epochs of a training that is neither short nor long. WNUT17: validation F1 is 36.8 after 5, 42.6 after 11."""

_UPDATES = 1500
"""Updates that few sentences need at least. The sample: validation F1 98.6 after 1,000, 98.8 after 1,900."""

_TOKENS = 3e6
"""Words of all epochs: some ten minutes on one core at 5,000 words a second."""

_BRANCHES, _BRANCH_EPOCHS, _BRANCH_UPDATES = 4, 6, 1000
"""With the weights of a trained tagger: branches, and what each needs at least. WNUT17, branches of 1,284 updates: the
test F1 is 39.8, and 37.8 of one training of 12 epochs; that on texts of other sources 72.6 and 67.9."""

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
        branches: trainings from the same weights, one after another, whose weights are averaged.
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
    branches: int = 1

    @property
    def length(self) -> dict[str, Any]:
        """What limits the training and selects its weights, by the names of `TrainingOptions`."""
        return {**super().length, "branches": self.branches}

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        sentences = f"{self.sentences:,} sentences, {self.tags} tags, {self.words:.0f} words each"
        branches = f"; mean of {self.branches} trainings from the same weights" if self.branches > 1 else ""
        return f"{sentences}: batches of {self.batch_size}, {self.describe_length()}{branches}"


def plan_tagging(data: TaggedSentences, options: TaggingOptions, start: Start[Any] | None = None) -> TaggingPlan:
    """Plan the training of a tagger.

    Args:
        data: its training sentences.
        options: those that are given replace the rules.
        start: a trained tagger; where its tags are not kept, trainings from its weights are averaged.

    Raises:
        OptionError: branches are given without such a start.
    """
    takes_branches = start is not None and not start.goes_on
    if options.branches is not None and options.branches > 1 and not takes_branches:
        raise OptionError("--branches averages trainings that start from the bundled tagger names: leave it out here")
    chooses_branches = takes_branches and options.branches is None
    train, validation = data.splits["train"].tokens, data.splits["validation"].tokens
    tokens = max(1, sum(map(len, train)))
    batch_size = options.batch_size or batch_size_for(len(train))
    most = _TOKENS / tokens
    epochs = min(max(_EPOCHS, _UPDATES * batch_size / len(train)), most)
    if chooses_branches and _allow_branches(min(_BRANCHES * _BRANCH_EPOCHS, most), len(train) / batch_size):
        epochs = max(epochs, _BRANCHES * _BRANCH_EPOCHS)
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
    plan = rules.with_given(options)
    if chooses_branches and _allow_branches(plan.epochs, len(train) / batch_size):
        plan = replace(plan, branches=_BRANCHES)
    if plan.branches > 1 and options.patience is None:  # a branch begins worse than the last one ended
        plan = replace(plan, patience=max(PATIENCE, 2 * math.ceil(plan.epochs / plan.branches)))
    return plan


def _allow_branches(epochs: float, updates: float) -> bool:
    """Return whether epochs of a number of updates each are enough for all branches."""
    return epochs >= _BRANCHES * _BRANCH_EPOCHS and epochs * updates >= _BRANCHES * _BRANCH_UPDATES
