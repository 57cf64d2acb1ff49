"""Regression on text: stars, grades, prices, or whatever number goes with a text."""

from __future__ import annotations

import math
import shlex

import numpy as np
from torch.nn import functional

from nlprnn import Regressor
from nlprnn.errors import DataError
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import RMSE
from nlprnn.models import TextRegressor
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.tasks.classification import (
    ClassifierOptions,
    build_optimizer,
    classifier_options,
    evaluation_command,
    pretrained_minutes,
    schedule,
    word_embedding,
)
from nlprnn.tasks.labelled_texts import read_numbered
from nlprnn.tasks.ngrams import final_scores, fit_ngrams
from nlprnn.training.losses.regression import regression_loss
from nlprnn.training.trainer import Trainer

SAMPLE = {"epochs": 20, "hidden_size": 64, "batch_size": 32, "pooling": "mean", "word_dropout": 0.0, "r_drop": 0.0}


@recipe("regression", dataset="hotels", epochs=10, sample=SAMPLE)
@classifier_options
def main(run: Run, options: ClassifierOptions) -> None:
    """Train a regressor of texts.

    \b
    python recipes/regression.py
    python recipes/regression.py --dataset wines.csv --text-field notes --label-field points
    """
    data = read_numbered(run, options)
    numbers = data.gold["train"]
    if numbers.min() == numbers.max():
        raise DataError(f"all numbers of {run.dataset} are {numbers[0]:g}: check --label-field")
    with np.errstate(over="ignore"):
        mean, std = float(numbers.mean()), float(numbers.std())
    if not 0 < std < math.inf:
        raise DataError(f"the numbers of {run.dataset} are too large or too near zero: give them in another unit")
    tokenizer, embedding = word_embedding(run, options, data.to_read)

    encoder = RecurrentEncoder(
        embedding.output_size,
        options.hidden_size,
        cell=options.cell,
        num_layers=options.layers,
        bidirectional=True,
        dropout=options.dropout,
    )
    pooling = POOLINGS[options.pooling](encoder.output_size)
    model = TextRegressor(
        embedding=embedding,
        encoder=encoder,
        pooling=pooling,
        head=OutputHead(pooling.output_size, 1, dropout=options.dropout),
        mean=mean,
        std=std,
        max_length=options.max_length,
    )
    regressor = Regressor(model, tokenizer)
    encoded = data.encode(regressor)
    ngrams = fit_ngrams(run, regressor, encoded, order=options.ngrams, criterion=functional.mse_loss)
    if not run.resume:
        regressor.save(run.folder)
    pretraining = pretrained_minutes(run, options, data, regressor)

    trainer = Trainer(
        model,
        build_optimizer(options, model),
        encoded.batches(max_rows=options.batch_size, seed=run.seed, targets=model.normalize(numbers)),
        regression_loss(r_drop=options.r_drop),
        lambda averaged: encoded.score(Regressor(averaged, tokenizer), "validation"),
        metric=RMSE,
        folder=run.folder,
        options=run.training_options(ema=0.99, **schedule(options)),
    )
    summary = trainer.fit(resume=run.resume)
    summary["minutes"] += pretraining

    scores = final_scores(run, regressor, encoded, ngrams, metric=RMSE)
    example = next(filter(str.strip, data.texts["validation"]), "")
    use = (f"nlprnn rate --model MODEL -- {shlex.quote(example)}", evaluation_command(run, options, [*scores][-1]))
    run.finish(scores, summary=summary, use=use)


if __name__ == "__main__":
    main()
