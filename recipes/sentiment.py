"""Sentiment analysis: a bidirectional recurrent classifier on any table of texts and labels."""

from __future__ import annotations

from pathlib import Path

import click
import torch

from nlprnn import Classifier
from nlprnn.cli.options import recipe
from nlprnn.cli.run import Run
from nlprnn.data.batching import BucketBatches, LabelledBatch, pad_rows
from nlprnn.data.sources import label_names, load_table
from nlprnn.models import TextClassifier
from nlprnn.modules import (
    AttentionPooling,
    ClassificationHead,
    ConcatPooling,
    Embedding,
    LastPooling,
    MaxPooling,
    MeanPooling,
    RecurrentEncoder,
)
from nlprnn.text import WordTokenizer, read_vectors
from nlprnn.training.losses import classification_loss
from nlprnn.training.metrics import ACCURACY, classification_scores
from nlprnn.training.trainer import Trainer

POOLINGS = {
    "last": lambda size: LastPooling(size, bidirectional=True),
    "mean": MeanPooling,
    "max": MaxPooling,
    "concat": lambda size: ConcatPooling(size, bidirectional=True),
    "attention": AttentionPooling,
}
PROBABILITY = click.FloatRange(0, 1, max_open=True)
SIZE = click.IntRange(min=1)


@recipe("sentiment", dataset="sentiment", epochs=10)
@click.option("--text-field", help="Field with the text; guessed if not given.")
@click.option("--label-field", help="Field with the label; guessed if not given.")
@click.option("--vectors", type=click.Path(path_type=Path), help="Pretrained word vectors: GloVe, word2vec, fastText.")
@click.option("--vectors-rate", type=click.FloatRange(min=0), default=0.1, help="Their learning rate, relative.")
@click.option("--min-frequency", type=SIZE, default=2, help="Words seen less often in training are unknown.")
@click.option("--max-length", type=SIZE, default=2048, help="Words read of a text.")
@click.option("--embedding-size", type=SIZE, default=128, help="Width of a word's vector, without --vectors.")
@click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell.")
@click.option("--hidden-size", type=SIZE, default=128, help="Width of a recurrent layer, in each direction.")
@click.option("--layers", type=SIZE, default=1, help="Recurrent layers.")
@click.option("--pooling", type=click.Choice(list(POOLINGS)), default="max", help="Words -> one vector.")
@click.option("--dropout", type=PROBABILITY, default=0.5, help="On word vectors and on the text's vector.")
@click.option("--word-dropout", type=PROBABILITY, default=0.1, help="Words made unknown in training.")
@click.option("--weight-dropout", type=PROBABILITY, default=0.0, help="On the recurrent weights.")
@click.option("--label-smoothing", type=PROBABILITY, default=0.0, help="Probability spread over all labels.")
@click.option("--batch-size", type=SIZE, default=64, help="Most texts of a batch.")
@click.option("--learning-rate", type=click.FloatRange(min=0, min_open=True), default=1e-3, help="At its highest.")
@click.option("--weight-decay", type=click.FloatRange(min=0), default=0.01, help="As in AdamW.")
@click.option("--std", type=float, default=0.1)
@click.option("--embedding-dropout", type=PROBABILITY, default=0.3)
@click.option("--ema", type=PROBABILITY, default=0.99, help="a.")
def main(
    run: Run,
    text_field: str | None,
    label_field: str | None,
    vectors: Path | None,
    vectors_rate: float,
    min_frequency: int,
    max_length: int,
    embedding_size: int,
    cell: str,
    hidden_size: int,
    layers: int,
    pooling: str,
    dropout: float,
    word_dropout: float,
    weight_dropout: float,
    label_smoothing: float,
    batch_size: int,
    learning_rate: float,
    weight_decay: float,
    ema: float,
    std: float,
    embedding_dropout: float,
) -> None:
    """Train a classifier of whole texts; any labels, two or more."""
    splits = load_table(run.dataset, {"text": text_field, "label": label_field})
    labels = label_names(splits)
    pretrained = read_vectors(vectors) if vectors else None
    tokenizer = WordTokenizer.train(
        splits["train"]["text"], min_frequency=min_frequency, extra_words=pretrained.words if pretrained else ()
    )

    embedding = Embedding(
        tokenizer.vocab_size,
        pretrained.dimension if pretrained else embedding_size,
        word_dropout=word_dropout,
        dropout=embedding_dropout,
        std=std,
        frozen=bool(pretrained) and vectors_rate == 0,
    )
    if pretrained:
        table, found = pretrained.table(tokenizer.words, seed=run.seed)
        embedding.load_vectors(torch.from_numpy(table))
    encoder = RecurrentEncoder(
        embedding.output_size,
        hidden_size,
        cell=cell,
        num_layers=layers,
        bidirectional=True,
        dropout=dropout,
        weight_dropout=weight_dropout,
    )
    pool = POOLINGS[pooling](encoder.output_size)
    head = ClassificationHead(pool.output_size, len(labels), dropout=dropout)
    classifier = Classifier(
        TextClassifier(
            embedding=embedding, encoder=encoder, pooling=pool, head=head, labels=labels, max_length=max_length
        ),
        tokenizer,
    )

    tokens = {split: classifier.encode(rows["text"]) for split, rows in splits.items()}
    gold = {split: torch.tensor([labels.index(label) for label in rows["label"]]) for split, rows in splits.items()}

    def collate(rows):
        return LabelledBatch(*pad_rows(tokens["train"], rows), gold["train"][rows])

    def score(model, split):
        return classification_scores(Classifier(model, tokenizer).logits(tokens[split]), gold[split].numpy())

    classifier.save(run.folder)
    rest = [p for name, p in classifier.model.named_parameters() if not name.startswith("embedding")]
    rate = learning_rate * vectors_rate if pretrained else learning_rate
    trainer = Trainer(
        classifier.model,
        torch.optim.AdamW(
            [{"params": rest}, {"params": list(embedding.parameters()), "lr": rate}],
            lr=learning_rate,
            weight_decay=weight_decay,
            fused=True,
        ),
        BucketBatches(tokens["train"].lengths, collate, max_rows=batch_size, seed=run.seed),
        classification_loss(label_smoothing=label_smoothing),
        lambda model: score(model, "validation"),
        metric=ACCURACY,
        folder=run.folder,
        options=run.training_options(warmup=0.05, patience=None, ema=ema or None),
    )
    summary = trainer.fit(resume=run.resume)
    scores = {split: score(classifier.model, split) for split in splits if split != "train"}
    run.finish(scores, summary=summary, use='nlprnn classify --model MODEL "..."')


if __name__ == "__main__":
    main()
