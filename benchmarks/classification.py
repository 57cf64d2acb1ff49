"""Training and inference speed of a text classifier, against a plain PyTorch script and the machine's peak.

python benchmarks/classification.py [--threads 2] [--dataset sentiment]
python benchmarks/classification.py --texts 1000000

Three things are measured in turn, for several rounds, so that other load on the machine affects them equally: the
plain script (`plain_classification.py`), nlprnn, and the fp32 matrix products alone (`limits.py`). The model is that
of `recipes/sentiment.py` without R-Drop, so that both do the same arithmetic: embeddings of 128, a bidirectional LSTM
of 128 in each direction, max pooling. Training is an epoch of nlprnn's `Trainer` as the recipe calls it, with gradient
clipping, AdamW and an exponential moving average of the weights, without validation; inference is from text to label.
With one thread CPU time is measured, which depends least on other work of the machine, otherwise wall-clock time.

With `--texts N` the command `nlprnn classify` reads files of N and of N / 10 lines; speed and peak memory are printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import click
import limits
import numpy as np
import plain_classification as plain
import torch
from comparison import Job, print_comparison

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


def clock() -> float:
    """Return seconds since an arbitrary moment: CPU time with one thread, otherwise wall-clock time."""
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


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


def plain_training_rate(model: plain.PlainClassifier, examples: list[plain.Example]) -> float:
    """Train the plain script's model for an epoch; return texts per second."""
    began = clock()
    return sum(plain.training_steps(model, examples, batch_size=BATCH)) / (clock() - began)


def rate(work: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return the texts per second of one call of `work`."""
    began = clock()
    work(texts)
    return len(texts) / (clock() - began)


def reading_flop(tokens: float, classes: int) -> float:
    """Return the FLOP of a text's forward matrix products: the gates of both directions, and the output layer."""
    return tokens * 2 * 2 * (WIDTH + WIDTH) * 4 * WIDTH + 2 * 2 * WIDTH * classes


def peak(tokens: int) -> float:
    """Return the peak FLOP/s of a batch's products: inputs of all tokens, or one time step, whichever is faster."""
    shape = [(WIDTH, 4 * WIDTH)]
    return max(limits.product_rate(BATCH * tokens, shape, 0.5), limits.product_rate(BATCH, shape, 0.5))


def compare(texts: list[str], gold: np.ndarray, labels: list[str], rounds: int) -> None:
    """Print texts per second of both, their ratio, and nlprnn's share of the machine's peak."""
    classifier, vocabulary = build(texts, labels), plain.build_vocabulary(texts)
    tokens = classifier.encode(texts)
    model = plain.PlainClassifier(len(vocabulary) + 2, len(labels))
    examples = [(plain.encode(text, vocabulary), int(label)) for text, label in zip(texts, gold, strict=True)]
    mean = len(tokens.values) / len(tokens)
    flop = reading_flop(mean, len(labels))
    jobs = {
        "training": Job(
            lambda: training_rate(classifier, tokens, gold),
            lambda: plain_training_rate(model, examples),
            lambda: peak(round(mean)) / (3 * flop),
        ),
        "text to label": Job(
            lambda: rate(classifier, texts),
            lambda: rate(lambda batch: plain.predict(model, batch, vocabulary), texts),
            lambda: peak(round(mean)) / flop,
        ),
    }
    click.echo(f"{len(texts):,} texts of {mean:.1f} tokens, {classifier.tokenizer.vocab_size:,} words; texts a second")
    print_comparison(jobs, rounds)


def measure_command(texts: list[str], labels: list[str], lines: int) -> None:
    """Print speed and peak memory of `nlprnn classify` on files of `lines // 10` and of `lines` lines."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build(texts, labels).save(folder / "model")
        one_line_each = [" ".join(text.split()) + "\n" for text in texts]
        for count in (lines // 10, lines):
            with (folder / "texts.txt").open("w", encoding="utf-8") as file:
                file.writelines(islice(cycle(one_line_each), count))
            seconds, memory = run_command(folder)
            with (folder / "labels.txt").open("rb") as file:
                written = sum(1 for _ in file)
            click.echo(
                f"nlprnn classify --file, {count:,} lines: {count / seconds:,.0f} lines a second with start-up, "
                f"peak memory {memory:,.0f} MB, {written:,} lines out"
            )


def run_command(folder: Path) -> tuple[float, float]:
    """Classify `texts.txt` into `labels.txt`; return seconds as of `clock`, and peak memory in MB."""
    command = [sys.executable, "-m", "nlprnn.cli.main", "classify", "--model", "model", "--file", "texts.txt"]
    began = time.perf_counter()
    with (folder / "labels.txt").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    spent = time.perf_counter() - began if torch.get_num_threads() > 1 else usage.ru_utime + usage.ru_stime
    return spent, usage.ru_maxrss / 1024


@click.command(context_settings={"show_default": True})
@click.option("--threads", default=2, help="CPU threads.")
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts and labels.")
@click.option("--text-field", help="Column with the text; detected if omitted.")
@click.option("--label-field", help="Column with the label; detected if omitted.")
@click.option("--rounds", default=5, help="Timed rounds, after one that warms up.")
@click.option("--examples", default=8192, help="Maximum number of texts per epoch.")
@click.option(
    "--texts", "lines", type=int, help="Number of lines to measure `nlprnn classify` on, instead of the comparison."
)
def main(
    threads: int,
    dataset: str,
    text_field: str | None,
    label_field: str | None,
    rounds: int,
    examples: int,
    lines: int | None,
) -> None:
    """Print the speed of classification against a plain script, or that of the command on a large file."""
    os.environ["OMP_NUM_THREADS"] = str(threads)  # for the command, which runs in a process of its own
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    splits = load_table(dataset, {"text": text_field, "label": label_field})
    labels = label_names(splits)
    train = splits["train"].select(range(min(examples, len(splits["train"]))))
    texts, gold = list(train["text"]), np.array([labels.index(label) for label in train["label"]])
    click.echo(f"{dataset}, {threads} threads, torch {torch.__version__}")
    if lines is None:
        compare(texts, gold, labels, rounds)
    else:
        measure_command(texts, labels, lines)


if __name__ == "__main__":
    main()
