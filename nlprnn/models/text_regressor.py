"""A text -> a number."""

from __future__ import annotations

import math

import numpy as np

from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules import Embedding, OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import Pooling


class TextRegressor(TextModel):
    """A number for a text: stars, a grade, a price.

    `forward` gives it in standard units, `denormalize` in the data's own.

    Args:
        embedding: as for `TextModel`.
        encoder: the same.
        pooling: the same.
        head: one vector -> one output.
        mean: of the numbers to learn from.
        std: their standard deviation.
        max_length: as for `TextModel`.
        truncate: the same.

    Raises:
        ValueError: as `TextModel`, the head has several outputs, `std` is not positive, or a number is not finite.
    """

    def __init__(
        self,
        *,
        embedding: Embedding,
        encoder: RecurrentEncoder,
        pooling: Pooling,
        head: OutputHead,
        mean: float = 0.0,
        std: float = 1.0,
        max_length: int = 2048,
        truncate: Truncate = "head",
    ) -> None:
        super().__init__(
            embedding=embedding,
            encoder=encoder,
            pooling=pooling,
            head=head,
            max_length=max_length,
            truncate=truncate,
        )
        if head.output_size != 1:
            raise ValueError(f"a regressor has one output, the head has {head.output_size}: make it 1")
        if not (math.isfinite(mean) and 0.0 < std < math.inf):
            raise ValueError(
                f"std must be positive and finite, and mean finite, got {std} and {mean}: numbers that are all alike "
                "leave nothing to learn"
            )
        self.mean = mean
        self.std = std

    def denormalize(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs (rows, 1) float, from `forward` -> numbers (rows,) float64 in the unit of the data."""
        return outputs[:, 0].astype(np.float64) * self.std + self.mean

    def normalize(self, numbers: np.ndarray) -> np.ndarray:
        """Numbers (rows,) float64 in the unit of the data -> (rows,) float32, as `forward` should give them."""
        return ((numbers - self.mean) / self.std).astype(np.float32)
