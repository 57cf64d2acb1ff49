"""Collating an epoch into length-bucketed batches, against random batches of padded lists.

python benchmarks/batching.py [--dataset sentiment]
"""

from __future__ import annotations

from collections.abc import Iterator

import click
import numpy as np
import torch
from measurement import Row, benchmark, rate
from torch.nn.utils.rnn import pad_sequence

from nlprnn.batching import BucketBatches, SequenceArray
from nlprnn.data import load_table
from nlprnn.text import WordTokenizer


@benchmark(threads=1, rounds=7)
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--batch-size", default=64, help="Maximum number of texts per batch.")
def main(dataset: str, text_field: str | None, batch_size: int) -> Iterator[Row]:
    """Collate an epoch, and print the padding of bucketed and of random batches."""
    texts = load_table(dataset, {"text": text_field})["train"]["text"]
    ids = WordTokenizer.train(texts).encode_batch(texts)
    tokens = SequenceArray.from_sequences(ids)
    count = len(tokens.values)
    batches = BucketBatches(tokens.lengths, tokens.pad, max_rows=batch_size)

    def random_batches() -> list[torch.Tensor]:
        order = np.random.default_rng(0).permutation(len(ids))
        return [
            pad_sequence([torch.tensor(ids[row]) for row in order[start : start + batch_size]], batch_first=True)
            for start in range(0, len(ids), batch_size)
        ]

    padding = {
        "length-bucketed": 1 - count / sum(mask.numel() for _, mask in batches),
        "random": 1 - count / sum(batch.numel() for batch in random_batches()),
    }
    yield Row(
        name=f"collating {len(ids):,} texts",
        unit="tokens/s",
        ways={
            "nlprnn": lambda: rate(count, lambda: list(batches)),
            "pad_sequence": lambda: rate(count, random_batches),
        },
        note="padding: " + ", ".join(f"{share:.2%} in {name} batches" for name, share in padding.items()),
    )


if __name__ == "__main__":
    main()
