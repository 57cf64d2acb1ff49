"""The plan of a text model: what is chosen from the data wherever an option is not given.

`plan_text` holds the rules, each with the measurement behind it. An option that is given replaces its rule, and the
rules that follow from it (the learning rate from the batch size, the epochs from both) take the given value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from nlprnn.experiment.plan import Plan, batch_size_for, half_standard_error, whole_epochs
from nlprnn.tasks.labelled_texts import LabelledTexts
from nlprnn.tasks.text_options import TextOptions
from nlprnn.tasks.text_statistics import TextStatistics

_UPDATES = (2200, 500)
"""Updates after which short texts are learnt, without classes and for each doubling of their number. SST-2: validation
accuracy 82.3 after 900 updates of 64 texts, 83.0 after 1,300, 83.4 after 2,200; Banking77 still rises after 4,200 of 32
(88.8, and 89.8 with pieces of words)."""

_TOKENS = 12e6
"""Tokens of all forward passes: some ten minutes on two cores, within which long texts have to be learnt."""

_TOKENS_CLOSED = 3e6
"""The same where the vocabulary is closed: the sample `news` is learnt after 15 epochs, 2 million tokens."""

_R_DROP_EPOCHS = 5
"""Epochs that R-Drop needs at least to be worth its second forward pass."""

_PIECES = 2000
"""Pieces of rare and new words, where these have no pretrained vectors. With vectors, MR, which is full of names, loses
two points of validation accuracy by them (after 7 epochs, batches of 64: at best 81.4, and 79.5 with pieces)."""

_NGRAMS = 2
"""Words, or characters of a script without spaces, of the longest n-grams beside the network. Test accuracy of the
n-grams alone on Chinese reviews (waimai) with 2 and with 3 characters: 90.8 and 90.5, of 500 texts 85.9 and 85.1."""

_LONGEST_FOR_CHARACTERS = 5e6
"""Words of all training texts up to which the n-grams beside the network are of characters too: beyond, fitting them
takes minutes and gigabytes. Test accuracy of the n-grams alone without and with them: Banking77 87.9 and 90.1, in 8
and 26 processor seconds; 20 Newsgroups, 4.3 million words, 85.6 and 86.6, in 122 and 383 seconds; 500 texts of AG News
78.1 and 81.7."""

_MAX_LENGTH = 250
"""Words of a text that the network reads; the n-gram model beside it reads all."""


@dataclass(frozen=True, kw_only=True)
class TextPlan(Plan):
    """Hyperparameters of a text model, beside those of every plan.

    Attributes:
        statistics: of the data that they are for.
        min_frequency: frequency below which a word is unknown, or split into pieces.
        pieces: at most this many pieces of rare words; 0 = none.
        max_length: length in words beyond which the network reads a truncated text.
        embedding_size: E, size of the trained word embeddings.
        hidden_size: H, of a recurrent layer, in each direction.
        word_dropout: probability of replacing a word by <unk>.
        r_drop: weight of the R-Drop loss; 0 = none.
        batch_size: in texts.
        ngrams: order of the n-gram model beside the network; 0 = none.
        char_ngrams: length of its longest n-grams of characters within words; 0 = none.
    """

    statistics: TextStatistics
    min_frequency: int
    pieces: int
    max_length: int
    embedding_size: int
    hidden_size: int
    word_dropout: float
    r_drop: float
    batch_size: int
    ngrams: int
    char_ngrams: int

    @property
    def vocabulary(self) -> dict[str, Any]:
        """What is in the vocabulary, by the names of `train_vocabulary`."""
        return {"min_frequency": self.min_frequency, "pieces": self.pieces}

    @property
    def orders(self) -> dict[str, int]:
        """The longest n-grams of words and of characters, by the names of `NgramFit`."""
        return {"order": self.ngrams, "char_order": self.char_ngrams}

    def describe(self) -> str:
        """Return one line on the data and on the training that is planned for them."""
        data = self.statistics
        classes = f", {data.outputs} classes" if data.outputs > 1 else ""
        unit = "characters" if data.unspaced else "words"
        texts = f"{data.texts:,} texts{classes}, {data.words:.0f} {unit} each"
        return f"{texts}: batches of {self.batch_size}, {self.describe_length()}"


def plan_text(data: LabelledTexts, options: TextOptions) -> TextPlan:
    """Plan the training of a text model.

    Args:
        data: its training texts.
        options: those that are given replace the rules.
    """
    statistics = TextStatistics.of(data)
    max_length = options.max_length or _MAX_LENGTH
    batch_size = options.batch_size or batch_size_for(statistics.texts)
    updates = _UPDATES[0] + _UPDATES[1] * math.log2(statistics.outputs)
    words = min(max(statistics.words, 1.0), max_length)  # no words are an error of the vocabulary
    passes = (_TOKENS_CLOSED if statistics.closed else _TOKENS) / (statistics.texts * words)
    # A second forward pass for R-Drop where the time allows twice as many epochs as are needed without, and where texts
    # vary: of the sample `news`, a grammar's, the network learns more without (validation 92.8, and 88.0 with it).
    pays = passes >= 2 * _R_DROP_EPOCHS and not statistics.closed
    r_drop = float(pays) if options.r_drop is None else options.r_drop
    epochs = min(updates * batch_size / statistics.texts, passes / 2 if r_drop else passes)
    rules = TextPlan(
        statistics=statistics,
        min_frequency=1 if statistics.unspaced else 2,
        pieces=0 if statistics.unspaced or statistics.closed or options.vectors else _PIECES,
        max_length=max_length,
        embedding_size=128,
        hidden_size=128,
        word_dropout=0.6 if options.vectors else 0.3,
        r_drop=r_drop,
        batch_size=batch_size,
        learning_rate=options.base_learning_rate * math.sqrt(batch_size / 64),
        epochs=whole_epochs(epochs),
        tolerance=half_standard_error(statistics.validation_texts) if data.labels else 0.0,
        ngrams=_NGRAMS,
        char_ngrams=0 if statistics.unspaced or statistics.total_words > _LONGEST_FOR_CHARACTERS else 5,
    )
    return rules.with_given(options)
