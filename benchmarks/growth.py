"""Growth of cost with sequence length, vocabulary, beam, threads, number of batch shapes and size of the corpus.

python benchmarks/growth.py [--threads 2]

The first way of each row is the one that the others are compared with: where the unit is s or MB, the ratio is how many
times as much another takes. A cost that grows linearly with the length takes 8 times as much for 1,024 as for 128.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
import plain_translation as plain
import torch
from classify_file import MEASURED
from machine import ROOT
from measurement import Row, benchmark
from peaks import clock
from translation import arrays, build

from nlprnn.batching import StreamBatch, length_buckets
from nlprnn.decoding import BeamOptions, average_length_penalty, beam_search
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, MaxPooling, RecurrentEncoder
from nlprnn.training.losses import language_model_loss

WIDTH, ROWS = 128, 16
LENGTHS = (128, 32, 512, 1024)
VOCABULARIES = (4096, 16384, 65536)
BEAMS = (1, 5, 10, 20)

_SHAPES = """
import resource, sys, torch
from nlprnn.modules import RecurrentEncoder
shapes, steps = int(sys.argv[1]), int(sys.argv[2])
encoder = RecurrentEncoder(128, 128, bidirectional=True)
for step in range(steps):
    longest = 128 - step % shapes
    x, lengths = torch.randn(32, longest, 128), torch.linspace(longest // 2, longest, 32).long()
    encoder(x, torch.arange(longest) < lengths[:, None])[0].sum().backward()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@benchmark(rounds=3, quick={"largest_corpus": 1000, "steps": 1})
@click.option("--largest-corpus", default=1_000_000, help="Rows of the largest corpus; others have 1,000 and a tenth.")
@click.option("--steps", default=3, help="Training steps, or ten sentences to translate, of a measurement.")
def main(largest_corpus: int, steps: int) -> Iterator[Row]:
    """Measure how the cost of training and search grows."""
    yield _row("training step, sequence length", {f"T={n}": encoder_step(n) for n in LENGTHS}, steps)
    yield _row("training step, vocabulary", {f"V={n}": language_model_step(n) for n in VOCABULARIES}, steps)
    yield _row("translation, beam", {f"beam {n}": beam_search_of(n, 10 * steps) for n in BEAMS}, 1)
    step = encoder_step(LENGTHS[0])
    yield Row(
        name=f"training step, T={LENGTHS[0]}, threads",
        unit="s",
        ways={f"{n} threads": partial(seconds_with_threads, step, n, steps) for n in (1, 2)},
    )
    yield Row(
        name="peak memory, batch shapes",
        unit="MB",
        ways={f"{n} shapes": partial(memory_of_shapes, n, 32 * steps) for n in (1, 32)},
    )
    corpora = sorted({1000, max(1000, largest_corpus // 10), largest_corpus})
    yield Row(
        name="peak memory, rows of the corpus",
        unit="MB",
        ways={f"{n:,} rows": partial(memory_of_corpus, n) for n in corpora},
        note="sentiment recipe, 10 words a row, --ngrams 0, half a minute",
    )


def _row(name: str, work: dict[str, Callable[[], object]], times: int) -> Row:
    """Return a row of the seconds that one call takes."""
    return Row(name=name, unit="s", ways={way: partial(seconds, call, times) for way, call in work.items()})


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the seconds of one call of `work`, the mean of several."""
    began = clock()
    for _ in range(times):
        work()
    return (clock() - began) / times


def seconds_with_threads(work: Callable[[], object], threads: int, times: int) -> float:
    """Return the wall-clock seconds of one call with a number of threads; processor time would add theirs up."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        began = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - began) / times
    finally:
        torch.set_num_threads(before)


def encoder_step(longest: int) -> Callable[[], None]:
    """Return forward and backward of a bidirectional LSTM and its pooling on 16 sequences of one length."""
    encoder, pooling = RecurrentEncoder(WIDTH, WIDTH, bidirectional=True), MaxPooling(2 * WIDTH)
    x, mask = torch.randn(ROWS, longest, WIDTH), torch.ones(ROWS, longest, dtype=torch.bool)

    def step() -> None:
        pooling(encoder(x, mask)[0], mask).sum().backward()

    return step


def language_model_step(vocabulary: int) -> Callable[[], None]:
    """Return forward and backward of a language model of one LSTM layer, on 16 windows of 64 words."""
    encoder = RecurrentEncoder(WIDTH, 2 * WIDTH)
    model = LanguageModel(embedding=Embedding(vocabulary, WIDTH), encoder=encoder)
    loss, ids = language_model_loss(), torch.randint(0, vocabulary, (ROWS, 65))

    def step() -> None:
        loss(model, StreamBatch(ids[:, :-1], ids[:, 1:]), None).loss.backward()
        model.zero_grad()

    return step


def beam_search_of(beam: int, sentences: int) -> Callable[[], None]:
    """Return the translation of sentences one at a time with a beam, to the lengths of their references."""
    model = build().eval()
    with torch.no_grad():
        model.output_bias[plain.EOS] = -50.0  # no EOS before the maximum length
    sources, targets = arrays(plain.random_pairs(sentences))
    step = model.compiled_step()

    @torch.inference_mode()
    def work() -> None:
        for rows in length_buckets(sources.lengths, max_tokens=1 << 30, max_rows=1):
            options = BeamOptions(
                eos_id=plain.EOS,
                max_length=torch.from_numpy(targets.lengths[rows] - 2),
                beam_size=beam,
                length_penalty=average_length_penalty(),
                early_stopping=True,
            )
            beam_search(step, torch.full((1,), plain.BOS), model.encode(*sources.pad(rows)), options=options)

    return work


def memory_of_shapes(shapes: int, steps: int) -> float:
    """Return the peak MB of a process that trains on batches of a number of lengths."""
    command = [sys.executable, "-c", _SHAPES, str(shapes), str(steps)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def memory_of_corpus(rows: int) -> float:
    """Return the peak MB of the sentiment recipe on a number of rows."""
    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary, "data.jsonl")
        with data.open("w", encoding="utf-8") as file:
            for number in range(rows):
                words = " ".join(f"w{(number * step) % 5000}" for step in (1, 3, 7, 11, 13, 17, 19, 23, 29))
                label = "bad" if number % 2 else "good"
                file.write(json.dumps({"text": f"{words} {label}", "label": label}) + "\n")
        recipe = [sys.executable, str(ROOT / "recipes" / "sentiment.py"), "--dataset", str(data)]
        options = ["--out", str(Path(temporary, "run")), "--ngrams", "0", "--max-minutes", "0.5"]
        command = [sys.executable, "-c", MEASURED, *recipe, *options]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        return float(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
