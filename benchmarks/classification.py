"""Classification: texts per second in training and use, against plain PyTorch, and the memory for a million texts.

python benchmarks/classification.py [--dataset sst2] [--texts 1000000]

The network is that of `recipes/sentiment.py` without R-Drop: embedding 128, bidirectional LSTM 2 x 128, max pooling.
Training is whole steps on encoded texts (the plain script, too, encodes once); use is from text to label. The bound is
the arithmetic of the matrix products alone at the best rate at which this machine does them, without any padding.
With `--texts`, short texts are written to a file for `nlprnn classify`; its peak of memory counts all that it loads.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import numpy as np
import plain_classification as plain
import torch
from limits import product_rate
from torch.nn.utils import clip_grad_norm_

from nlprnn import Classifier
from nlprnn.data.batching import BucketBatches, LabelledBatch, TokenArray, pad_rows
from nlprnn.data.sources import label_names, load_table
from nlprnn.models import TextClassifier
from nlprnn.modules import ClassificationHead, Embedding, MaxPooling, RecurrentEncoder
from nlprnn.text import WordTokenizer
from nlprnn.training.averaging import moving_average
from nlprnn.training.losses import classification_loss

EMBEDDING, HIDDEN = 128, 128


def our_classifier(texts: Sequence[str], labels: list[str]) -> Classifier:
    """The network of the recipe, untrained."""
    tokenizer = WordTokenizer.train(texts, min_frequency=2)
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, EMBEDDING, std=0.1, dropout=0.3, word_dropout=0.3),
        encoder=RecurrentEncoder(EMBEDDING, HIDDEN, bidirectional=True),
        pooling=MaxPooling(2 * HIDDEN),
        head=ClassificationHead(2 * HIDDEN, len(labels), dropout=0.5),
        labels=labels,
    )
    return Classifier(model, tokenizer)


def our_epoch(classifier: Classifier, tokens: TokenArray, gold: np.ndarray) -> Callable[[], None]:
    """A pass over the texts, with all that the trainer does in a step."""
    model, loss = classifier.model, classification_loss()

    def collate(rows: np.ndarray) -> LabelledBatch:
        return LabelledBatch(*pad_rows(tokens, rows), torch.from_numpy(gold[rows]))

    batches = BucketBatches(tokens.lengths, collate, max_rows=plain.BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, fused=True)
    average = moving_average(model, 0.99)

    def epoch() -> None:
        model.train()
        for batch in batches:
            loss(model, batch, None).loss.backward()
            clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            average.update_parameters(model)

    return epoch


def timed(work: Callable[[], object]) -> float:
    """Seconds of a piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(name: str, ours: Sequence[float], other: Sequence[float], bound: float) -> str:
    """Texts per second of both, and the ratios round by round."""
    ratios = [a / b for a, b in zip(ours, other, strict=True)]
    return (
        f"{name:<9} {median(ours):8,.0f}   plain {median(other):8,.0f}   {median(ratios):.2f} times "
        f"({min(ratios):.2f} to {max(ratios):.2f})   {median(ours) / bound:.0%} of the bound of {bound:,.0f}"
    )


def label_file(classifier: Classifier, texts: Sequence[str], count: int) -> str:
    """Let the command label a file of `count` texts; tell its speed and its peak of memory."""
    with TemporaryDirectory() as folder:
        classifier.save(folder)
        path = Path(folder, "texts.txt")
        with path.open("w", encoding="utf-8") as file:
            file.writelines(" ".join(texts[number % len(texts)].split()) + "\n" for number in range(count))
        command = [sys.executable, "-m", "nlprnn.cli.main", "classify", "--model", folder, "--file", str(path)]
        with Path(folder, "labels.txt").open("wb") as out:
            seconds = timed(partial(subprocess.run, command, stdout=out, check=True))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    return f"nlprnn classify, {count:9,} texts: {count / seconds:7,.0f} a second, at most {peak:.0f} MB"


@click.command(context_settings={"show_default": True})
@click.option("--dataset", default="sentiment", help="Texts with labels, as the recipes take them.")
@click.option("--texts", default=0, help="Label a file of so many texts too, and one of a tenth.")
@click.option("--threads", default=2, help="CPU threads.")
@click.option("--rounds", default=4, help="Rounds of all in turn; the first only warms up.")
def main(dataset: str, texts: int, threads: int, rounds: int) -> None:
    """Print the median texts per second of nlprnn and of the plain script, and their ratio with its range."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    splits = load_table(dataset, {"text": None, "label": None})
    labels = label_names(splits)
    train, held_out = (list(splits[split]["text"]) for split in ("train", "test" if "test" in splits else "validation"))
    gold = np.array([labels.index(label) for label in splits["train"]["label"]])

    ours = our_classifier(train, labels)
    tokens = ours.encode(train)
    words = plain.vocabulary(train)
    other = plain.PlainClassifier(len(words) + 2, len(labels), embedding_size=EMBEDDING, hidden_size=HIDDEN)
    rows = list(zip([plain.encode(text, words) for text in train], gold.tolist(), strict=True))
    adam = torch.optim.Adam(other.parameters(), lr=2e-3)
    epoch = our_epoch(ours, tokens, gold)
    work: dict[str, tuple[Callable[[], object], int]] = {
        "train": (epoch, len(train)),
        "plain train": (lambda: plain.train_epoch(other, adam, rows), len(train)),
        "use": (lambda: ours(held_out), len(held_out)),
        "plain use": (lambda: list(plain.classify(other, held_out, words)), len(held_out)),
    }
    rates: dict[str, list[float]] = {name: [] for name in work}
    peak = 0.0
    for _ in range(rounds):
        for name, (run, count) in work.items():
            rates[name].append(count / timed(run))
        peak = max(
            peak, product_rate(4096, [(EMBEDDING, 8 * HIDDEN)], 0.3), product_rate(64, [(HIDDEN, 4 * HIDDEN)], 0.3)
        )
    kept = {name: own[1:] for name, own in rates.items()}
    flop = 2 * 2 * (EMBEDDING + HIDDEN) * 4 * HIDDEN  # of a word, forward
    lengths = {"train": tokens.lengths.mean(), "use": ours.encode(held_out).lengths.mean()}
    click.echo(f"texts per second, {dataset}, {threads} threads, torch {torch.__version__}, {peak / 1e9:.0f} GFLOP/s")
    for name, times in (("train", 3), ("use", 1)):
        click.echo(report(name, kept[name], kept[f"plain {name}"], peak / (times * flop * lengths[name])))
    if texts:
        for count in (texts // 10, texts):
            click.echo(label_file(ours, held_out, count))


if __name__ == "__main__":
    main()
