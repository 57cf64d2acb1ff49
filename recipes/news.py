"""Topic classification: news and other documents, long ones too, into few classes or a thousand, rare ones too."""

from __future__ import annotations

import shlex

import click
import numpy as np
import torch

from nlprnn import Classifier
from nlprnn.cli.classification import (
    PROBABILITY,
    ClassifierOptions,
    build_optimizer,
    classifier_options,
    evaluation_command,
    pretrained_minutes,
    read_labelled,
    schedule,
    word_embedding,
)
from nlprnn.cli.options import recipe
from nlprnn.cli.run import Run
from nlprnn.models import TextClassifier
from nlprnn.models.classifier import TRUNCATES, Truncate
from nlprnn.modules import ClassificationHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.training.losses import CLASS_WEIGHTS, classification_loss, inverse_frequency
from nlprnn.training.metrics import ACCURACY, MACRO_F1
from nlprnn.training.trainer import Trainer

METRICS = {"accuracy": ACCURACY, "macro_f1": MACRO_F1}
SAMPLE = {"text_field": "title,text", "epochs": 6, "hidden_size": 64, "batch_size": 32}


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
@click.option("--select-by", type=click.Choice(list(METRICS)), default="accuracy", help="What picks the best weights.")
def main(
    run: Run,
    options: ClassifierOptions,
    truncate: Truncate,
    class_weights: str,
    label_smoothing: float,
    ema: float,
    select_by: str,
) -> None:
    """Train a classifier of documents by topic, with two classes or a thousand.

    \b
    python recipes/news.py
    python recipes/news.py --dataset reports.csv --text-field title,body --label-field topic --class-weights balanced
    """
    data = read_labelled(run, options)
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
    head = ClassificationHead(pooling.output_size, len(data.labels), dropout=options.dropout)
    model = TextClassifier(
        embedding=embedding,
        encoder=encoder,
        pooling=pooling,
        head=head,
        labels=data.labels,
        max_length=options.max_length,
        truncate=truncate,
    )
    classifier = Classifier(model, tokenizer)
    if not run.resume:
        classifier.save(run.folder)
    pretraining = pretrained_minutes(run, options, data, classifier)
    encoded = data.encode(classifier)
    run.say(f"{tokenizer.vocab_size:,} words; {sum(p.numel() for p in model.parameters()):,} parameters")

    counts = torch.from_numpy(np.bincount(data.gold["train"], minlength=len(data.labels)))
    trainer = Trainer(
        model,
        build_optimizer(options, model),
        encoded.batches(max_rows=options.batch_size, seed=run.seed),
        classification_loss(
            weights=inverse_frequency(counts, class_weights), label_smoothing=label_smoothing, r_drop=options.r_drop
        ),
        lambda averaged: encoded.score(Classifier(averaged, tokenizer), "validation"),
        metric=METRICS[select_by],
        folder=run.folder,
        options=run.training_options(ema=ema or None, **schedule(options)),
    )
    summary = trainer.fit(resume=run.resume)
    summary["minutes"] += pretraining

    scores = {split: encoded.score(classifier, split) for split in data.texts if split != "train"}
    example = " ".join(next(filter(str.strip, data.texts["validation"]), "").split()[:12])
    use = (f"nlprnn classify --model MODEL -- {shlex.quote(example)}", evaluation_command(run, options, [*scores][-1]))
    run.finish(scores, summary=summary, use=use, labels=data.labels)


if __name__ == "__main__":
    main()
