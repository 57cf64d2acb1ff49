"""Next number: [1, 2, 3, 4] to [2, 3, 4, 5], and a label for each number; in NumPy, and again with PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch.nn import functional

from nlprnn.friendly_command import FriendlyCommand
from nlprnn.interpret import Line, Panel, check_picture, plot_lines
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.reference import CELLS, WEIGHT_NAMES, Adam, Network, cross_entropy, softmax, squared_error
from nlprnn.training import cosine

STARTS = np.array([0.0, 1.0, 2.0, 4.0, 5.0, 6.0])  # first numbers of the sequences in training
UNSEEN = np.setdiff1d(np.arange(0.0, 6.25, 0.25), STARTS)
MEAN, SCALE = 5.0, 50.0  # inputs near 0, where a cell is nearly linear, as the next number is
STEPS, POINTS = range(1, 5), {"NumPy": ("o", 0), "PyTorch": ("+", 1)}  # of the picture; style and colour


def train(cell: Any, x: Any, targets: Any, losses: Any, output_size: int, rates: list[float]) -> dict[str, Any]:
    """Train in both ways from the same weights, an update for each learning rate; return losses and predictors."""
    encoder, head = RecurrentEncoder(1, 32, cell=cell).double(), OutputHead(32, output_size).double()
    parameters = [*encoder.parameters(), *head.parameters()]
    weights = {name: p.detach().numpy().copy() for name, p in zip(WEIGHT_NAMES, parameters, strict=True)}
    (loss, torch_loss), curve, torch_curve = losses, [], []

    network, adam = Network(CELLS[cell]()), Adam()
    for rate in rates:
        run = network.forward(weights, x)
        value, d_outputs = loss(run.outputs, targets)
        adam.learning_rate = rate
        weights = adam.update(weights, network.backward(weights, run, d_outputs))
        curve.append(value)

    optimizer, inputs = torch.optim.Adam(parameters), torch.from_numpy(x)
    for rate in rates:
        torch_value = torch_loss(head(encoder(inputs)[0]).flatten(0, 1), torch.from_numpy(targets).flatten(0, 1))
        optimizer.zero_grad()
        torch_value.backward()
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
        torch_curve.append(torch_value.item())

    return {
        "NumPy": (curve, lambda x: network.forward(weights, x).outputs),
        "PyTorch": (torch_curve, lambda x: head(encoder(torch.from_numpy(x))[0]).detach().numpy()),
    }


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@click.option("--cell", type=click.Choice([*CELLS]), default="lstm", help="Recurrent cell.")
@click.option("--updates", type=click.IntRange(10), default=1000, help="Number of updates; a fifth for the labels.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Random seed of the weights.")
@click.option("--out", type=click.Path(path_type=Path), default="runs/next_number.png", help="Picture.")
def main(cell: str, updates: int, seed: int, out: Path) -> None:
    """Learn two toys of textbooks, each in the NumPy reference and with PyTorch, and draw losses and predictions."""
    check_picture(out)  # before the training
    torch.manual_seed(seed)
    rates = [0.02 * cosine(update / updates) for update in range(updates)]

    def sequences(starts: Any) -> Any:  # (B, T + 1, 1)
        return (np.array(starts)[:, None, None] + np.arange(5.0)[:, None] - MEAN) / SCALE

    # A number for each number
    learnt, unseen, shown = sequences(STARTS), sequences(UNSEEN), sequences([1.0, 2.75, 4.5])
    numbers = train(cell, learnt[:, :-1], learnt[:, 1:], (squared_error, functional.mse_loss), 1, rates)
    number_lines = [Line("target", STEPS, row * SCALE + MEAN, color=2) for row in shown[:, 1:, 0]]
    for name, (_, predict) in numbers.items():
        predicted = predict(shown[:, :-1])[:, :, 0] * SCALE + MEAN
        error = np.abs(predict(unseen[:, :-1]) - unseen[:, 1:]).max() * SCALE
        click.echo(f"{name:8} [1 2 3 4] -> {predicted[0].round(3)}, {len(UNSEEN)} unseen starts within {error:.3f}")
        number_lines += [Line(name, STEPS, row, *POINTS[name]) for row in predicted]

    # A label for each number
    x, target = np.array([[[0.1], [0.2], [0.3], [0.4]]]), np.array([[0, 1, 1, 0]])
    labels = train(cell, x, target, (cross_entropy, functional.cross_entropy), 2, rates[::5])
    label_lines = [Line("target", STEPS, target[0], color=2)]
    for name, (_, predict) in labels.items():
        p = softmax(predict(x))[0]  # (T, 2)
        click.echo(f"{name:8} [1 2 3 4] -> {p.argmax(axis=1)}, probability of 1: {p[:, 1].round(3)}")
        label_lines.append(Line(name, STEPS, p[:, 1], *POINTS[name]))

    loss_lines = [Line("numbers, NumPy", range(updates), numbers["NumPy"][0], width=3.5)]
    loss_lines.append(Line("labels, NumPy", range(0, updates, 5), labels["NumPy"][0], color=3, width=3.5))
    for results, stride in ((numbers, 1), (labels, 5)):
        loss_lines.append(Line("both, PyTorch", range(0, updates, stride), results["PyTorch"][0], "--", 1))
    panels = [Panel(f"Training, {cell.upper()}", "update", "loss", loss_lines, log=True)]
    panels += [Panel("Next numbers", "step", "number", number_lines), Panel("Labels", "step", "p(1)", label_lines)]
    plot_lines(panels, out)
    click.echo(f"Picture: {out}")


if __name__ == "__main__":
    main()
