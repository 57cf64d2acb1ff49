"""Sentiment analysis: a bidirectional recurrent classifier on any table of texts and labels."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import torch
from torch import nn

from nlprnn import Classifier
from nlprnn.cli.options import recipe
from nlprnn.cli.run import Run
from nlprnn.data.batching import BucketBatches, LabelledBatch, pad_rows
from nlprnn.data.sources import label_names, load_table
from nlprnn.models import TextClassifier
from nlprnn.modules import ClassificationHead, Embedding, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.text import WordTokenizer, read_vectors
from nlprnn.training.losses import classification_loss
from nlprnn.training.metrics import ACCURACY, classification_scores
from nlprnn.training.trainer import Trainer

SIZE = click.IntRange(min=1)
RATE = click.FloatRange(min=0)
PROBABILITY = click.FloatRange(0, 1, max_open=True)


@recipe("sentiment", dataset="sentiment", epochs=8, sample={"epochs": 25})
@click.option("--text-field", help="Field with the text; guessed if not given.")
@click.option("--label-field", help="Field with the label; guessed if not given.")
@click.option("--vectors", type=click.Path(path_type=Path), help="Pretrained word vectors; the first 100,000 are read.")
@click.option("--min-frequency", type=SIZE, default=2, help="Words seen less often in training are unknown.")
@click.option("--max-length", type=SIZE, default=2048, help="Words read of a text.")
@click.option("--embedding-size", type=SIZE, default=128, help="Width of a word's trained vector.")
@click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell.")
@click.option("--hidden-size", type=SIZE, default=128, help="Width of a recurrent layer, in each direction.")
@click.option("--layers", type=SIZE, default=1, help="Recurrent layers.")
@click.option("--pooling", type=click.Choice(list(POOLINGS)), default="max", help="Words -> the text's vector.")
@click.option("--dropout", type=PROBABILITY, default=0.5, help="Between layers and on the text's vector.")
@click.option("--embedding-dropout", type=PROBABILITY, default=0.3, help="On word vectors.")
@click.option(
    "--word-dropout", type=PROBABILITY, help="Words made unknown in training.  [default: 0.3; 0.6 with vectors]"
)
@click.option("--r-drop", type=RATE, default=1.0, help="Weight of R-Drop; 0 halves the time.")
@click.option("--batch-size", type=SIZE, default=64, help="Most texts of a batch.")
@click.option(
    "--learning-rate", type=click.FloatRange(min=0, min_open=True), default=2e-3, help="Highest rate, after warm-up."
)
def main(
    run: Run,
    text_field: str | None,
    label_field: str | None,
    vectors: Path | None,
    min_frequency: int,
    max_length: int,
    embedding_size: int,
    cell: str,
    hidden_size: int,
    layers: int,
    pooling: str,
    dropout: float,
    embedding_dropout: float,
    word_dropout: float | None,
    r_drop: float,
    batch_size: int,
    learning_rate: float,
) -> None:
    """Train a classifier of texts, with two labels or more.

    \b
    python recipes/sentiment.py
    python recipes/sentiment.py --dataset reviews.csv --text-field body --label-field stars
    """
    splits = load_table(run.dataset, {"text": text_field, "label": label_field})
    labels = label_names(splits)
    number = {label: index for index, label in enumerate(labels)}
    gold = {split: np.array([number[label] for label in rows["label"]]) for split, rows in splits.items()}
    sizes = "  ".join(f"{split} {len(rows):,}" for split, rows in splits.items())
    run.say(f"{sizes}  labels {', '.join(labels[:10])}{' ...' if len(labels) > 10 else ''}")

    pretrained = read_vectors(vectors).standardized() if vectors else None
    texts = splits["train"]["text"]
    tokenizer = WordTokenizer.train(texts, min_frequency=min_frequency)
    num_trained = tokenizer.vocab_size
    if pretrained:  # words that training never shows are known by their vectors
        tokenizer = WordTokenizer.train(texts, min_frequency=min_frequency, extra_words=pretrained.words)
    if word_dropout is None:
        word_dropout = 0.6 if pretrained else 0.3
    embedding = Embedding(
        tokenizer.vocab_size,
        embedding_size,
        pretrained_dim=pretrained.dimension if pretrained else 0,
        num_trained=num_trained,
        std=0.1,
        dropout=embedding_dropout,
        word_dropout=word_dropout,
    )
    if pretrained:
        table, found = pretrained.table(tokenizer.words, seed=run.seed)
        embedding.load_vectors(torch.from_numpy(table))
        run.say(f"vectors for {found[1:num_trained].mean():.1%} of the {num_trained - 4:,} words of the training texts")

    encoder = RecurrentEncoder(
        embedding.output_size, hidden_size, cell=cell, num_layers=layers, bidirectional=True, dropout=dropout
    )
    pool = POOLINGS[pooling](encoder.output_size)
    head = ClassificationHead(pool.output_size, len(labels), dropout=dropout)
    model = TextClassifier(
        embedding=embedding, encoder=encoder, pooling=pool, head=head, labels=labels, max_length=max_length
    )
    classifier = Classifier(model, tokenizer)
    if not run.resume:
        classifier.save(run.folder)
    tokens = {split: classifier.encode(rows["text"]) for split, rows in splits.items()}

    def collate(rows: np.ndarray) -> LabelledBatch:
        return LabelledBatch(*pad_rows(tokens["train"], rows), torch.from_numpy(gold["train"][rows]))

    def score(model: nn.Module, split: str) -> dict[str, float]:
        return classification_scores(Classifier(model, tokenizer).logits(tokens[split]), gold[split])

    trainer = Trainer(
        model,
        torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01, fused=True),
        BucketBatches(tokens["train"].lengths, collate, max_rows=batch_size, seed=run.seed),
        classification_loss(r_drop=r_drop),
        lambda model: score(model, "validation"),
        metric=ACCURACY,
        folder=run.folder,
        options=run.training_options(warmup=0.05, ema=0.99),
    )
    summary = trainer.fit(resume=run.resume)

    scores = {split: score(model, split) for split in splits if split != "train"}
    run.finish(scores, summary=summary, use='nlprnn classify --model MODEL "Not at all boring."')


if __name__ == "__main__":
    main()
