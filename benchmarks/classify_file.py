"""Speed and peak memory of `nlprnn classify` on files of many lines.

python benchmarks/classify_file.py [--lines 1000000]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import click
import torch
from classification import build, load_texts
from measurement import Row, benchmark

# Linux counts to a process what its parent held when it was started, so that a small process has to start the command.
MEASURED = """
import resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.run(sys.argv[1:]).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)
sys.exit(status)
"""


@benchmark(rounds=1, warm_up=0, threads=1, quick={"lines": 2000})
@click.option("--dataset", default="sentiment", help="Sample name, Hub id, folder or file with texts and labels.")
@click.option("--lines", default=1_000_000, help="Number of lines of the larger file; the smaller one has a tenth.")
def main(dataset: str, lines: int) -> Iterator[Row]:
    """Classify a file, and one of a tenth of its lines, each in a process of its own."""
    texts, _, labels = load_texts(dataset, None, None, 8192)
    memory: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        build(texts, labels).save(folder / "model")
        one_line_each = [" ".join(text.split()) + "\n" for text in texts]

        def classify(count: int) -> float:
            with (folder / "texts.txt").open("w", encoding="utf-8") as file:
                file.writelines(islice(cycle(one_line_each), count))
            seconds, memory[count] = run_command(folder)
            with (folder / "labels.txt").open("rb") as file:
                if (written := sum(1 for _ in file)) != count:
                    raise RuntimeError(f"{written:,} labels were written for {count:,} lines.")
            return count / seconds

        sizes = {f"{count:,} lines": count for count in (lines, lines // 10)}
        yield Row(
            name="nlprnn classify --file",
            unit="lines/s",
            ways={name: partial(classify, count) for name, count in sizes.items()},
            note="with start-up",
        )
        yield Row(
            name="peak memory of it",
            unit="MB",
            ways={name: partial(memory.__getitem__, count) for name, count in sizes.items()},
        )


def run_command(folder: Path) -> tuple[float, float]:
    """Classify `texts.txt` into `labels.txt`; return seconds as of `clock`, and peak memory in MB."""
    classify = [sys.executable, "-m", "nlprnn.cli.main", "classify", "--model", "model", "--file", "texts.txt"]
    with (folder / "labels.txt").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *classify], cwd=folder, stdout=out, stderr=subprocess.PIPE, check=False
        )
    if done.returncode:
        raise SystemExit(f"{' '.join(classify)} failed: {done.stderr.decode()}")
    wall, processor, memory = map(float, done.stderr.split()[-3:])
    return processor if torch.get_num_threads() == 1 else wall, memory


if __name__ == "__main__":
    main()
