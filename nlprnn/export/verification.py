"""Comparison of exported graphs with the models, on random inputs of several batches and ragged lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlprnn.errors import ModelError
from nlprnn.export.networks import Network

BATCHES = ((1, 1), (1, 9), (3, 6), (4, 40), (2, 131))
"""Rows and longest length of each batch that is compared; all others work as well, as no size is fixed."""

TOLERANCE = 1e-5
"""Largest difference of a value that is at most 1; of larger ones, relative to them."""

_WORDS, _WIDTH = 7, 5


def verify(network: Network, path: Path, sizes: Mapping[str, int], *, rows: Sequence[Sequence[int]] = ()) -> float:
    """Compare a file with the model that it was made of; return the largest difference.

    Args:
        network: with the function that computes the model's outputs.
        path: of the file.
        sizes: of the vocabularies: "ids" or "tokens", and "characters".
        rows: token ids of texts to compare as well, such as n-grams that random texts hardly have.

    Raises:
        ModelError: a value differs by more than `TOLERANCE`; names the output and the batch.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(0)
    largest = 0.0
    batches = [_random_inputs(session, generator, batch, time, sizes) for batch, time in BATCHES]
    if rows:
        lengths = np.array([len(row) for row in rows])
        ids = np.zeros((len(rows), lengths.max()), dtype=np.int64)
        for target, row in zip(ids, rows, strict=True):
            target[: len(row)] = row
        batches.append({"ids": ids, "lengths": lengths})
    for inputs in batches:
        actual = dict(zip([one.name for one in session.get_outputs()], session.run(None, inputs), strict=True))
        with torch.inference_mode():
            expected = network.compute(inputs)
        for name, target in expected.items():
            difference = _difference(actual[name], target.double().numpy(), inputs, name)
            if not difference <= TOLERANCE:  # NaN too
                shape = "x".join(map(str, next(iter(inputs.values())).shape))
                raise ModelError(
                    f"the exported {network.name} differs from the model by {difference:.2g} in {name} "
                    f"(batch {shape}): nothing is written"
                )
            largest = max(largest, difference)
    return largest


def _difference(actual: np.ndarray, target: np.ndarray, inputs: Mapping[str, np.ndarray], name: str) -> float:
    if actual.shape != target.shape:
        return float("inf")
    scaled = np.abs(actual - target) / np.maximum(1.0, np.abs(target))
    if name == "keys":  # arbitrary on padding, where they are not read
        scaled = scaled * (np.arange(scaled.shape[1]) < inputs["lengths"][:, None])[..., None]
    return float(scaled.max(initial=0.0))


def _random_inputs(
    session: Any, generator: np.random.Generator, batch: int, time: int, sizes: Mapping[str, int]
) -> dict[str, np.ndarray]:
    """Draw inputs of the types and shapes that a file declares; the first row is full, and others may be empty."""
    axes = {"batch": batch, "time": time, "words": _WORDS, "width": _WIDTH}
    names = [one.name for one in session.get_inputs()]
    decodes = "tokens" in names
    lengths = generator.integers(1 if decodes or "characters" in names else 0, time + 1, batch)
    lengths[0] = time
    inputs: dict[str, np.ndarray] = {}
    for one in session.get_inputs():
        shape = [axes[size] if isinstance(size, str) else size for size in one.shape]
        if one.name == "lengths":
            inputs[one.name] = lengths
        elif one.name == "indices":
            inputs[one.name] = generator.integers(0, _WORDS, shape)
        elif one.name == "characters":
            kept = np.arange(_WIDTH) < generator.integers(1, _WIDTH + 1, _WORDS)[:, None]
            inputs[one.name] = generator.integers(1, sizes["characters"], shape) * kept
        elif one.name in ("ids", "tokens"):
            real = np.arange(time) < lengths[:, None] if one.name == "ids" and "lengths" in names else True
            inputs[one.name] = generator.integers(1, sizes[one.name], shape) * real
        else:
            inputs[one.name] = generator.standard_normal(shape).astype(np.float32) / 2
    return inputs
