"""Adding and copying problem: which cells learn what is many steps apart.

python benchmarks/long_memory.py --problem adding --length 200 --updates 500
python benchmarks/long_memory.py --problem copying --length 1000 --hidden-size 128 --curriculum --updates 4000 \
    --goal 0.05

Adding (Hochreiter & Schmidhuber 1997): of T numbers in [0, 1] two are marked, one in each half; the target is their
sum. Who predicts the mean has a squared error of 1/6. Copying (the same; as in Arjovsky et al. 2016): ten symbols of
eight kinds, T blanks, then the ten symbols again. Who remembers none of them has a cross-entropy of 10 ln 8 / (T + 20)
nats a step. Published tables call that level learnt; compare with the line of chance. The loss is on sequences that are
not in training.

`--curriculum` trains on one blank first and doubles their number, or that of the steps of adding, whenever the loss has
fallen below a tenth of chance, up to T; the loss that is reported is that of T all along.

The gates of LSTM and GRU begin with memories of one to T steps (Tallec & Ollivier 2018, "Can recurrent neural networks
warp time?"), `--no-memory` leaves them as they are: on the adding problem the LSTM then needs three times as many
updates.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import torch
from torch import Tensor, nn
from torch.nn import functional

from nlprnn.interpret import Line, Panel, plot_lines
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.recurrent_layer import Cell

SYMBOLS, COPIED, BLANK, START = 8, 10, 8, 9
CELLS: tuple[Cell, ...] = ("rnn", "lstm", "gru", "mingru")
EVERY, LEARNT = 50, 0.1
HELD_OUT_STEPS = 100_000
"""Steps of all held-out sequences together, of which there are at most 500."""


def adding(rows: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return numbers with their marks (B, T, 2), and the sums of those that are marked (B, 1)."""
    numbers, half = torch.rand(rows, length, generator=generator), length // 2
    first = torch.randint(0, half, (rows, 1), generator=generator)
    second = torch.randint(half, length, (rows, 1), generator=generator)
    marks = torch.zeros(rows, length).scatter_(1, torch.cat([first, second], dim=1), 1.0)
    return torch.stack([numbers, marks], dim=2), (numbers * marks).sum(dim=1, keepdim=True)


