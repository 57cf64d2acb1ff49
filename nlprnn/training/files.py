"""The files that a training writes into its folder."""

from __future__ import annotations

WEIGHTS_FILE = "model.safetensors"
"""Weights with the best validation score so far."""

CHECKPOINT_FOLDER = "checkpoint"
"""Everything that resuming needs."""

METRICS_FILE = "metrics.jsonl"
"""The log, one JSON object a line."""

CURVE_FILE = "learning_curve.png"
"""The log as a plot."""
