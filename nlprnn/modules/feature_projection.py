"""Projection of feature vectors to the size that an encoder reads."""

from __future__ import annotations

from torch import Tensor, nn

from nlprnn.modules.dropout import check_probability
from nlprnn.modules.sizes import check_sizes


class FeatureProjection(nn.Module):
    """Linear layer with ReLU on each step of a sequence of features, in the place of an embedding.

    Args:
        input_size: D, features of a step.
        output_size: E, size of a vector.
        dropout: dropout probability of the vectors.

    Raises:
        ValueError: a size or the probability is out of range.
    """

    def __init__(self, input_size: int, output_size: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        check_sizes(input_size=input_size, output_size=output_size)
        self.input_size = input_size
        self.output_size = output_size
        self.dropout = check_probability("dropout", dropout)
        self.layers = nn.Sequential(nn.Linear(input_size, output_size), nn.ReLU(), nn.Dropout(dropout))

    def forward(self, features: Tensor) -> Tensor:
        """Return vectors (B, T, E) float of features (B, T, D) float."""
        return self.layers(features)
