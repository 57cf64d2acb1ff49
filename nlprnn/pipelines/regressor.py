"""Text regression: texts to numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from nlprnn.batching import SequenceArray, adaptive_batches
from nlprnn.models import EnsembleRegressor, TextRegressor
from nlprnn.pipelines.text_pipeline import PooledTextPipeline, TextRegressorModel
from nlprnn.text.inputs import TextInputs


@dataclass(frozen=True)
class RatedText:
    """Prediction of a regressor for one text.

    Attributes:
        text: the input.
        number: in the unit of the training data.
        unknown_words: share of the words that the model read which its vocabulary has not, 0 to 1.
        empty: whether the text has nothing that the model reads, so that the number is not about it.
    """

    text: str
    number: float
    unknown_words: float
    empty: bool = False


class Regressor(PooledTextPipeline[TextRegressorModel]):
    """A text regressor, or an ensemble of one and an n-gram model, with its tokenizer."""

    model_classes = (TextRegressor, EnsembleRegressor)

    @property
    def network(self) -> Regressor:
        """The regressor of the network alone: of an ensemble without its n-gram model, else this one."""
        return Regressor(self.network_model, self.tokenizer) if isinstance(self.model, EnsembleRegressor) else self

    @property
    def network_model(self) -> TextRegressor:
        """The recurrent network: of an ensemble without its n-gram model, else the model."""
        return self.model.network if isinstance(self.model, EnsembleRegressor) else self.model

    def describe(self) -> list[str]:
        """Return the mean and the spread of the numbers that it has learnt."""
        return [f"numbers of mean {self.model.mean:g} and standard deviation {self.model.std:g}"]

    def __call__(self, texts: Iterable[str]) -> list[float]:
        """Predict a number for each text, in the unit of the training data, in order.

        Raises:
            TypeError: the texts are one string or a table, or one is missing or no string.
        """
        return [rated.number for rated in self.rate(texts)]

    def rate(self, texts: Iterable[str]) -> Iterator[RatedText]:
        """Rate any number of texts in constant memory; yield one by one, in order."""
        for batch in adaptive_batches(TextInputs(texts, "regressor([text])")):
            tokens = self.encode(batch)
            facts = self._unknown_words(tokens), self._are_empty(tokens)
            yield from map(RatedText, batch, self.numbers(tokens).tolist(), *facts)

    def predict_iter(self, texts: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Rate any number of texts in constant memory; yield each text with its number, in order."""
        return ((rated.text, rated.number) for rated in self.rate(texts))

    def numbers(self, tokens: SequenceArray) -> np.ndarray:
        """Return the numbers of encoded texts, (rows,) float64, in the unit of the training data, in order."""
        return self.model.denormalize(self.outputs(tokens))

    def format(self, number: float, *, extra_digits: int = 0) -> str:
        """Format a number to a thousandth of the training data's standard deviation, however large or small it is.

        Args:
            number: in the unit of the training data.
            extra_digits: further digits, for programs.
        """
        model = self.model
        largest = max(abs(number), abs(model.mean), model.std)
        return f"{number:.{4 + extra_digits + max(0, math.floor(math.log10(largest / model.std)))}g}"
