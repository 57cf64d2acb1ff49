"""Training runs of a second: a linear model, a classifier with dropout, a language model with carried state."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray, StreamBatches
from nlprnn.metrics import ACCURACY, LOSS, Metric, classification_scores
from nlprnn.models import LanguageModel, TextClassifier
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.training import Callback, ComputeLoss, Display, LossOutput, Trainer, TrainingOptions, linear_after
from nlprnn.training.losses import classification_loss, language_model_loss

KILLED_AT = 13


class ListBatches:
    """The same batches in the same order each epoch."""

    def __init__(self, batches: list[Any]) -> None:
        self.batches = batches
        self.epoch = 0
        self.position = 0

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        while self.position < len(self.batches):
            self.position += 1
            yield self.batches[self.position - 1]
        self.epoch, self.position = self.epoch + 1, 0

    def shard(self, index: int, count: int) -> None:
        assert (index, count) == (0, 1)


QUIET = Display(enabled=False)


def options(**changed: Any) -> TrainingOptions:
    return TrainingOptions(**{"device": "cpu", "epochs": 3, "log_every": 3, **changed})


def seed_everything(seed: int = 1) -> None:
    torch.set_num_threads(1)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def at_call(number: int, action: Callable[[], None], loss: ComputeLoss) -> ComputeLoss:
    """Do something during one call of a loss, counted from 1."""
    calls = 0

    def compute(model: nn.Module, batch: Any, state: Any) -> LossOutput:
        nonlocal calls
        calls += 1
        if calls == number:
            action()
        return loss(model, batch, state)

    return compute


def squared_error(model: nn.Module, batch: tuple[Tensor, Tensor], state: Any) -> LossOutput:
    inputs, targets = batch
    return LossOutput((model(inputs) - targets).square().mean(), len(inputs))


def linear_trainer(
    folder: Path,
    *,
    batches: list[Any] | None = None,
    loss: ComputeLoss = squared_error,
    validate: Callable[[nn.Module], dict[str, float]] | None = None,
    metric: Metric = LOSS,
    rate: float = 0.1,
    display: Display | None = QUIET,
    callbacks: Sequence[Callback] = (),
    **changed: Any,
) -> Trainer:
    """y = 2 * first - second, two inputs, no bias; the weights begin at zero."""
    seed_everything()
    model = nn.Linear(2, 1, bias=False)
    nn.init.zeros_(model.weight)
    inputs = torch.randn(24, 2, generator=torch.Generator().manual_seed(0))
    targets = inputs @ torch.tensor([[2.0], [-1.0]])

    def mean_squared_error(model: nn.Module) -> dict[str, float]:
        return {"loss": float((model(inputs) - targets).square().mean())}

    return Trainer(
        model,
        torch.optim.SGD(model.parameters(), lr=rate),
        ListBatches(batches or list(zip(inputs.split(4), targets.split(4), strict=True))),
        loss,
        validate or mean_squared_error,
        metric=metric,
        folder=folder,
        options=options(**changed),
        display=display,
        callbacks=callbacks,
    )


def classifier_trainer(
    folder: Path,
    *,
    seed: int = 1,
    loss: ComputeLoss | None = None,
    width: int = 8,
    rows: int = 60,
    callbacks: Sequence[Callback] = (),
    **changed: Any,
) -> Trainer:
    """Is word 5 in the text? 60 texts, 8 bucket batches an epoch, every kind of dropout, averaged weights."""
    seed_everything(seed)
    rng = np.random.default_rng(0)
    tokens = SequenceArray.from_sequences([rng.integers(2, 12, size=rng.integers(1, 9)) for _ in range(rows)])
    labels = np.array([int(5 in tokens[row]) for row in range(rows)])
    encoder = RecurrentEncoder(width, width, bidirectional=True, num_layers=2, locked_dropout=0.1, weight_dropout=0.1)
    model = TextClassifier(
        embedding=Embedding(12, width, dropout=0.1, word_dropout=0.1),
        encoder=encoder,
        pooling=MaxPooling(encoder.output_size),
        head=OutputHead(encoder.output_size, 2, dropout=0.2),
        labels=["without", "with"],
    )

    def collate(rows: np.ndarray) -> LabelledBatch:
        return LabelledBatch(*tokens.pad(rows), torch.from_numpy(labels[rows]))

    everything = collate(np.arange(rows))

    def validate(model: nn.Module) -> dict[str, float]:
        return classification_scores(model(everything.inputs, everything.mask).numpy(), labels)

    return Trainer(
        model,
        torch.optim.AdamW(model.parameters(), lr=0.01, fused=True),
        BucketBatches(tokens.lengths, collate, max_rows=8, seed=seed),
        loss or classification_loss(label_smoothing=0.1),
        validate,
        metric=ACCURACY,
        folder=folder,
        options=options(**{"ema": 0.9, "warmup": 0.1, "dropout": linear_after(0.2), **changed}),
        display=QUIET,
        callbacks=callbacks,
    )


def language_model_trainer(
    folder: Path, *, loss: ComputeLoss | None = None, callbacks: Sequence[Callback] = (), **changed: Any
) -> Trainer:
    """Count to seven: 10 windows of 4 streams an epoch, dropout, Adam."""
    seed_everything()
    rng = np.random.default_rng(0)
    ids = np.where(rng.random(409) < 0.1, rng.integers(0, 7, 409), np.arange(409) % 7)
    model = LanguageModel(embedding=Embedding(7, 8), encoder=RecurrentEncoder(8, 8), output_dropout=0.1)
    text = torch.from_numpy(ids[:65].astype(np.int64))[None]

    def validate(model: nn.Module) -> dict[str, float]:
        logits = model.logits(model(text[:, :-1]).vectors)
        return {"loss": float(nn.functional.cross_entropy(logits[0], text[0, 1:]))}

    return Trainer(
        model,
        torch.optim.Adam(model.parameters(), lr=0.01),
        StreamBatches(ids, batch_size=4, length=10, seed=1),
        loss or language_model_loss(),
        validate,
        metric=LOSS,
        folder=folder,
        options=options(**changed),
        display=QUIET,
        callbacks=callbacks,
    )


def train_until_killed(folder: Path) -> None:
    """Train until this process kills itself, in mid-epoch."""
    killing = at_call(KILLED_AT, lambda: os.kill(os.getpid(), signal.SIGKILL), classification_loss(label_smoothing=0.1))
    classifier_trainer(folder, loss=killing, save_minutes=0).fit()
