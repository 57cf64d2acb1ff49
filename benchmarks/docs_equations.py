"""Pictures of *Recurrent networks from the equations up*, each for light and dark pages, and the figures it states.

python benchmarks/docs_equations.py gradients clipping mask
python benchmarks/docs_equations.py adding copying

The first takes seconds, the second eight minutes of one core. Figures go to `docs/pictures/equations.json`, with which
`tests/test_docs.py` compares those of the page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import gradient_norms
import long_memory
import numpy as np
import torch

from nlprnn.interpret import Line, Panel, plot_lines
from nlprnn.modules import RecurrentEncoder
from nlprnn.picture_style import DARK, LIGHT
from nlprnn.reference import GradientDescent, ManyToOne, SimpleRNN, clip_by_norm, squared_error
from nlprnn.serialization import write_json

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
FIGURES = PICTURES / "equations.json"
CELL_NAMES = {"rnn": "simple RNN", "lstm": "LSTM", "gru": "GRU", "mingru": "minGRU"}


def draw(panels: Sequence[Panel], name: str) -> None:
    """Draw panels for light and dark pages, on a transparent background."""
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "DejaVu Sans"}):
        for suffix, theme in (("light", LIGHT), ("dark", DARK)):
            path = PICTURES / f"{name}.{suffix}.svg"
            plot_lines(panels, path, theme=replace(theme, background="none"))
            text = path.read_text(encoding="utf-8").replace(
                "'DejaVu Sans'", "system-ui, 'Segoe UI', Roboto, sans-serif"
            )
            lines = [line for line in text.splitlines() if "<dc:date>" not in line]
            path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def gradients() -> dict[str, Any]:
    """Draw the norm of dL/dh over the distance from the loss; return it at a distance of 50."""
    panels, figures = [], {}
    for radius in (1.0, 2.0):
        lines = []
        for index, (name, (cell, bias)) in enumerate(gradient_norms.CELLS.items()):
            norms = gradient_norms.gradient_norms(cell, gain=radius, bias=bias, hidden_size=64, length=100, seed=1)
            lines.append(Line(name, range(100), norms, color=index))
            figures[f"{name}, radius {radius:g}"] = float(norms[50])
        title = f"Spectral radius {radius:g}"
        panels.append(Panel(title, "steps before the loss", "norm of dL/dh, relative", lines, log=True))
    draw(panels, "gradients")
    return figures


def clipping() -> dict[str, Any]:
    """Train a simple network whose gradient explodes, with and without clipping, and draw the losses."""
    curves: dict[str, list[float]] = {}
    for name, limit, updates in (("without clipping", None, 30), ("clipped to a norm of 1", 1.0, 600)):
        rng = np.random.default_rng(1)
        network, descent = ManyToOne(SimpleRNN("tanh")), GradientDescent(0.1)
        weights = network.initial_weights(2, 32, 1, rng=rng)
        weights["weight_hh"] *= 1.5  # spectral radius
        curves[name] = []
        for _ in range(updates):
            x, targets = long_memory.adding(32, 10, torch.Generator().manual_seed(int(rng.integers(1 << 30))))
            run = network.forward(weights, x.double().numpy())
            loss, d_outputs = squared_error(run.outputs, targets.double().numpy())
            gradients = network.backward(weights, run, d_outputs)
            weights = descent.update(weights, gradients if limit is None else clip_by_norm(gradients, limit))
            curves[name].append(loss)
    without, clipped = curves.values()
    first = [
        Line(name, range(30), curve[:30], color=1 - index, width=2)
        for index, (name, curve) in enumerate(curves.items())
    ]
    smooth = np.convolve(clipped, np.ones(20) / 20, mode="valid")
    later = [Line("clipped, mean of 20 updates", range(19, 600), smooth, color=0, width=2)]
    panels = [Panel("The first 30 updates", "update", "mean squared error", first, log=True)]
    level = {"predict the mean": 1 / 6}
    panels.append(Panel("600 updates", "update", "mean squared error", later, log=True, levels=level))
    draw(panels, "clipping")
    return {"without, update 30": without[-1], "clipped, last 50": float(np.mean(clipped[-50:]))}


def mask() -> dict[str, Any]:
    """Draw the state of a GRU over a row and its padding, with and without the mask."""
    torch.manual_seed(1)
    encoder = RecurrentEncoder(4, 8, cell="gru")
    x = torch.randn(1, 6, 4)
    padded = torch.cat([x, torch.zeros(1, 10, 4)], dim=1)
    real = torch.arange(16)[None] < 6
    with torch.no_grad():
        outputs = encoder(padded)[0][0]  # (T, H)
        seen = outputs[:, (outputs[-1] - outputs[5]).abs().argmax()]
        final = {"with the mask": encoder(padded, real)[1].hidden, "alone": encoder(x)[1].hidden}
        final["without the mask"] = encoder(padded)[1].hidden
    steps = range(1, 17)
    held = torch.where(real[0], seen, seen[5])
    lines = [Line("without the mask", steps, seen, "o-", 1), Line("with the mask", steps, held, "o-", 0)]
    draw([Panel("6 real steps, 10 of padding", "step", "state of one unit", lines)], "mask")
    errors = {name: float((value - final["alone"]).abs().max()) for name, value in final.items()}
    return {f"largest difference {name}": errors[name] for name in ("with the mask", "without the mask")}


def memory(problem: str, **sizes: Any) -> dict[str, Any]:
    """Train each cell on a problem and draw the learning curves; return loss, updates and processor time."""
    length, hidden_size = sizes["length"], sizes.pop("hidden_size")
    level, losses, lengths, figures = long_memory.chance(problem, length), [], [], {}
    for index, cell in enumerate(long_memory.CELLS):
        torch.manual_seed(1)
        network = long_memory.Network(problem, cell, hidden_size, memory=length)
        rate, began = 0.01 / 3 if cell == "rnn" else 0.01, time.process_time()
        curve = list(long_memory.train(network, problem, batch_size=32, learning_rate=rate, **sizes))
        updates, last = [point.update for point in curve], curve[-1]
        losses.append(Line(CELL_NAMES[cell], updates, [point.loss for point in curve], color=index, width=2))
        lengths.append(Line(CELL_NAMES[cell], updates, [point.length for point in curve], color=index, width=2))
        figures[cell] = {"loss": last.loss, "updates": last.update, "length": last.length}
        figures[cell]["seconds"] = round(time.process_time() - began)
        click.echo(f"{problem}: {cell} {figures[cell]}")
    unit = "mean squared error" if problem == "adding" else "cross-entropy (nats a step)"
    title = f"{problem.capitalize()}, T = {length:,}"
    panels = [Panel(title, "update", unit, losses, log=True, levels={f"chance, {level:.3g}": level})]
    if sizes.get("curriculum"):
        panels.append(Panel("The same: blanks in training", "update", "T", lengths, log=True))
    draw(panels, problem)
    return {"chance": level, "length": length, **figures}


PICTURES_BY_NAME: dict[str, Callable[[], dict[str, Any]]] = {
    "gradients": gradients,
    "clipping": clipping,
    "mask": mask,
    "adding": lambda: memory("adding", length=200, hidden_size=32, updates=500),
    "copying": lambda: memory("copying", length=1000, hidden_size=128, updates=4000, curriculum=True, goal=0.05),
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice([*PICTURES_BY_NAME]), required=True)
def main(names: Sequence[str]) -> None:
    """Draw the pictures NAMES and keep their figures."""
    torch.set_num_threads(1)
    PICTURES.mkdir(exist_ok=True)
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for name in names:
        figures[name] = PICTURES_BY_NAME[name]()
        click.echo(f"{name}: {figures[name]}")
        write_json(FIGURES, figures)


if __name__ == "__main__":
    main()
