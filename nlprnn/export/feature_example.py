"""Example script that runs an exported model of feature sequences with onnxruntime, without nlprnn or PyTorch."""

from __future__ import annotations

_SCRIPT = '''"""{summary}, with onnxruntime alone: python example.py steps.csv

A file is a sequence: a header with the names of the features, and a row a step; an empty cell is a missing value.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

folder = Path(__file__).parent
config = json.loads((folder / "export.json").read_text(encoding="utf-8"))
features = json.loads((folder / "features.json").read_text(encoding="utf-8"))["features"]
mean, std, may_be_missing = (np.array([one[name] for one in features]) for name in ("mean", "std", "missing"))


def process(path):
    """Return the features (T, D) of a file as the model reads them."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    values = np.array([[float(row[one["name"]] or "nan") for one in features] for row in rows])
    scaled = np.clip((values - mean) / std, -config["farthest"], config["farthest"])
    absent = np.isnan(scaled)
    last = np.maximum.accumulate(np.where(absent, -1, np.arange(len(scaled))[:, None]), axis=0)
    filled = np.where(last < 0, 0.0, np.take_along_axis(scaled, np.maximum(last, 0), axis=0))
    return np.concatenate([filled, absent[:, may_be_missing]], axis=1).astype(np.float32)


session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
rows = [process(path) for path in sys.argv[1:]]
lengths = np.array([len(row) for row in rows])
padded = np.zeros((len(rows), lengths.max(), rows[0].shape[1]), dtype=np.float32)
for row, values in zip(padded, rows):
    row[: len(values)] = values
outputs = session.run(["{output}"], {{"features": padded, "lengths": lengths}})[0]
for path, output in zip(sys.argv[1:], outputs):
    print({printed})
'''


def feature_script(kind: str) -> str:
    """Return a script that runs a model.

    Args:
        kind: "sequence classifier" or "sequence regressor".
    """
    if kind == "sequence classifier":
        printed = "f\"{config['labels'][output.argmax()]}  {output.max():.1%}  {path}\""
        return _SCRIPT.format(summary="Labels of feature sequences", output="probabilities", printed=printed)
    return _SCRIPT.format(summary="Numbers of feature sequences", output="numbers", printed='f"{output:8.4g}  {path}"')
