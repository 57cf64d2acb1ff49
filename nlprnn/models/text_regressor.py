"""Text regressor."""

from __future__ import annotations

import math

import numpy as np

from nlprnn.models.text_model import TextModel, Truncate
from nlprnn.modules.protocols import Head, InputEmbedding, Pooling, SequenceEncoder


class TextRegressor(TextModel):
    """A number for a text, such as a rating or a price: `forward` gives it in standard units.

    Args:
        embedding: token ids, or other inputs, to vectors.
        encoder: vectors to vectors in context.
        pooling: vectors in context to one vector.
        head: one vector to one output.
        mean: mean of the training numbers.
        std: standard deviation of the training numbers.
        max_length: longer texts are truncated to this number of tokens.
        truncate: what is kept of them, see `TextModel`.

    Raises:
        ValueError: two modules do not fit each other, the head has several outputs, `std` is not positive, or a number
            is not finite.
    """

    def __init__(
        self,
        *,
        embedding: InputEmbedding,
        encoder: SequenceEncoder,
        pooling: Pooling,
        head: Head,
        mean: float = 0.0,
        std: float = 1.0,
        max_length: int = 2048,
        truncate: Truncate = "head",
    ) -> None:
        super().__init__(
            embedding=embedding, encoder=encoder, pooling=pooling, head=head, max_length=max_length, truncate=truncate
        )
        if head.output_size != 1:
            raise ValueError(f"a regressor has one output, the head has {head.output_size}: make it 1")
        if not (math.isfinite(mean) and 0.0 < std < math.inf):
            raise ValueError(
                f"std must be positive and finite, and mean finite, got {std} and {mean}: there is nothing to learn "
                "from numbers that are all equal"
            )
        self.mean = mean
        self.std = std

    def denormalize(self, outputs: np.ndarray) -> np.ndarray:
        """Return numbers (rows,) float64 in the data's unit from outputs (rows, 1) float of `forward`."""
        return outputs[:, 0].astype(np.float64) * self.std + self.mean

    def normalize(self, numbers: np.ndarray) -> np.ndarray:
        """Return the targets (rows,) float32 of `forward` from numbers (rows,) float64 in the data's unit."""
        return ((numbers - self.mean) / self.std).astype(np.float32)
