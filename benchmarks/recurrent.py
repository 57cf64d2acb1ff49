"""Training step of the recurrent encoder against `torch.nn` with packed sequences of unequal lengths.

python benchmarks/recurrent.py [--threads 2]

Both run the same batch forward and backward; the two are timed in turn, and the median ratio is printed.
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
from nlprnn.modules.recurrent_layer import Cell

# Maximum length T and batch size B; lengths are spread evenly between T / 2 and T.
SHAPES = [(25, 64), (128, 64), (400, 32)]


def seconds(work: Callable[[], None]) -> float:
    """Return the seconds of one call of `work`."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command(context_settings={"show_default": True})
@click.option("--threads", type=int, default=2, help="CPU threads.")
@click.option("--repeats", type=int, default=7, help="Number of timings of each.")
def main(threads: int, repeats: int) -> None:
    """Print milliseconds of both, and their ratio."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    click.echo(f"bidirectional, input 128, hidden 128 in each direction, {threads} threads, torch {torch.__version__}")
    references: dict[Cell, type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]] = {
        "lstm": nn.LSTM,
        "gru": nn.GRU,
        "rnn": nn.RNN,
    }
    for cell, reference in references.items():
        encoder = RecurrentEncoder(128, 128, cell=cell, bidirectional=True)
        reference_layer = reference(128, 128, batch_first=True, bidirectional=True)
        for longest, rows in SHAPES:
            x = torch.randn(rows, longest, 128)
            lengths = torch.linspace(longest // 2, longest, rows).long()
            mask = torch.arange(longest) < lengths[:, None]

            def ours(encoder=encoder, x=x, mask=mask) -> None:
                encoder(x, mask)[0].sum().backward()

            def packed(reference_layer=reference_layer, x=x, lengths=lengths) -> None:
                sequence = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                pad_packed_sequence(reference_layer(sequence)[0], batch_first=True)[0].sum().backward()

            ours()
            packed()
            pairs = [(seconds(ours), seconds(packed)) for _ in range(repeats)]
            our_time, packed_time = median(a for a, _ in pairs), median(b for _, b in pairs)
            ratio = median(b / a for a, b in pairs)
            click.echo(
                f"{cell:4}  B={rows:<3} T={longest:<4} ours {our_time * 1e3:7.1f} ms   "
                f"packed {packed_time * 1e3:7.1f} ms   {ratio:.1f} times as fast"
            )


if __name__ == "__main__":
    main()
