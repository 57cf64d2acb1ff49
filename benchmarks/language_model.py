"""Training speed of character-level language models per cell, against the matrix-multiply peak.

python benchmarks/language_model.py [--threads 2]

Two layers of 512, embedding 128, 65 characters, batches of 64 windows of 128 characters, whole steps: forward, back-
propagation, clipping and AdamW. The bound is the arithmetic of the LSTM's matrix products at the best rate at which
this machine does them (see `limits.py`), measured between the rounds; everything else counts as free.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import click
import torch
from limits import product_rate
from torch.nn.utils import clip_grad_norm_

from nlprnn.batching import StreamBatch
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.recurrent_layer import Cell
from nlprnn.training.losses import language_model_loss

BATCH, WINDOW, EMBEDDING, HIDDEN, VOCABULARY = 64, 128, 128, 512, 65
CELLS: tuple[Cell, ...] = ("lstm", "mingru", "minlstm")


def training_step(cell: Cell) -> Callable[[], None]:
    """Return a training step of a model with this cell; minimal cells get residual connections and layer norm."""
    torch.manual_seed(0)
    minimal = cell.startswith("min")
    encoder = RecurrentEncoder(EMBEDDING, HIDDEN, cell=cell, num_layers=2, residual=minimal, layer_norm=minimal)
    model = LanguageModel(embedding=Embedding(VOCABULARY, EMBEDDING), encoder=encoder)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    loss = language_model_loss()
    ids = torch.randint(0, VOCABULARY, (BATCH, WINDOW + 1))
    batch = StreamBatch(ids[:, :-1], ids[:, 1:])
    carried = None

    def step() -> None:
        nonlocal carried
        output = loss(model, batch, carried)
        carried = output.state
        output.loss.backward()
        clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def lstm_flop() -> int:
    """Return the FLOP of the LSTM's matrix products per character: forward, and twice as much backward."""
    gates = (EMBEDDING + HIDDEN) * 4 * HIDDEN + 2 * HIDDEN * 4 * HIDDEN
    return 3 * 2 * (gates + HIDDEN * EMBEDDING + EMBEDDING * VOCABULARY)


def peak(seconds: float) -> float:
    """Return the peak FLOP/s of the upper layer's products: inputs of all tokens, or one time step."""
    shape = [(HIDDEN, 4 * HIDDEN)]
    return max(product_rate(BATCH * WINDOW, shape, seconds), product_rate(BATCH, shape, seconds))


@click.command(context_settings={"show_default": True})
@click.option("--threads", default=2, help="CPU threads.")
@click.option("--rounds", default=5, help="Rounds of all in turn; the first only warms up.")
@click.option("--steps", default=3, help="Training steps of each cell per round.")
def main(threads: int, rounds: int, steps: int) -> None:
    """Print the median characters per second of each cell, with its range, and the ratios round by round."""
    torch.set_num_threads(threads)
    work = {cell: training_step(cell) for cell in CELLS}
    rates: dict[Cell, list[float]] = {cell: [] for cell in CELLS}
    peaks = []
    for _ in range(rounds):
        for cell, step in work.items():
            began = time.perf_counter()
            for _ in range(steps):
                step()
            rates[cell].append(steps * BATCH * WINDOW / (time.perf_counter() - began))
        peaks.append(peak(0.5))
    click.echo(
        f"characters per second in training, B={BATCH}, T={WINDOW}, {threads} threads, torch {torch.__version__}"
    )
    for cell in CELLS:
        timed = rates[cell][1:]
        ratio = median(a / b for a, b in zip(timed, rates["lstm"][1:], strict=True))
        click.echo(f"  {cell:<8}{median(timed):8,.0f}  ({min(timed):,.0f} to {max(timed):,.0f})   {ratio:.2f} x lstm")
    best = max(peaks)
    reached = [rate * lstm_flop() / best for rate in rates["lstm"][1:]]
    click.echo(
        f"  peak {best / 1e9:.1f} GFLOP/s; the lstm's products take {lstm_flop() / 1e6:.1f} MFLOP per character: "
        f"{median(reached):.0%} of the bound ({min(reached):.0%} to {max(reached):.0%})"
    )


if __name__ == "__main__":
    main()
