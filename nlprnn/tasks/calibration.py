"""Calibration of classifiers: honest probabilities, and thresholds for a precision, fitted on held-out texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from nlprnn.data.table import column_values
from nlprnn.errors import OptionError, list_names
from nlprnn.metrics import Reliability, reliability
from nlprnn.models import UNSURE
from nlprnn.pipelines import Classifier
from nlprnn.tasks.calibration_options import CalibrationOptions
from nlprnn.tasks.evaluation.labelled_split import read_labelled_split
from nlprnn.tasks.precision_threshold import PrecisionThreshold, fewest_texts, precision_threshold
from nlprnn.tasks.temperature import fit_temperature
from nlprnn.tasks.text_metrics import text_metrics

logger = logging.getLogger(__name__)

_FEW = 100
"""Texts below which a calibration error is mostly chance."""

_UNLIKELY = 0.1
"""Probability, as a share of the precision, below which a label's texts are no candidates for it."""


@dataclass(frozen=True)
class Calibration:
    """What was fitted, with the evidence of held-out texts.

    Attributes:
        texts: their number.
        temperature: divisor of the logits.
        before: reliability of the probabilities without it.
        after: with it, on the same texts: its one number was fitted to them.
        loss: mean negative log-likelihood (nats) before and after.
        precision: the requested one, 0 to 1; None = probabilities alone.
        confidence: with which it is shown.
        thresholds: label -> its threshold; of one label a text, "" -> that of every label.
        unshown: labels of a multi-label classifier whose texts are too few or too often wrong; their thresholds stay.
    """

    texts: int
    temperature: float
    before: Reliability
    after: Reliability
    loss: tuple[float, float]
    precision: float | None
    confidence: float
    thresholds: Mapping[str, PrecisionThreshold]
    unshown: tuple[str, ...]

    def to_mapping(self) -> dict[str, Any]:
        """Return the figures as JSON can hold them; errors and precisions in percent."""
        record: dict[str, Any] = {
            "texts": self.texts,
            "temperature": self.temperature,
            "calibration_error_before": self.before.error,
            "calibration_error_after": self.after.error,
            "loss_before": self.loss[0],
            "loss_after": self.loss[1],
        }
        if self.precision is None:
            return record
        shown = {label: self._threshold(one) for label, one in self.thresholds.items()}
        record |= {"requested_precision": 100.0 * self.precision, "confidence": 100.0 * self.confidence}
        return {**record, **shown[""]} if "" in shown else {**record, "labels": shown, "unshown": list(self.unshown)}

    def _threshold(self, one: PrecisionThreshold) -> dict[str, Any]:
        return {
            "threshold": one.threshold,
            "answered": one.answered,
            "coverage": 100.0 * one.answered / self.texts,
            "precision": 100.0 * one.precision,
            "precision_bound": 100.0 * one.bound,
        }


def calibrate(
    classifier: Classifier,
    dataset: str,
    options: CalibrationOptions | None = None,
    *,
    trained_columns: Mapping[str, str] | None = None,
) -> Calibration:
    """Fit a classifier's temperature and thresholds on held-out texts; its model keeps them.

    Args:
        classifier: of one or of several labels a text, alone or with n-grams.
        dataset: a sample's name, a Hub id, a folder or a file; of one with splits "validation" is read by default.
        options: columns, split and precision; None = the defaults.
        trained_columns: role -> column that the model was trained on; it comes before a guess.

    Raises:
        DataError: the data are missing or damaged, or have a label that the model does not know.
        OptionError: the texts do not show the precision, and the sentence names what they show; the model is unchanged.
    """
    options = options or CalibrationOptions()
    if options.split == "train":
        logger.warning("The model has learnt the texts to train on: the precision that they show is too good.")
    reading = replace(options.read_options(), trained_columns=dict(trained_columns or {}))
    split, targets = read_labelled_split(classifier, dataset, options, reading, default="validation")
    logits = classifier.outputs(classifier.encode(column_values(split.rows, "text")))
    model = classifier.model
    former = decisions(classifier)
    if options.precision is not None and not model.multi_label and UNSURE in model.labels:
        raise OptionError(f"--precision has no name for the rest: the model has a label {UNSURE!r} itself")
    try:
        return _fit(classifier, logits, targets, options)
    except OptionError:
        model.decide(**former)
        raise


