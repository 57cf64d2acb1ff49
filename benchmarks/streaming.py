"""Streaming: memory and speed of a classifier whose texts are read as they are needed, beside training from memory.

python benchmarks/streaming.py
python benchmarks/streaming.py --megabytes 100 --minutes 0.5 --shuffle-buffer 2000

The file of texts is made by chance: words of a Zipf distribution, and two labels. The speed from memory is that on a
smaller file, as it does not depend on the number of texts. Some blocks have to be read while the speed is measured: a
larger `--shuffle-buffer` needs more `--minutes`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

RECIPE = Path(__file__).parents[1] / "recipes" / "sentiment.py"
WORDS = 50_000
_CHUNK = 20_000
_VALIDATION_ROWS = 500


def write_texts(path: Path, megabytes: float, *, words: int, seed: int) -> int:
    """Write a table of labels and texts, and return its number of rows.

    Args:
        path: of the table, TSV.
        megabytes: size.
        words: mean number of words of a text.
        seed: of the texts.
    """
    rng = np.random.default_rng(seed)
    letters = np.random.default_rng(0).integers(97, 123, size=(WORDS, 9), dtype=np.uint8)
    lengths = np.random.default_rng(1).integers(3, 10, size=WORDS)
    vocabulary = np.array([bytes(row[:length]).decode() for row, length in zip(letters, lengths, strict=True)])
    shares = 1 / np.arange(1, WORDS + 1)
    cumulated = np.cumsum(shares / shares.sum())
    size, rows = 0, 0
    with path.open("w", encoding="utf-8") as file:
        size += file.write("label\ttext\n")
        while size < 1e6 * megabytes:
            counts = 1 + rng.poisson(words - 1, size=_CHUNK)
            drawn = vocabulary[np.searchsorted(cumulated, rng.random(counts.sum())).clip(max=WORDS - 1)].tolist()
            begin = 0
            for count in counts.tolist():
                text = drawn[begin : begin + count]
                begin += count
                size += file.write(f"{'pos' if text[0] < 'n' else 'neg'}\t{' '.join(text)}\n")
                rows += 1
                if size >= 1e6 * megabytes:
                    break
    return rows


def make_folder(folder: Path, megabytes: float, words: int) -> Path:
    """Write the splits of a data set into a folder, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "train.tsv").exists():
        write_texts(folder / "validation.tsv", 5.5e-6 * words * _VALIDATION_ROWS, words=words, seed=2)
        write_texts(folder / "train.tsv", megabytes, words=words, seed=3)
    return folder


def read_records(out: Path) -> list[dict[str, Any]]:
    """Return the records of a run's log; none before it has begun."""
    path = out / "metrics.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def train(folder: Path, out: Path, minutes: float, arguments: list[str]) -> dict[str, float]:
    """Train a classifier in another process for some minutes, and return its peak memory, speed and start-up time."""
    command = [sys.executable, str(RECIPE), "--dataset", str(folder), "--out", str(out), *arguments]
    began = time.monotonic()
    with subprocess.Popen(command, env={**os.environ, "HF_HOME": str(out.parent / "cache")}) as process:
        while not (records := read_records(out)) or records[-1]["minutes"] < minutes:
            if process.poll() is not None:
                raise click.ClickException(f"{' '.join(command)} ended with exit code {process.returncode}")
            time.sleep(1.0)
        seconds = time.monotonic() - began
        process.send_signal(signal.SIGINT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    times = 60 * np.diff([record["minutes"] for record in records], prepend=0)
    tokens = times * [record["tokens_per_second"] for record in records]
    return {
        "megabytes": usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
        "tokens": tokens.sum(),
        "tokens_per_second": tokens.sum() / times.sum(),
        "trained_seconds": times.sum(),
        "start_seconds": seconds - times.sum(),
    }


def describe(name: str, figures: dict[str, float]) -> str:
    """Return one line on a run."""
    return (
        f"{name:<12}peak {figures['megabytes']:,.0f} MB   {figures['tokens_per_second']:,.0f} tokens/s over "
        f"{figures['trained_seconds']:.0f} s ({figures['tokens']:,.0f} tokens)   begins after "
        f"{figures['start_seconds']:.0f} s"
    )


@click.command(context_settings={"show_default": True})
@click.option("--megabytes", default=2000.0, help="Size of the file that is streamed.")
@click.option("--compare-megabytes", default=50.0, help="Size of the file that is trained on from memory.")
@click.option("--words", default=40, help="Mean number of words of a text.")
@click.option("--minutes", default=8.0, help="Minutes of each training; reading before it comes on top.")
@click.option("--shuffle-buffer", default=50_000, help="Rows of a block.")
@click.option("--hidden-size", default=128, help="Hidden size of the network.")
@click.option("--threads", default=2, help="Number of CPU threads.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Folder of the files, which are kept.  [default: a temporary one]"
)
def main(
    megabytes: float,
    compare_megabytes: float,
    words: int,
    minutes: float,
    shuffle_buffer: int,
    hidden_size: int,
    threads: int,
    folder: Path | None,
) -> None:
    """Print peak memory and speed of both kinds of training, and the ratio of their speeds."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        whole = make_folder(place / f"{megabytes:g}", megabytes, words)
        few = make_folder(place / f"{compare_megabytes:g}", compare_megabytes, words)
        shared = ["--hidden-size", str(hidden_size), "--threads", str(threads), "--pieces", "0", "--r-drop", "0"]
        shared += ["--ngrams", "0", "--char-ngrams", "0", "--epochs", "1000", "--batch-size", "64"]
        streaming = ["--streaming", "--shuffle-buffer", str(shuffle_buffer)]
        memory = train(few, Path(temporary) / "memory", minutes, shared)
        streamed = train(whole, Path(temporary) / "streamed", minutes, [*shared, *streaming])
    click.echo(f"\n{describe('from memory', memory)}\n{describe('streamed', streamed)}")
    ratio = streamed["tokens_per_second"] / memory["tokens_per_second"]
    click.echo(f"speed of streaming: {ratio:.0%} of that from memory")


if __name__ == "__main__":
    main()
