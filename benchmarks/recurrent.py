"""Training step of the recurrent encoder against `torch.nn` with packed sequences of unequal lengths.

python benchmarks/recurrent.py [--threads 2]

Both run the same batch forward and backward: bidirectional, input 128, hidden 128 in each direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch
from measurement import Row, benchmark, rate
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlprnn.modules import RecurrentEncoder
from nlprnn.modules.recurrent_layer import Cell

# Maximum length T and batch size B; lengths are spread evenly between T / 2 and T.
SHAPES = [(25, 64), (128, 64), (400, 32)]


@benchmark(rounds=7)
def main() -> Iterator[Row]:
    """Run a recurrent encoder forward and backward, against `torch.nn` with packed sequences."""
    references: dict[Cell, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {
        "lstm": nn.LSTM,
        "gru": nn.GRU,
        "rnn": nn.RNN,
    }
    for cell, reference in references.items():
        encoder = RecurrentEncoder(128, 128, cell=cell, bidirectional=True)
        packed = reference(128, 128, batch_first=True, bidirectional=True)
        for longest, rows in SHAPES:
            x = torch.randn(rows, longest, 128)
            lengths = torch.linspace(longest // 2, longest, rows).long()
            mask = torch.arange(longest) < lengths[:, None]
            yield Row(
                name=f"{cell}, B={rows}, T={longest}",
                unit="sequences/s",
                ways={
                    "nlprnn": partial(rate, rows, partial(run_encoder, encoder, x, mask)),
                    "packed": partial(rate, rows, partial(run_packed, packed, x, lengths)),
                },
            )


def run_encoder(encoder: RecurrentEncoder, x: Tensor, mask: Tensor) -> None:
    """Run forward and backward on x (B, T, E) float32 with mask (B, T) bool."""
    encoder(x, mask)[0].sum().backward()


def run_packed(layer: nn.RNNBase, x: Tensor, lengths: Tensor) -> None:
    """Run forward and backward on x (B, T, E) float32 of lengths (B,) int64, packed and padded again."""
    sequence = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    pad_packed_sequence(layer(sequence)[0], batch_first=True)[0].sum().backward()


if __name__ == "__main__":
    main()