def decisions(classifier: Classifier) -> dict[str, Any]:
    """Return how the outputs of a classifier become answers, as `TextClassifier.decide` takes it."""
    model = classifier.model
    return {"threshold": model.threshold, "temperature": model.temperature, "abstain": model.abstain}


def _fit(classifier: Classifier, logits: np.ndarray, targets: np.ndarray, options: CalibrationOptions) -> Calibration:
    model = classifier.model
    model.decide(threshold=model.threshold, temperature=1.0, abstain=None)
    before, loss = _reliability(classifier, logits, targets), text_metrics(classifier, logits, targets)["loss"]
    temperature = fit_temperature(logits, targets)
    if temperature is None:
        logger.warning("The texts do not determine a temperature, as where every label is right: it is 1.")
    if len(targets) < _FEW:
        logger.warning("%d texts are few: a calibration error of some percent is chance.", len(targets))
    model.decide(threshold=model.threshold, temperature=temperature or 1.0, abstain=None)
    thresholds = {}
    if options.precision is not None:
        fit = _fit_labels if model.multi_label else _fit_abstention
        thresholds = fit(classifier, logits, targets, options.precision, 1.0 - options.confidence)
    return Calibration(
        texts=len(targets),
        temperature=model.temperature,
        before=before,
        after=_reliability(classifier, logits, targets),
        loss=(loss, text_metrics(classifier, logits, targets)["loss"]),
        precision=options.precision,
        confidence=options.confidence,
        thresholds=thresholds,
        unshown=tuple(label for label in model.labels if label not in thresholds) if model.multi_label else (),
    )


def _probabilities(classifier: Classifier, logits: np.ndarray) -> np.ndarray:
    return classifier.model.probabilities(torch.from_numpy(logits)).numpy()


def _reliability(classifier: Classifier, logits: np.ndarray, targets: np.ndarray) -> Reliability:
    return reliability(_probabilities(classifier, logits), targets)


def _fit_abstention(
    classifier: Classifier, logits: np.ndarray, targets: np.ndarray, precision: float, doubt: float
) -> dict[str, PrecisionThreshold]:
    """Fit the probability below which the answer is unsure."""
    probabilities, model = _probabilities(classifier, logits), classifier.model
    right = probabilities.argmax(axis=1) == targets
    chosen, best = precision_threshold(probabilities.max(axis=1), right, precision, doubt=doubt)
    if chosen is None:
        assert best is not None
        fewest = fewest_texts(precision, doubt=doubt)
        raise OptionError(
            f"{len(targets):,} texts do not show a precision of {precision:.4g}: {best.right:,} of the "
            f"{best.answered:,} most confident are right, which shows {best.bound:.3f} (all of {fewest:,} would have "
            "to be right at least): give more texts or a lower --precision; nothing is changed"
        )
    model.decide(threshold=model.threshold, temperature=model.temperature, abstain=chosen.threshold or None)
    return {"": chosen}


def _fit_labels(
    classifier: Classifier, logits: np.ndarray, targets: np.ndarray, precision: float, doubt: float
) -> dict[str, PrecisionThreshold]:
    """Fit the probability from which a text has each of several labels; those that are not shown keep theirs."""
    probabilities, model = _probabilities(classifier, logits), classifier.model
    thresholds, shown_labels = model.thresholds.copy(), {}
    for index, label in enumerate(model.labels):
        candidates = probabilities[:, index] >= _UNLIKELY * precision
        chosen, _ = precision_threshold(
            probabilities[candidates, index], targets[candidates, index], precision, doubt=doubt
        )
        if chosen is not None:
            shown_labels[label] = chosen
            thresholds[index] = chosen.threshold or _UNLIKELY * precision  # that of all candidates
    if not shown_labels:
        fewest = fewest_texts(precision, doubt=doubt)
        raise OptionError(
            f"{len(targets):,} texts show a precision of {precision:.4g} for no label (all of {fewest:,} predictions "
            "of a label would have to be right at least): give more texts or a lower --precision; nothing is changed"
        )
    if unshown := [label for label in model.labels if label not in shown_labels]:
        message = "%d of %d labels keep their threshold, for the texts do not show the precision of them: %s"
        logger.warning(message, len(unshown), len(model.labels), list_names(unshown))
    model.decide(threshold=thresholds.tolist(), temperature=model.temperature, abstain=None)
    return shown_labels
