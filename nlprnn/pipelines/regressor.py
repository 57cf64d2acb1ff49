"""Texts -> numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from nlprnn.batching import SequenceArray, adaptive_batches
from nlprnn.models.text_regressor import TextRegressor
from nlprnn.pipelines.text_pipeline import TextPipeline


class Regressor(TextPipeline[TextRegressor]):
    """A text regressor with its tokenizer."""

    model_classes = (TextRegressor,)

    def __call__(self, texts: Sequence[str]) -> list[float]:
        """Give each text its number, in the unit of the data that the model learnt from, in their order.

        Raises:
            TypeError: one string is given instead of a list.
        """
        if isinstance(texts, str):
            raise TypeError("give a list of texts, even for one: regressor([text])")
        return [number for _, number in self.predict_iter(texts)]

    def predict_iter(self, texts: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Rate any number of texts in constant memory; yield each with its number, in their order."""
        for chunk in adaptive_batches(texts):
            yield from zip(chunk, self.numbers(self.encode(chunk)).tolist(), strict=True)

    def numbers(self, tokens: SequenceArray) -> np.ndarray:
        """Rate encoded texts: (rows,) float64, in their order."""
        return self.model.denormalize(self.outputs(tokens))

    def shown(self, number: float, *, more: int = 0) -> str:
        """A number to the thousandth of the deviation of those that were learnt, however large or tiny they are.

        Args:
            number: in the unit of the data.
            more: further digits, for programs.
        """
        model = self.model
        largest = max(abs(number), abs(model.mean), model.std)
        return f"{number:.{4 + more + max(0, math.floor(math.log10(largest / model.std)))}g}"
