"""Texts -> labels with probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nlprnn.data.batching import TokenArray, length_buckets, pad_rows
from nlprnn.models.classifier import TextClassifier
from nlprnn.pipelines.chunks import growing_chunks
from nlprnn.pipelines.pipeline import Pipeline


@dataclass(frozen=True)
class Prediction:
    """What a classifier says of one text.

    Attributes:
        label: the likeliest class.
        probability: of that class, 0 to 1.
        probabilities: of every class, likeliest first.
    """

    label: str
    probability: float
    probabilities: dict[str, float]


class Classifier(Pipeline[TextClassifier]):
    """A text classifier with its tokenizer."""

    model_class = TextClassifier

    def __call__(self, texts: Sequence[str]) -> list[Prediction]:
        """Classify texts, in their order.

        Raises:
            TypeError: one string is given instead of a list.
        """
        if isinstance(texts, str):
            raise TypeError("give a list of texts, even for one: classifier([text])")
        return [prediction for _, prediction in self.pair(texts)]

    def pair(self, texts: Iterable[str]) -> Iterator[tuple[str, Prediction]]:
        """Classify any number of texts in constant memory; yield each with its prediction, in their order."""
        for chunk in growing_chunks(texts):
            probabilities = torch.from_numpy(self.logits(self.encode(chunk))).softmax(dim=1).numpy()
            order = np.argsort(-probabilities, axis=1, kind="stable")
            values = np.take_along_axis(probabilities, order, axis=1).tolist()
            for text, classes, ranked in zip(chunk, order.tolist(), values, strict=True):
                names = [self.model.labels[i] for i in classes]
                yield text, Prediction(names[0], ranked[0], dict(zip(names, ranked, strict=True)))

    def encode(self, texts: Sequence[str]) -> TokenArray:
        """Turn texts into token ids, cut to what the model reads of a long one."""
        return TokenArray.from_sequences(map(self.model.cut, self.tokenizer.encode_batch(texts)))

    def logits(self, tokens: TokenArray) -> np.ndarray:
        """Score encoded texts: (rows, C) float32, in their order."""
        logits = np.zeros((len(tokens), len(self.model.labels)), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for rows in length_buckets(tokens.lengths, max_tokens=32_768, max_rows=512):
                ids, mask = pad_rows(tokens, rows, padding_id=self.tokenizer.pad_id)
                logits[rows] = self.model(ids.to(self.device), mask.to(self.device)).float().cpu().numpy()
        return logits
