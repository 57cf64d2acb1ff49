"""Confusion matrix of a classifier of feature sequences, as a picture in the folder of its run."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nlprnn.batching import SequenceArray
from nlprnn.errors import OptionError
from nlprnn.experiment import Run
from nlprnn.experiment.run_folder import is_further_process
from nlprnn.interpret.confusion_plot import plot_confusion
from nlprnn.metrics import confusion_matrix
from nlprnn.pipelines import SequenceClassifier, SequenceRegressor

CONFUSION_FILE = "confusion.png"

_MOST_CLASSES = 30


def draw_confusions(
    pipeline: SequenceClassifier | SequenceRegressor, sequences: SequenceArray, targets: NDArray[Any], run: Run
) -> None:
    """Draw the confusion matrix of a classifier of up to 30 classes into the folder of a run, and log where it is.

    Args:
        pipeline: the trained model.
        sequences: processed, (T, size) each.
        targets: (rows,) int64 indices of their labels.
        run: of the recipe.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    if not isinstance(pipeline, SequenceClassifier) or len(pipeline.model.labels) > _MOST_CLASSES:
        return
    if is_further_process():
        return
    labels = pipeline.model.labels
    counts = confusion_matrix(pipeline.outputs(sequences).argmax(axis=1), targets, len(labels))
    path = run.folder / CONFUSION_FILE
    try:
        plot_confusion(counts, labels, path, title="Labels that were taken for others", sides=("label", "prediction"))
    except OptionError as error:
        run.log(f"no confusion matrix: {error}")
    else:
        run.log(f"confusion matrix: {path}")
