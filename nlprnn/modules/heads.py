"""Output layers: representations to logits or other outputs."""

from __future__ import annotations

from torch import Tensor, nn

from nlprnn.modules.dropout import check_probability


class OutputHead(nn.Module):
    """Linear output layer with dropout, optionally with a hidden ReLU layer before it.

    Args:
        input_size: size of a representation.
        output_size: C, number of outputs.
        hidden_size: size of the hidden layer; 0 = none.
        dropout: dropout probability before each linear layer.

    Raises:
        ValueError: a size or the probability is out of range.
    """

    def __init__(self, input_size: int, output_size: int, *, hidden_size: int = 0, dropout: float = 0.0) -> None:
        super().__init__()
        if input_size < 1 or output_size < 1 or hidden_size < 0:
            raise ValueError(
                f"sizes must be positive, got input_size {input_size}, output_size {output_size}, "
                f"hidden_size {hidden_size}"
            )
        self.input_size = input_size
        self.output_size = output_size
        self.hidden_size = hidden_size
        self.dropout = check_probability("dropout", dropout)
        layers: list[nn.Module] = [nn.Dropout(dropout)]
        if hidden_size:
            layers += [nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Dropout(dropout)]
        layers.append(nn.Linear(hidden_size or input_size, output_size))
        self.layers = nn.Sequential(*layers)

    def forward(self, vectors: Tensor) -> Tensor:
        """Return outputs (..., C) float of representations (..., input_size) float."""
        return self.layers(vectors)
