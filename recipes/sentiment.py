"""Sentiment analysis: a bidirectional recurrent classifier on any table of texts and labels."""

from __future__ import annotations

from torch.nn import functional

from nlprnn import Classifier
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import ACCURACY
from nlprnn.models import TextClassifier
from nlprnn.modules import OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.tasks.classification import (
    ClassifierOptions,
    build_optimizer,
    classifier_options,
    pretrained_minutes,
    schedule,
    word_embedding,
)
from nlprnn.tasks.labelled_texts import read_labelled
from nlprnn.tasks.ngrams import final_scores, fit_ngrams
from nlprnn.training.losses.classification import classification_loss
from nlprnn.training.trainer import Trainer


@recipe("sentiment", dataset="sentiment", epochs=8, sample={"epochs": 25})
@classifier_options
def main(run: Run, options: ClassifierOptions) -> None:
    """Train a classifier of texts, with two labels or more.

    \b
    python recipes/sentiment.py
    python recipes/sentiment.py --dataset reviews.csv --text-field body --label-field stars
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
    head = OutputHead(pooling.output_size, len(data.labels), dropout=options.dropout)
    model = TextClassifier(
        embedding=embedding,
        encoder=encoder,
        pooling=pooling,
        head=head,
        labels=data.labels,
        max_length=options.max_length,
    )
    classifier = Classifier(model, tokenizer)
    encoded = data.encode(classifier)
    ngrams = fit_ngrams(run, classifier, encoded, order=options.ngrams, criterion=functional.cross_entropy)
    if not run.resume:
        classifier.save(run.folder)
    pretraining = pretrained_minutes(run, options, data, classifier)

    trainer = Trainer(
        model,
        build_optimizer(options, model),
        encoded.batches(max_rows=options.batch_size, seed=run.seed),
        classification_loss(r_drop=options.r_drop),
        lambda averaged: encoded.score(Classifier(averaged, tokenizer), "validation"),
        metric=ACCURACY,
        folder=run.folder,
        options=run.training_options(ema=0.99, **schedule(options)),
    )
    summary = trainer.fit(resume=run.resume)
    summary["minutes"] += pretraining

    scores = final_scores(run, classifier, encoded, ngrams, metric=ACCURACY)
    run.finish(scores, summary=summary, use='nlprnn classify --model MODEL "Not at all boring."', labels=data.labels)


if __name__ == "__main__":
    main()
