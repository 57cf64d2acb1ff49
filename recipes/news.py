"""Topic classification: news and other documents, long ones too, into few classes or a thousand, rare ones too."""

from __future__ import annotations

import shlex
from functools import partial

import click
import numpy as np
import torch
from torch.nn import functional

from nlprnn import Classifier
from nlprnn.cli.text_io import Separator
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import ACCURACY, MACRO_F1, MICRO_F1
from nlprnn.models import TextClassifier
from nlprnn.models.text_model import TRUNCATES, Truncate
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.tasks.classification import (
    PROBABILITY,
    ClassifierOptions,
    build_optimizer,
    classifier_options,
    evaluation_command,
    pretrained_minutes,
    schedule,
    word_embedding,
)
from nlprnn.tasks.labelled_texts import read_labelled, read_multi_labelled
from nlprnn.tasks.ngrams import final_scores, fit_ngrams
from nlprnn.training.lbfgs import label_cross_entropy
from nlprnn.training.losses.class_weights import CLASS_WEIGHTS, inverse_frequency
from nlprnn.training.losses.classification import classification_loss, multi_label_loss
from nlprnn.training.trainer import Trainer

METRICS = {"accuracy": ACCURACY, "macro_f1": MACRO_F1, "micro_f1": MICRO_F1}
SAMPLE = {"text_field": "title,text", "epochs": 10, "batch_size": 32, "word_dropout": 0.4, "r_drop": 3.0}


@recipe("news", dataset="news", epochs=8, sample=SAMPLE)
@classifier_options
@click.option("--truncate", type=click.Choice(TRUNCATES), default="head", help="What is read of longer texts.")
@click.option(
    "--class-weights",
    type=click.Choice(list(CLASS_WEIGHTS)),
    default="none",
    help="Make rare classes count more in training: balanced = all classes alike, root = half-way there.",
)
@click.option("--label-smoothing", type=PROBABILITY, default=0.0, help="Probability spread over all classes.")
@click.option("--ema", type=PROBABILITY, default=0.99, help="Decay of the weights' moving average; 0 = none.")
@click.option(
    "--select-by",
    type=click.Choice(list(METRICS)),
    help="What picks the best weights.  [default: accuracy; micro_f1 with --multi-label]",
)
@click.option("--multi-label", is_flag=True, help="A text has any number of labels: a list, or a string of several.")
@click.option("--label-separator", type=Separator(), default=";", help="Between several labels in a string.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    help="Probability from which a text is said to have one of several labels.",
)
def main(
    run: Run,
    options: ClassifierOptions,
    truncate: Truncate,
    class_weights: str,
    label_smoothing: float,
    ema: float,
    select_by: str | None,
    multi_label: bool,
    label_separator: str,
    threshold: float,
) -> None:
    """Train a classifier of documents by topic, with two classes or a thousand, or with several labels a document.

    \b
    python recipes/news.py
    python recipes/news.py --dataset hotels --multi-label
    python recipes/news.py --dataset reports.csv --text-field title,body --label-field topic --class-weights balanced
    """
    if multi_label and (class_weights != "none" or label_smoothing):
        raise click.UsageError("--class-weights and --label-smoothing are for one label a text, not for --multi-label")
    select_by = select_by or ("micro_f1" if multi_label else "accuracy")
    if select_by == ("accuracy" if multi_label else "micro_f1"):
        raise click.UsageError(
            f"--select-by {select_by} does not go {'with' if multi_label else 'without'} --multi-label"
        )
    data = read_multi_labelled(run, options, label_separator) if multi_label else read_labelled(run, options)
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
    head = OutputHead(pooling.output_size, len(data.labels), dropout=options.dropout)
    model = TextClassifier(
        embedding=embedding,
        encoder=encoder,
        pooling=pooling,
        head=head,
        labels=data.labels,
        max_length=options.max_length,
        truncate=truncate,
        multi_label=multi_label,
        threshold=threshold,
    )
    classifier = Classifier(model, tokenizer)
    encoded = data.encode(classifier)
    if multi_label:
        loss, criterion = multi_label_loss(r_drop=options.r_drop), label_cross_entropy
    else:
        counts = torch.from_numpy(np.bincount(data.gold["train"], minlength=len(data.labels)))
        weights = inverse_frequency(counts, class_weights)
        loss = classification_loss(weights=weights, label_smoothing=label_smoothing, r_drop=options.r_drop)
        criterion = partial(functional.cross_entropy, weight=weights)
    ngrams = fit_ngrams(run, classifier, encoded, order=options.ngrams, criterion=criterion)
    if not run.resume:
        classifier.save(run.folder)
    pretraining = pretrained_minutes(run, options, data, classifier)
    run.say(f"{tokenizer.vocab_size:,} words; {sum(p.numel() for p in model.parameters()):,} parameters")
    trainer = Trainer(
        model,
        build_optimizer(options, model),
        encoded.batches(max_rows=options.batch_size, seed=run.seed),
        loss,
        lambda averaged: encoded.score(Classifier(averaged, tokenizer), "validation"),
        metric=METRICS[select_by],
        folder=run.folder,
        options=run.training_options(ema=ema or None, **schedule(options)),
    )
    summary = trainer.fit(resume=run.resume)
    summary["minutes"] += pretraining

    scores = final_scores(run, classifier, encoded, ngrams, metric=METRICS[select_by])
    example = shlex.quote(" ".join(next(filter(str.strip, data.texts["validation"]), "").split()[:12]))
    scored = evaluation_command(run, options, [*scores][-1], label_separator)
    run.finish(scores, summary=summary, use=(f"nlprnn classify --model MODEL -- {example}", scored), labels=data.labels)


if __name__ == "__main__":
    main()
