"""A split of a dataset with the labels that a classifier knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.cells import as_label
from nlprnn.data.labels import label_matrix
from nlprnn.data.table import Split, column_values
from nlprnn.errors import DataError, OptionError, list_names
from nlprnn.pipelines import Classifier
from nlprnn.tasks.evaluation.options import LabelledSplitOptions
from nlprnn.tasks.evaluation.split_log import log_split


def read_labelled_split(
    classifier: Classifier,
    dataset: str,
    options: LabelledSplitOptions,
    reading: ReadOptions,
    *,
    default: str = "test",
) -> tuple[Split, np.ndarray]:
    """Read the rows of a split with their labels, and log what was read.

    Args:
        classifier: of one or of several labels a text.
        dataset: a sample's name, a Hub id, a folder or a file.
        options: columns and split.
        reading: options for reading.
        default: split of a dataset with several that is read without `options.split`.

    Returns:
        the rows, and their labels: (rows,) int64, indices among the classifier's; of several labels (rows, C) bool.

    Raises:
        DataError: the data are missing or damaged, or a row has a label that the model does not know.
        OptionError: there is a separator of labels, but a text has one.
    """
    model = classifier.model
    role = "labels" if model.multi_label else "label"
    if model.multi_label:
        reading = replace(reading, label_separator=options.label_separator or ";")
    elif options.label_separator is not None:
        raise OptionError("--label-separator is for multi-label classifiers; this one gives each text one label")
    fields = {"text": options.text_field, role: options.label_field}
    split = load_split(dataset, fields, split=options.split, default=default, options=reading)
    if model.multi_label:
        targets = label_matrix(column_values(split.rows, role), model.labels, split.location) > 0
    else:
        targets = _indices(split, model.labels)
    log_split(split)
    return split, targets


def _indices(split: Split, labels: list[str]) -> np.ndarray:
    """Return the index of each row's label, (rows,) int64."""
    # Former models have labels in the spelling of their files, such as True.
    indices = {as_label(label): index for index, label in enumerate(labels)}
    column = column_values(split.rows, "label")
    for row, label in enumerate(column):
        if label not in indices:
            raise DataError(
                f"{split.location(row)}: the label {label!r} is none of the model's ({list_names(labels)}): correct "
                "it, or choose another column with --label-field"
            )
    return np.array([indices[label] for label in column], dtype=np.int64)
