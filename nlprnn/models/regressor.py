"""A text -> a number."""

from __future__ import annotations

import math

import numpy as np

from nlprnn.models.text_reader import TextReader, Truncate
from nlprnn.modules import ClassificationHead, Embedding, NgramScores, RecurrentEncoder
from nlprnn.modules.pooling import Pooling


class TextRegressor(TextReader):
    """A number for a text: stars, a grade, a price. `forward` gives it in standard units, `in_units` in the data's own.

    Args:
        embedding: as for `TextReader`.
        encoder: the same.
        pooling: the same.
        head: one vector -> one output.
        mean: of the numbers to learn from.
        std: their standard deviation.
        max_length: as for `TextReader`.
        truncate: the same.
        ngrams: the same.

    Raises:
        ValueError: as `TextReader`, the head has several outputs, `std` is not positive, or a number is not finite.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        pooling: Pooling,
        head: ClassificationHead,
        mean: float = 0.0,
        std: float = 1.0,
        max_length: int = 2048,
        truncate: Truncate = "head",
        ngrams: NgramScores | None = None,
    ) -> None:
        super().__init__(
            embedding=embedding,
            encoder=encoder,
            pooling=pooling,
            head=head,
            max_length=max_length,
            truncate=truncate,
            ngrams=ngrams,
        )
        if head.num_classes != 1:
            raise ValueError(f"a regressor has one output, the head has {head.num_classes}: make it 1")
        if not (math.isfinite(mean) and 0.0 < std < math.inf):
            raise ValueError(
                f"std must be positive and finite, and mean finite, got {std} and {mean}: numbers that are all alike "
                "leave nothing to learn"
            )
        self.mean = mean
        self.std = std

    def in_units(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs (rows, 1) float, from `forward` -> numbers (rows,) float64 in the unit of the data."""
        return outputs[:, 0].astype(np.float64) * self.std + self.mean

    def standardized(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers (rows,) float64 in the unit of the data -> (rows,) float32, as `forward` should give them."""
        return ((numbers - self.mean) / self.std).astype(np.float32)
