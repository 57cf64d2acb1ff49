"""Evaluation of regressors: errors and correlations."""

from __future__ import annotations

import numpy as np

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.table import column_values
from nlprnn.pipelines import Regressor
from nlprnn.tasks.evaluation.options import RegressionEvaluationOptions
from nlprnn.tasks.evaluation.result import EvaluationResult
from nlprnn.tasks.evaluation.split_log import log_split
from nlprnn.tasks.text_metrics import text_metrics


def evaluate_regressor(
    regressor: Regressor, dataset: str, options: RegressionEvaluationOptions, reading: ReadOptions
) -> EvaluationResult:
    """Score a regressor.

    Raises:
        DataError: the data are missing or damaged, or a row has no number.
    """
    regressor = regressor.quantized() if options.quantize else regressor
    fields = {"text": options.text_field, "number": options.label_field}
    split = load_split(dataset, fields, split=options.split, options=reading)
    targets = np.array(column_values(split.rows, "number"))
    log_split(split)
    outputs = regressor.outputs(regressor.encode(column_values(split.rows, "text")))
    numbers = regressor.model.denormalize(outputs).tolist()
    scores = text_metrics(regressor, outputs, targets)
    return EvaluationResult(scores, [regressor.format(number, extra_digits=2) for number in numbers])