def copying(rows: int, length: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return one-hot inputs (B, T + 20, 10), and the targets (B, T + 20), of which all but the last ten are blank."""
    symbols = torch.randint(0, SYMBOLS, (rows, COPIED), generator=generator)
    blanks = torch.full((rows, length + COPIED), BLANK)
    ids = torch.cat([symbols, blanks], dim=1)
    ids[:, COPIED + length - 1] = START  # the symbols are due from the next step on
    return functional.one_hot(ids, SYMBOLS + 2).float(), torch.cat([blanks, symbols], dim=1)


PROBLEMS = {"adding": adding, "copying": copying}


def chance(problem: str, length: int) -> float:
    """Return the loss of a predictor that remembers nothing."""
    return 1 / 6 if problem == "adding" else COPIED * math.log(SYMBOLS) / (length + 2 * COPIED)


class Network(nn.Module):
    """Recurrent network with an output after the last step (adding) or after each (copying).

    Args:
        problem: "adding" or "copying".
        cell: of the encoder; minimal cells get two layers, for the gates of one see nothing but the input.
        hidden_size: H.
        memory: steps over which the slowest units of an LSTM or GRU remember at the start; 0 = as the encoder begins.
    """

    def __init__(self, problem: str, cell: Cell, hidden_size: int, *, memory: int) -> None:
        super().__init__()
        self.last = problem == "adding"
        sizes = (2, 1) if self.last else (SYMBOLS + 2, SYMBOLS + 1)
        self.encoder = RecurrentEncoder(sizes[0], hidden_size, cell=cell, num_layers=1 + cell.startswith("min"))
        self.head = OutputHead(hidden_size, sizes[1])
        if memory and cell in ("lstm", "gru"):
            steps = torch.empty(hidden_size).uniform_(1.0, memory).log()  # sigma(log s) = 1 - 1 / (1 + s)
            i_or_r, f_or_z, *_ = self.encoder.layers[0].all_weights[0][2].detach().split(hidden_size)
            f_or_z.copy_(steps)
            if cell == "lstm":
                i_or_r.copy_(-steps)

    def loss(self, x: Tensor, targets: Tensor) -> Tensor:
        """Return the mean squared error, or the cross-entropy in nats a step."""
        outputs, _ = self.encoder(x)
        if self.last:
            return functional.mse_loss(self.head(outputs[:, -1]), targets)
        return functional.cross_entropy(self.head(outputs).flatten(0, 1), targets.flatten())


class Curriculum:
    """Lengths of training sequences: doubled whenever the present length is learnt.

    Args:
        problem: "adding" or "copying".
        first: T to begin with.
        last: greatest T.
    """

    def __init__(self, problem: str, first: int, last: int) -> None:
        self.problem, self.length, self.last = problem, first, last
        self.mean = 1.0  # of the loss relative to chance, over some 20 updates

    def add(self, loss: float) -> None:
        """Take the loss of an update into account, and lengthen the sequences if it is below a tenth of chance."""
        self.mean += 0.05 * (loss / chance(self.problem, self.length) - self.mean)
        if self.mean < LEARNT and self.length < self.last:
            self.length, self.mean = min(2 * self.length, self.last), 1.0


class Point(NamedTuple):
    """A point of a learning curve.

    Attributes:
        update: number of updates so far.
        loss: on held-out sequences of the greatest length.
        length: T of the sequences in training.
    """

    update: int
    loss: float
    length: int


def train(
    network: Network,
    problem: str,
    *,
    length: int,
    updates: int,
    batch_size: int,
    learning_rate: float,
    curriculum: bool = False,
    goal: float = 0.0,
) -> Iterator[Point]:
    """Train on fresh sequences, and yield a point every 50 updates.

    Args:
        network: to train.
        problem: "adding" or "copying".
        length: T.
        updates: greatest number of updates.
        batch_size: B.
        learning_rate: of Adam.
        curriculum: begin with T = 2, or one blank.
        goal: share of chance of the held-out loss at which the training ends.
    """
    generator = torch.Generator().manual_seed(1)
    held_out = PROBLEMS[problem](max(1, min(500, HELD_OUT_STEPS // length)), length, generator)
    lengths = Curriculum(problem, (2 if problem == "adding" else 1) if curriculum else length, length)
    optimizer = torch.optim.Adam(network.parameters(), learning_rate)
    for update in range(updates + 1):
        if update % EVERY == 0 or update == updates:
            with torch.no_grad():
                point = Point(update, network.loss(*held_out).item(), lengths.length)
            yield point
            if point.loss < goal * chance(problem, length):
                return
        steps = lengths.length
        loss = network.loss(*PROBLEMS[problem](batch_size, steps, generator))
        optimizer.zero_grad()
        if problem == "copying":  # in nats a symbol, or the gradient would be the smaller the more blanks there are
            (loss * (steps + 2 * COPIED) / COPIED).backward()
        else:
            loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        lengths.add(loss.item())


@click.command(context_settings={"show_default": True})
@click.option("--problem", type=click.Choice([*PROBLEMS]), default="adding", help="Problem.")
@click.option("--length", type=click.IntRange(2), default=200, help="T, steps of adding, or blanks of copying.")
@click.option("--cells", default=",".join(CELLS), help="Cells, separated by commas.")
@click.option("--updates", default=500, help="Number of updates.")
@click.option("--batch-size", default=32, help="Sequences per batch.")
@click.option("--hidden-size", default=32, help="Size of the hidden state.")
@click.option("--learning-rate", default=0.01, help="Learning rate of Adam; a third of it for the RNN.")
@click.option("--curriculum", is_flag=True, help="Begin with one blank or two steps, and double T when it is learnt.")
@click.option("--goal", default=0.0, help="Share of chance of the held-out loss at which the training of a cell ends.")
@click.option("--memory/--no-memory", default=True, help="Memories of up to T steps at the start of LSTM and GRU.")
@click.option("--seed", default=1, help="Random seed of the weights.")
@click.option("--threads", default=1, help="CPU threads.")
@click.option("--out", type=click.Path(path_type=Path), help="Picture (.png, .pdf or .svg).  [default: none]")
def main(
    problem: str,
    length: int,
    cells: str,
    updates: int,
    batch_size: int,
    hidden_size: int,
    learning_rate: float,
    curriculum: bool,
    goal: float,
    memory: bool,
    seed: int,
    threads: int,
    out: Path | None,
) -> None:
    """Train each cell, print its held-out loss beside that of chance, and draw the learning curves."""
    if unknown := set(cells.split(",")) - set(CELLS):
        raise click.BadParameter(
            f"{', '.join(sorted(unknown))} is unknown: choose of {','.join(CELLS)}", param_hint="--cells"
        )
    torch.set_num_threads(threads)
    level, lines = chance(problem, length), []
    unit = "mean squared error" if problem == "adding" else "cross-entropy (nats a step)"
    click.echo(f"{problem}, T = {length}: chance has a {unit} of {level:.4f}")
    for cell in CELLS:
        if cell not in cells.split(","):
            continue
        torch.manual_seed(seed)
        network = Network(problem, cell, hidden_size, memory=length if memory else 0)
        rate, began = learning_rate / 3 if cell == "rnn" else learning_rate, time.process_time()
        sizes = {"length": length, "updates": updates, "batch_size": batch_size, "curriculum": curriculum, "goal": goal}
        curve = list(train(network, problem, learning_rate=rate, **sizes))
        seconds, final = time.process_time() - began, curve[-1]
        click.echo(
            f"{cell:7} {final.loss:.5f}   {final.loss / level:6.1%} of chance   update {final.update}, trained on "
            f"T = {final.length}   {seconds:4.0f} s of processor time"
        )
        lines.append(Line(cell, [p.update for p in curve], [p.loss for p in curve], color=CELLS.index(cell)))
    if out is not None:
        title = f"{problem.capitalize()} problem, T = {length}"
        plot_lines([Panel(title, "update", unit, lines, log=True, levels={"chance": level})], out)
        click.echo(f"Picture: {out}")


if __name__ == "__main__":
    main()
