"""Vanishing and exploding gradients: the norm of dL/dh over the distance from the loss.

python benchmarks/gradient_norms.py --out gradients.png

The loss is of the last step alone; the reference in NumPy gives dL/dh_t for each step before. Over k steps the
Jacobians multiply, so that the norm falls or rises exponentially (Bengio et al. 1994; Pascanu et al. 2013). Inputs are
random, weights are those of a new network: U has the entries of a normal distribution with standard deviation
g / sqrt(H), whose spectral radius is about g.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from nlprnn.interpret import Line, Panel, plot_lines
from nlprnn.reference import GRU, LSTM, Array, Cell, Network, SimpleRNN, run_backward, run_forward

CELLS: dict[str, tuple[Cell, float]] = {
    "RNN, sigmoid": (SimpleRNN("sigmoid"), 0.0),
    "RNN, tanh": (SimpleRNN("tanh"), 0.0),
    "LSTM, forget bias 0": (LSTM(), 0.0),
    "LSTM, forget bias 3": (LSTM(), 3.0),
    "GRU, update bias 3": (GRU(), 3.0),
    "RNN, ReLU": (SimpleRNN("relu"), 0.0),
}
"""Cells, and the bias of the gate that keeps the state."""


def gradient_norms(cell: Cell, *, gain: float, bias: float, hidden_size: int, length: int, seed: int) -> Array:
    """Return |dL/dh_{T-k}| for k = 0 ... T - 1, relative to k = 0, the mean over a batch: (T,)."""
    rng = np.random.default_rng(seed)
    weights = Network(cell).initial_weights(hidden_size, hidden_size, 1, rng=rng)
    weights["weight_hh"] = rng.normal(scale=gain * hidden_size**-0.5, size=weights["weight_hh"].shape)
    if cell.gates > 1:
        weights["bias_ih"][hidden_size : 2 * hidden_size] = bias  # f of the LSTM, z of the GRU
    run = run_forward(cell, weights, 0.3 * rng.normal(size=(16, length, hidden_size)))
    d_outputs = np.zeros_like(run.outputs)
    d_outputs[:, -1] = rng.normal(size=(16, hidden_size))
    norms = np.linalg.norm(run_backward(cell, weights, run, d_outputs).hidden, axis=2).mean(axis=0)  # (T,)
    return norms[::-1] / norms[-1]


@click.command(context_settings={"show_default": True})
@click.option("--length", default=100, help="T, number of steps.")
@click.option("--hidden-size", default=64, help="Size of the hidden state.")
@click.option("--gain", default=1.0, help="Spectral radius g of the recurrent weights.")
@click.option("--seed", default=1, help="Random seed.")
@click.option("--out", type=click.Path(path_type=Path), help="Picture (.png, .pdf or .svg).  [default: none]")
def main(length: int, hidden_size: int, gain: float, seed: int, out: Path | None) -> None:
    """Print and draw the norms for g and for twice g."""
    panels = []
    for g in (gain, 2 * gain):
        click.echo(
            f"|dL/dh| relative to the last step, spectral radius {g:g}, at a distance of 10, 50 and {length - 1}"
        )
        lines = []
        for index, (name, (cell, bias)) in enumerate(CELLS.items()):
            norms = gradient_norms(cell, gain=g, bias=bias, hidden_size=hidden_size, length=length, seed=seed)
            click.echo(f"  {name:20} {norms[10]:8.1e} {norms[50]:8.1e} {norms[-1]:8.1e}")
            lines.append(Line(name, range(length), norms, color=index))
        title = f"Gradient over distance, spectral radius {g:g}"
        panels.append(Panel(title, "steps before the loss", "norm of dL/dh, relative", lines, log=True))
    if out is not None:
        plot_lines(panels, out)
        click.echo(f"Picture: {out}")


if __name__ == "__main__":
    main()
