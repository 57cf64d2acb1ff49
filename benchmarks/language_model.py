"""Training speed of character-level language models per cell, against plain PyTorch and the machine's peak.

python benchmarks/language_model.py [--threads 2]

Two layers of 512, embedding 128, 65 characters, batches of 64 windows of 128 characters, whole steps: forward, back-
propagation, clipping and AdamW. The limit is the arithmetic of the LSTM's matrix products at the best rate at which
this machine does them; everything else counts as free. The plain script has `nn.LSTM` and does the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import torch
from measurement import Limit, Row, benchmark, rate
from peaks import product_rate
from peers.process import peer_ways, peers_folder_option, peers_option
from torch import Tensor, nn
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


def plain_step() -> Callable[[], None]:
    """Return the training step of `nn.LSTM` with the same sizes: tied embedding behind a projection."""
    torch.manual_seed(0)
    embedding, output_bias = nn.Embedding(VOCABULARY, EMBEDDING), nn.Parameter(torch.zeros(VOCABULARY))
    lstm, projection = nn.LSTM(EMBEDDING, HIDDEN, 2, batch_first=True), nn.Linear(HIDDEN, EMBEDDING)
    parameters = [output_bias, *nn.ModuleList([embedding, lstm, projection]).parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, fused=True)
    ids = torch.randint(0, VOCABULARY, (BATCH, WINDOW + 1))
    carried: tuple[Tensor, Tensor] | None = None

    def step() -> None:
        nonlocal carried
        outputs, (hidden, cell) = lstm(embedding(ids[:, :-1]), carried)
        carried = hidden.detach(), cell.detach()
        logits = nn.functional.linear(projection(outputs), embedding.weight, output_bias)
        nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()).backward()
        clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return step


def lstm_flop() -> int:
    """Return the FLOP of the LSTM's matrix products per character: forward, and twice as much backward."""
    gates = (EMBEDDING + HIDDEN) * 4 * HIDDEN + 2 * HIDDEN * 4 * HIDDEN
    return 3 * 2 * (gates + HIDDEN * EMBEDDING + EMBEDDING * VOCABULARY)


def peak() -> float:
    """Return the peak FLOP/s of the upper layer's products: inputs of all tokens, or one time step."""
    shape = [(HIDDEN, 4 * HIDDEN)]
    return max(product_rate(rows, shape, 0.5) for rows in (BATCH * WINDOW, BATCH))


@benchmark(rounds=4, quick={"steps": 1})
@click.option("--steps", default=3, help="Training steps of each cell per round.")
@peers_option
@peers_folder_option
def main(steps: int, peers: Sequence[str], peers_folder: Path) -> Iterator[Row]:
    """Train character-level language models of each cell, and one of plain PyTorch."""
    sizes = {"rows": BATCH, "window": WINDOW, "embedding": EMBEDDING, "hidden": HIDDEN, "vocabulary": VOCABULARY}
    work = {f"nlprnn {cell}": training_step(cell) for cell in CELLS} | {"plain lstm": plain_step()}
    yield Row(
        name=f"training, B={BATCH}, T={WINDOW}",
        unit="characters/s",
        ways={
            **{
                name: partial(rate, steps * BATCH * WINDOW, partial(repeat, step, steps)) for name, step in work.items()
            },
            **peer_ways(peers, "training", folder=peers_folder, steps=steps, **sizes),
        },
        limit=Limit(lstm_flop(), peak),
        note="the limit counts the products of the LSTM, not needed by minimal cells; Keras: untied output layer",
    )


def repeat(step: Callable[[], None], times: int) -> None:
    """Call a function several times."""
    for _ in range(times):
        step()


if __name__ == "__main__":
    main()
