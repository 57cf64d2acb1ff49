"""Training step of the recurrent encoder against `torch.nn` with packed sequences, on batches of unequal lengths.

python benchmarks/recurrent.py [--threads 2]

Both read the same batch forwards and backwards; the two are timed in turn, and the median ratio is given.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import click
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from nlprnn.modules import RecurrentEncoder

# Longest text of the batch, and how many texts; lengths are spread evenly over the upper half.
SHAPES = [(25, 64), (128, 64), (400, 32)]


def seconds(work: Callable[[], None]) -> float:
    """Time one call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command(context_settings={"show_default": True})
@click.option("--threads", type=int, default=2, help="CPU threads.")
@click.option("--repeats", type=int, default=7, help="Timings of each.")
def main(threads: int, repeats: int) -> None:
    """Print milliseconds of both, and how many times as fast ours is."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    click.echo(f"bidirectional, input 128, hidden 128 in each direction, {threads} threads, torch {torch.__version__}")
    for cell, reference in (("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)):
        encoder = RecurrentEncoder(128, 128, cell=cell, bidirectional=True)
        usual = reference(128, 128, batch_first=True, bidirectional=True)
        for longest, rows in SHAPES:
            x = torch.randn(rows, longest, 128)
            lengths = torch.linspace(longest // 2, longest, rows).long()
            mask = torch.arange(longest) < lengths[:, None]

            def ours(encoder=encoder, x=x, mask=mask) -> None:
                encoder(x, mask)[0].sum().backward()

            def packed(usual=usual, x=x, lengths=lengths) -> None:
                sequence = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                pad_packed_sequence(usual(sequence)[0], batch_first=True)[0].sum().backward()

            ours(), packed()
            pairs = [(seconds(ours), seconds(packed)) for _ in range(repeats)]
            mine, theirs = median(a for a, _ in pairs), median(b for _, b in pairs)
            ratio = median(b / a for a, b in pairs)
            click.echo(
                f"{cell:4}  B={rows:<3} T={longest:<4} ours {mine * 1e3:7.1f} ms   packed {theirs * 1e3:7.1f} ms   "
                f"{ratio:.1f} times as fast"
            )


if __name__ == "__main__":
    main()
