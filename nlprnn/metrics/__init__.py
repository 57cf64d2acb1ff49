"""Evaluation metrics, each formula in one place."""

from nlprnn.metrics.classification import (
    Reliability,
    calibration_error,
    class_scores,
    classification_scores,
    confusion_matrix,
    reliability,
)
from nlprnn.metrics.f1 import ClassScores, precision_recall_f1
from nlprnn.metrics.forecasting import forecast_scores, naive_scale, pinball_losses, quantile_scores
from nlprnn.metrics.metric import ACCURACY, BLEU, CHRF, F1, LOSS, MACRO_F1, MICRO_F1, RMSE, WER, Metric
from nlprnn.metrics.multi_label import label_scores, multi_label_scores
from nlprnn.metrics.regression import regression_scores
from nlprnn.metrics.spans import SpanCounts, count_spans, span_scores, tag_confusion_matrix, tagging_scores
from nlprnn.metrics.translation import translation_scores

__all__ = [
    "ACCURACY",
    "BLEU",
    "CHRF",
    "F1",
    "LOSS",
    "MACRO_F1",
    "MICRO_F1",
    "RMSE",
    "WER",
    "ClassScores",
    "Metric",
    "Reliability",
    "SpanCounts",
    "calibration_error",
    "class_scores",
    "classification_scores",
    "confusion_matrix",
    "count_spans",
    "forecast_scores",
    "label_scores",
    "multi_label_scores",
    "naive_scale",
    "pinball_losses",
    "precision_recall_f1",
    "quantile_scores",
    "regression_scores",
    "reliability",
    "span_scores",
    "tag_confusion_matrix",
    "tagging_scores",
    "translation_scores",
]
