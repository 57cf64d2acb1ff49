"""Write a corpus of tales to learn from: `python data/tales.py --number 30000 --out tales --seed 1`.

The folder gets `train.txt` and `validation.txt` for `recipes/text_generation.py`. With `--check FILE` the script
scores tales instead, those of a model too: coherence, and with `--corpus FILE` the share of repeated runs of words.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from grammars.tales.coherence import mean_coherence
from grammars.tales.overlap import overlap
from grammars.tales.tale import BETWEEN_TALES, tales

VALIDATION_SHARE = 0.02


def write_tales(path: Path, texts: Iterable[str]) -> None:
    """Write tales with two empty lines between them: UTF-8, Unix line ends on every system."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for index, text in enumerate(texts):
            file.write(BETWEEN_TALES * bool(index) + text)
        file.write("\n")


def read_tales(path: Path) -> Iterator[str]:
    """Yield the tales of a file one by one."""
    lines: list[str] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            lines.append(line)
            if lines[-2:] == ["\n", "\n"] and (text := "".join(lines).strip()):
                yield text
                lines = []
    if text := "".join(lines).strip():
        yield text


def make(out: Path, number: int, seed: int) -> None:
    """Write `number` tales to `out`, of which `VALIDATION_SHARE`, at least one, are for validation."""
    out.mkdir(parents=True, exist_ok=True)
    source = tales(seed)
    validation = max(1, round(number * VALIDATION_SHARE))
    write_tales(out / "validation.txt", islice(source, validation))
    write_tales(out / "train.txt", islice(source, number - validation))


def check(path: Path, corpus: Path | None) -> None:
    """Print the mean coherence of the tales of a file, and how much of them occurs in a corpus."""
    texts = list(read_tales(path))
    if not texts:
        raise SystemExit(f"{path} is empty: --check needs a file of tales with two empty lines between them")
    print(f"{len(texts)} tales")
    for name, score in mean_coherence(texts).items():
        print(f"{name:20} {100 * score:5.1f} %")
    if corpus:
        print(f"{'repeated runs':20} {100 * overlap(texts, read_tales(corpus)):5.1f} %")


def main() -> None:
    """Parse the command line; write or score tales."""
    parser = argparse.ArgumentParser(description="Write a corpus of tales, or score tales.")
    parser.add_argument("--number", type=int, default=30_000, help="number of tales (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder for train.txt and validation.txt")
    parser.add_argument("--seed", type=int, default=1, help="seed of all choices (default: %(default)s)")
    parser.add_argument("--check", type=Path, metavar="FILE", help="file of tales to score")
    parser.add_argument("--corpus", type=Path, metavar="FILE", help="tales that --check compares with")
    options = parser.parse_args()
    if (options.out is None) == (options.check is None):
        parser.error("give either --out FOLDER, to write tales, or --check FILE, to score them")
    if options.number < 2:
        parser.error("--number must be at least 2: one tale to train on and one for validation")
    missing = [path for path in (options.check, options.corpus) if path and not path.is_file()]
    if missing:
        parser.error(f"there is no file {missing[0]}")
    if options.check:
        check(options.check, options.corpus)
    else:
        make(options.out, options.number, options.seed)


if __name__ == "__main__":
    main()
