"""Training and inference speed of a text classifier, against a plain PyTorch script and the machine's peak.

python benchmarks/classification.py [--threads 2] [--dataset sentiment]

The plain script is `plain_classification.py`; the limit is that of the fp32 matrix products. The model is that of
`recipes/sentiment.py` without R-Drop, so that both do the same arithmetic: embeddings of 128, a bidirectional LSTM of
128 in each direction, max pooling. Training is an epoch of nlprnn's `Trainer` as the recipe calls it, with gradient
clipping, AdamW and an exponential moving average of the weights, without validation; inference is from text to label.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import numpy as np
import plain_classification as plain
import torch
from measurement import Limit, Row, benchmark, rate
from peaks import clock, product_rate
from peers.process import peer_ways, peers_folder_option, peers_option

from nlprnn import Classifier
from nlprnn.batching import BucketBatches, LabelledBatch, SequenceArray
from nlprnn.data import label_names, load_table
from nlprnn.metrics import ACCURACY
from nlprnn.models import TextClassifier
from nlprnn.modules import Embedding, MaxPooling, OutputHead, RecurrentEncoder
from nlprnn.text import WordTokenizer
from nlprnn.training import Display, Trainer, TrainingOptions
from nlprnn.training.losses import classification_loss

WIDTH, BATCH = 128, 64


def build(texts: list[str], labels: list[str]) -> Classifier:
    """Build the untrained model of the recipe with the vocabulary of `texts`."""
    tokenizer = WordTokenizer.train(texts, min_frequency=2)
    encoder = RecurrentEncoder(WIDTH, WIDTH, bidirectional=True)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, WIDTH, std=0.1, dropout=0.3, word_dropout=0.3),
        encoder=encoder,
        pooling=MaxPooling(encoder.output_size),
        head=OutputHead(encoder.output_size, len(labels), dropout=0.5),
        labels=labels,
    )
    return Classifier(model, tokenizer)


class TimedBatches(BucketBatches):
    """Length-bucketed batches that record when each was requested, and its number of texts."""

    def __iter__(self) -> Iterator[LabelledBatch]:
        self.marks: list[tuple[float, int]] = []
        for batch in super().__iter__():
            self.marks.append((clock(), len(batch.inputs)))
            yield batch

    def rate(self) -> float:
        """Return the texts per second of all steps but the last, after which the trainer validates and saves."""
        return sum(rows for _, rows in self.marks[:-1]) / (self.marks[-1][0] - self.marks[0][0])


def training_rate(classifier: Classifier, tokens: SequenceArray, gold: np.ndarray) -> float:
    """Train for an epoch; return texts per second."""

    def collate(rows: np.ndarray) -> LabelledBatch:
        return LabelledBatch(*tokens.pad(rows), torch.from_numpy(gold[rows]))

    batches = TimedBatches(tokens.lengths, collate, max_rows=BATCH)
    with tempfile.TemporaryDirectory() as folder:
        Trainer(
            classifier.model,
            torch.optim.AdamW(classifier.model.parameters(), lr=1e-3, weight_decay=0.01, fused=True),
            batches,
            classification_loss(),
            lambda model: {"accuracy": 0.0},
            metric=ACCURACY,
            folder=Path(folder),
            options=TrainingOptions(epochs=1, ema=0.99, device="cpu"),
            display=Display(enabled=False),
        ).fit()
    return batches.rate()


def reading_flop(tokens: float, classes: int) -> float:
    """Return the FLOP of a text's forward matrix products: the gates of both directions, and the output layer."""
    return tokens * 2 * 2 * (WIDTH + WIDTH) * 4 * WIDTH + 2 * 2 * WIDTH * classes


def peak(tokens: int) -> float:
    """Return the peak FLOP/s of a batch's products: inputs of all tokens, or one time step, whichever is faster."""
    shape = [(WIDTH, 4 * WIDTH)]
    return max(product_rate(BATCH * tokens, shape, 0.5), product_rate(BATCH, shape, 0.5))


def load_texts(
    dataset: str, text_field: str | None, label_field: str | None, examples: int
) -> tuple[list[str], np.ndarray, list[str]]:
    """Return at most `examples` training texts, the indices of their labels (int64), and the labels."""
    splits = load_table(dataset, {"text": text_field, "label": label_field})
    labels = label_names(splits)
    train = splits["train"].select(range(min(examples, len(splits["train"]))))
    return list(train["text"]), np.array([labels.index(label) for label in train["label"]]), labels


@benchmark(rounds=5, quick={"examples": 256})
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts and labels.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--label-field", help="Column with the label; detected if omitted.")
@click.option("--examples", default=8192, help="Maximum number of texts per epoch.")
@peers_option
@peers_folder_option
def main(
    dataset: str,
    text_field: str | None,
    label_field: str | None,
    examples: int,
    peers: Sequence[str],
    peers_folder: Path,
) -> Iterator[Row]:
    """Train a text classifier for an epoch, and predict labels of texts, in nlprnn and in a plain PyTorch script."""
    texts, gold, labels = load_texts(dataset, text_field, label_field, examples)
    classifier, vocabulary = build(texts, labels), plain.build_vocabulary(texts)
    tokens = classifier.encode(texts)
    model = plain.PlainClassifier(len(vocabulary) + 2, len(labels))
    encoded = [(plain.encode(text, vocabulary), int(label)) for text, label in zip(texts, gold, strict=True)]
    mean = len(tokens.values) / len(tokens)
    settings = {"texts": texts, "labels": gold.tolist(), "embedding": WIDTH, "hidden": WIDTH, "batch_size": BATCH}
    others = partial(peer_ways, peers, folder=peers_folder, **settings)
    flop, best = reading_flop(mean, len(labels)), partial(peak, round(mean))
    yield Row(
        name="training",
        unit="texts/s",
        ways={
            "nlprnn": lambda: training_rate(classifier, tokens, gold),
            "plain": lambda: rate(len(texts), lambda: list(plain.training_steps(model, encoded, batch_size=BATCH))),
            **others("training"),
        },
        limit=Limit(3 * flop, best),
        note=f"{len(texts):,} texts of {mean:.1f} tokens; plain: random batches, packed sequences; fastai: AWD-LSTM",
    )
    yield Row(
        name="text to label",
        unit="texts/s",
        ways={
            "nlprnn": lambda: rate(len(texts), lambda: classifier(texts)),
            "plain": lambda: rate(len(texts), lambda: plain.predict(model, texts, vocabulary)),
            **others("prediction"),
        },
        limit=Limit(flop, best),
        note="plain: batches in input order; nlprnn multiplies each distinct word of a batch once",
    )


if __name__ == "__main__":
    main()
