"""Padding waste of length-bucketed and of random batches, and the time to collate an epoch.

python benchmarks/batching.py [--dataset sentiment]
"""

from __future__ import annotations

import time

import click
import numpy as np

from nlprnn.batching import BucketBatches, SequenceArray
from nlprnn.data import load_table
from nlprnn.text import WordTokenizer


@click.command(context_settings={"show_default": True})
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--batch-size", default=64, help="Maximum number of texts per batch.")
def main(dataset: str, text_field: str | None, batch_size: int) -> None:
    """Print the padding waste of bucketed and of random batches, and the seconds of collating an epoch."""
    texts = load_table(dataset, {"text": text_field})["train"]["text"]
    tokenizer = WordTokenizer.train(texts)
    tokens = SequenceArray.from_sequences(tokenizer.encode_batch(texts))

    batches = BucketBatches(tokens.lengths, tokens.pad, max_rows=batch_size)
    began = time.perf_counter()
    masks = [mask for _, mask in batches]
    elapsed = time.perf_counter() - began
    cells, real = sum(mask.numel() for mask in masks), sum(int(mask.sum()) for mask in masks)

    order = np.random.default_rng(0).permutation(len(tokens))
    random = [tokens.lengths[order[i : i + batch_size]] for i in range(0, len(order), batch_size)]
    random_cells = sum(len(lengths) * lengths.max() for lengths in random)
    click.echo(f"{len(tokens):,} texts, {real:,} tokens, {len(masks)} batches")
    click.echo(f"padding: {1 - real / cells:.2%} in buckets, {1 - real / random_cells:.2%} in random batches")
    click.echo(f"collating an epoch: {elapsed:.3f} s, {real / elapsed:,.0f} tokens/s")


if __name__ == "__main__":
    main()
