"""Speed of an exported classifier in onnxruntime and in nlprnn: `python benchmarks/onnx_speed.py MODEL DATASET`."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnxruntime
import torch

import nlprnn
from nlprnn.batching import SequenceArray, length_buckets
from nlprnn.export import export_onnx

_ROUNDS = 3


def rate(function: Callable[[], object], texts: int) -> float:
    """Return the texts per second of processor time, the best of some rounds."""
    function()
    seconds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        function()
        seconds.append(time.process_time() - began)
    return texts / min(seconds)


def batches(tokens: SequenceArray, rows: int) -> Iterator[dict[str, np.ndarray]]:
    """Yield inputs of texts of similar length."""
    for batch in length_buckets(tokens.lengths, max_tokens=32_768, max_rows=rows):
        ids, mask = tokens.pad(batch)
        yield {"ids": ids.numpy(), "lengths": mask.sum(dim=1).numpy()}


def run_all(function: Callable[[Any], object], inputs: Iterable[Any]) -> None:
    """Call a function with each of some inputs."""
    for one in inputs:
        function(one)


@click.command()
@click.argument("model")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--texts", "count", default=1000, help="Number of texts.")
def main(model: str, dataset: Path, count: int) -> None:
    """Measure a classifier, MODEL, on the texts of DATASET, JSON lines with a column text, on one thread."""
    torch.set_num_threads(1)
    lines = dataset.read_text(encoding="utf-8").splitlines()[:count]
    classifier = nlprnn.Classifier.load(model, device="cpu")
    tokens = classifier.encode([json.loads(line)["text"] for line in lines])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        difference = export_onnx(classifier, Path(folder) / "out").difference
        session = onnxruntime.InferenceSession(str(Path(folder) / "out" / "model.onnx"), options)
        for rows in (1, 64):
            inputs = list(batches(tokens, rows))
            exported = rate(partial(run_all, partial(session.run, None), inputs), len(tokens))
            pieces = [tokens.select(slice(row, row + 1)) for row in range(len(tokens))] if rows == 1 else [tokens]
            pipeline = rate(partial(run_all, classifier.outputs, pieces), len(tokens))
            words = tokens.lengths.mean()
            print(
                f"{rows:>3} texts in a batch, {words:.0f} words each: onnxruntime {exported:.0f} a second, "
                f"nlprnn {pipeline:.0f}"
            )
    print(f"largest difference {difference:.1e}")


if __name__ == "__main__":
    main()
