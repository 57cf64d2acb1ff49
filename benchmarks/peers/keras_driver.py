"""Keras 3 on JAX: character-level language models of two LSTM layers, in training and in generation."""

from __future__ import annotations

import os
from typing import Any

from driver import Work, serve


def _keras(settings: dict[str, Any]) -> Any:
    """Import Keras on its JAX backend with the number of threads of the settings."""
    os.environ["KERAS_BACKEND"] = "jax"
    if settings["threads"] == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import keras

    keras.utils.set_random_seed(0)
    return keras


def _language_model(keras: Any, settings: dict[str, Any], rows: int, window: int) -> Any:
    """Return embedding, two stateful LSTM layers, projection and output layer for windows (rows, window) int."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(batch_shape=(rows, window), dtype="int32"),
            layers.Embedding(settings["vocabulary"], settings["embedding"]),
            layers.LSTM(settings["hidden"], return_sequences=True, stateful=True),
            layers.LSTM(settings["hidden"], return_sequences=True, stateful=True),
            layers.Dense(settings["embedding"]),
            layers.Dense(settings["vocabulary"]),
        ]
    )


def training(settings: dict[str, Any]) -> Work:
    """Return training steps with clipping and AdamW on one batch of random windows."""
    keras = _keras(settings)
    import numpy as np

    rows, window = settings["rows"], settings["window"]
    model = _language_model(keras, settings, rows, window)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(1e-3, global_clipnorm=1.0), loss)
    ids = np.random.default_rng(0).integers(0, settings["vocabulary"], (rows, window + 1), dtype=np.int32)

    def work() -> int:
        for _ in range(settings["steps"]):
            model.train_on_batch(ids[:, :-1], ids[:, 1:])
        return int(settings["steps"] * rows * window)

    return work


def generation(settings: dict[str, Any]) -> Work:
    """Return the usual loop: a stateful model is called with one character of each row, and the next is sampled."""
    keras = _keras(settings)
    import numpy as np

    rows, random = settings["rows"], np.random.default_rng(0)
    model = _language_model(keras, settings, rows, 1)

    def work() -> int:
        tokens = np.full((rows, 1), 5, dtype=np.int32)
        for _ in range(settings["length"]):
            logits = np.asarray(model.predict_on_batch(tokens))[:, 0] / settings["temperature"]
            noise = random.gumbel(size=logits.shape)  # the largest sum is a sample of the softmax
            tokens = (logits + noise).argmax(axis=1)[:, None].astype(np.int32)
        return int(rows * settings["length"])

    return work


if __name__ == "__main__":
    serve({"training": training, "generation": generation})
