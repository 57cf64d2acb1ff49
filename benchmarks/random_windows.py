"""Loss of a language model on random windows of a text, each from the initial state.

python benchmarks/random_windows.py --model runs/text_generation --dataset tinyshakespeare

This is how nanoGPT (Karpathy 2022) estimates its validation loss: windows of 256 tokens at random positions, the mean
over all their tokens. A recurrent model that carries its state from window to window has a lower loss; this figure is
for comparison.
"""

from __future__ import annotations

import click
import numpy as np
import torch
from torch.nn import functional

from nlprnn import Generator
from nlprnn.data import load_text_split


@click.command(context_settings={"show_default": True})
@click.option("--model", required=True, help="Model folder.")
@click.option("--dataset", required=True, help="Sample name, Hub id, folder or file.")
@click.option("--split", default="validation", help="Split of the data set.")
@click.option("--window", default=256, help="Number of tokens per window.")
@click.option("--windows", default=2000, help="Number of windows.")
@click.option("--seed", default=1, help="Seed of the windows' positions.")
def main(model: str, dataset: str, split: str, window: int, windows: int, seed: int) -> None:
    """Print the mean negative log-likelihood (nats per token), and its standard error over the windows."""
    generator = Generator.load(model)
    ids = generator.encode(load_text_split(dataset, split=split))
    starts = np.random.default_rng(seed).integers(0, len(ids) - window, size=windows)
    losses = []
    with torch.inference_mode():
        for begin in range(0, windows, 64):
            rows = torch.from_numpy(np.stack([ids[s : s + window + 1] for s in starts[begin : begin + 64]]))
            logits = generator.model.logits(generator.model(rows[:, :-1].to(generator.device)).vectors)
            targets = rows[:, 1:].to(generator.device)
            losses.append(functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none").mean(dim=1))
    each = torch.cat(losses)
    error = float(each.std() / windows**0.5)
    click.echo(f"{float(each.mean()):.4f} nats per token (standard error {error:.4f}), {windows} windows of {window}")


if __name__ == "__main__":
    main()
