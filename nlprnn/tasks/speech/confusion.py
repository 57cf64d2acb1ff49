"""Confusion matrix of the words of a recognizer, as a picture in the folder of its run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from nlprnn.batching import SequenceArray
from nlprnn.errors import OptionError
from nlprnn.experiment import Run
from nlprnn.experiment.run_folder import is_further_process
from nlprnn.interpret.confusion_plot import plot_confusion
from nlprnn.metrics.speech import align_errors
from nlprnn.tasks.speech.model import AnyRecognizer
from nlprnn.tasks.speech.scores import evaluation_search, transcribe_features

CONFUSION_FILE = "confusion.png"

_MOST_WORDS, _MOST_CLIPS = 30, 1000
_NOTHING = "–"
"""Name of the column of words that were not recognized, and of the row of words that were not spoken."""


def count_confusions(predicted: Sequence[str], transcripts: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    """Return how often each word was taken for each, (C, C) int64, and their names, the most frequent words.

    The last row and column are of no word: words that were inserted, and words that were deleted.

    Args:
        predicted: transcripts of the model.
        transcripts: what is spoken.
    """
    aligned = align_errors(transcripts, predicted)
    pairs = Counter({(word, word): number for word, number in aligned.matches.items()})
    pairs.update(aligned.substitutions)
    pairs.update({(word, _NOTHING): number for word, number in aligned.deletions.items()})
    pairs.update({(_NOTHING, word): number for word, number in aligned.insertions.items()})
    totals: Counter[str] = Counter()
    for pair, number in pairs.items():
        totals.update(dict.fromkeys(pair, number))
    del totals[_NOTHING]
    names = [*sorted(word for word, _ in totals.most_common(_MOST_WORDS)), _NOTHING]
    counts = np.zeros((len(names), len(names)), np.int64)
    for (spoken, written), number in pairs.items():
        if spoken in names and written in names:
            counts[names.index(spoken), names.index(written)] = number
    return counts, names


def draw_confusions(recognizer: AnyRecognizer, features: SequenceArray, transcripts: Sequence[str], run: Run) -> None:
    """Draw the confusion matrix of the words of a test split into the folder of a run, and log where it is.

    Args:
        recognizer: the trained model.
        features: normalized, (T, F) of each clip.
        transcripts: what is spoken.
        run: of the recipe.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    predicted = transcribe_features(recognizer, features.select(slice(_MOST_CLIPS)), evaluation_search(recognizer))
    if is_further_process():
        return
    counts, names = count_confusions(predicted, transcripts[:_MOST_CLIPS])
    path = run.folder / CONFUSION_FILE
    try:
        plot_confusion(counts, names, path, title="Words that were taken for others")
    except OptionError as error:
        run.log(f"no confusion matrix: {error}")
    else:
        run.log(f"confusion matrix: {path}")
