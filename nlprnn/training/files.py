"""The files that a training writes into its folder."""

from __future__ import annotations

from pathlib import Path

WEIGHTS_FILE = "model.safetensors"
"""Weights with the best validation score so far."""

CHECKPOINT_FOLDER = "checkpoint"
"""Everything that resuming needs."""

INITIAL_MODEL = Path(CHECKPOINT_FOLDER, "model")
"""Configuration and tokenizer that the training began with."""

METRICS_FILE = "metrics.jsonl"
"""The log, one JSON object a line."""

TENSORBOARD_FOLDER = "tensorboard"
"""The log as TensorBoard reads it."""

CURVE_FILE = "learning_curve.png"
"""The log as a plot."""
