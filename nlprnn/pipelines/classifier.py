"""Text classification: texts to labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from nlprnn.batching import adaptive_batches
from nlprnn.models import UNSURE, EnsembleClassifier, TextClassifier
from nlprnn.pipelines.text_pipeline import PooledTextPipeline, TextClassifierModel, shortened_labels
from nlprnn.text.inputs import TextInputs


@dataclass(frozen=True)
class Prediction:
    """Prediction of a classifier for one text.

    Attributes:
        label: the most likely class, or `UNSURE` where that is not likely enough (`Classifier.predict_iter`).
        probability: of the most likely class, 0 to 1.
        probabilities: of every class, most likely first.
        labels: the predicted labels: the most likely class, none where the model is unsure, or with `multi_label`
            none, one or several.
        unknown_words: share of the words that the model read which its vocabulary has not, 0 to 1.
        empty: whether the text has nothing that the model reads, so that the answer is not about it.
    """

    label: str
    probability: float
    probabilities: dict[str, float]
    labels: tuple[str, ...]
    unknown_words: float = 0.0
    empty: bool = False


class Classifier(PooledTextPipeline[TextClassifierModel]):
    """A text classifier, or an ensemble of one and an n-gram model, with its tokenizer."""

    model_classes = (TextClassifier, EnsembleClassifier)

    @property
    def network(self) -> Classifier:
        """The classifier of the network alone: of an ensemble without its n-gram model, else this one."""
        return Classifier(self.network_model, self.tokenizer) if isinstance(self.model, EnsembleClassifier) else self

    @property
    def network_model(self) -> TextClassifier:
        """The recurrent network: of an ensemble without its n-gram model, else the model."""
        return self.model.network if isinstance(self.model, EnsembleClassifier) else self.model

    def describe(self) -> list[str]:
        """Return the labels, and below which probability the model is unsure."""
        several = "several of " if self.model.multi_label else ""
        unsure = [] if self.model.abstain is None else [f"{UNSURE} below a probability of {self.model.abstain:.4g}"]
        return [several + shortened_labels(self.model.labels), *unsure]

    def __call__(
        self, texts: Iterable[str], *, threshold: float | None = None, abstain: float | None = None
    ) -> list[Prediction]:
        """Classify texts, in order.

        Args:
            texts: any number of them.
            threshold: probability from which a text has a label, of several labels a text; None = the model's.
            abstain: probability below which the answer is `UNSURE`, of one label a text; 0 = never, None = the model's.

        Raises:
            TypeError: the texts are one string or a table, or one is missing or no string.
            ValueError: the threshold is not for this kind of model, or the model has a label `UNSURE`.
        """
        return [prediction for _, prediction in self.predict_iter(texts, threshold=threshold, abstain=abstain)]

    def predict_iter(
        self, texts: Iterable[str], *, threshold: float | None = None, abstain: float | None = None
    ) -> Iterator[tuple[str, Prediction]]:
        """Classify any number of texts in constant memory; yield each text with its prediction, in order.

        Arguments and errors are those of a call.
        """
        model = self.model
        if (threshold if not model.multi_label else abstain) is not None:
            wrong, kind = ("abstain", "several labels") if model.multi_label else ("threshold", "one label")
            raise ValueError(f"{wrong} is not for this model, which gives a text {kind}")
        if abstain and UNSURE in model.labels:
            raise ValueError(f"abstain has no name for the rest: the model has a label {UNSURE!r} itself")
        thresholds = model.thresholds if threshold is None else np.full(len(model.labels), threshold)
        least = (model.abstain if abstain is None else abstain) or 0.0
        return self._predictions(TextInputs(texts, "classifier([text])"), thresholds.tolist(), least)

    def _predictions(
        self, texts: TextInputs, thresholds: list[float], least: float
    ) -> Iterator[tuple[str, Prediction]]:
        labels = self.model.labels
        for batch in adaptive_batches(texts):
            tokens = self.encode(batch)
            probabilities = self.model.probabilities(torch.from_numpy(self.outputs(tokens))).numpy()
            orders = np.argsort(-probabilities, kind="stable").tolist()
            facts = zip(self._unknown_words(tokens), self._are_empty(tokens), strict=True)
            for text, row, order, fact in zip(batch, probabilities.tolist(), orders, facts, strict=True):
                best = order[0]
                label = UNSURE if row[best] < least else labels[best]
                chosen = [best] if label != UNSURE else []
                if self.model.multi_label:
                    chosen = [index for index in order if row[index] >= thresholds[index]]
                ranked = {labels[index]: row[index] for index in order}
                yield text, Prediction(label, row[best], ranked, tuple(labels[index] for index in chosen), *fact)
