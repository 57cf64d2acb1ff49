"""Write a corpus of tales to learn from: `python data/tales.py --number 3000 --out tales --seed 1`.

The folder gets `train.jsonl` and `validation.jsonl` for `recipes/text_generation.py`. With `--check FILE` the script
scores tales instead, those of a model too: coherence, and with `--corpus FILE` the share of repeated runs of words.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

from grammars.tales.coherence import mean_coherence
from grammars.tales.overlap import overlap
from grammars.tales.tale import tales

VALIDATION_SHARE = 0.02
FROM_THE_MIDDLE = 0.12
"""Share of tales that begin at a later paragraph, as a prompt may."""


def documents(texts: Iterable[str], rng: Random) -> Iterator[dict[str, str]]:
    """Yield title and text of each tale; some texts begin in the middle."""
    for text in texts:
        title, *paragraphs = text.split("\n\n")
        if rng.random() < FROM_THE_MIDDLE:
            paragraphs = paragraphs[rng.randrange(1, len(paragraphs) - 1) :]
        yield {"title": title, "text": "\n\n".join(paragraphs)}


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write JSON lines: UTF-8, Unix line ends on every system."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_tales(path: Path) -> Iterator[str]:
    """Yield the tales of a file one by one: JSON lines, or running text with two empty lines between tales."""
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line)["text"] for line in file)
    else:
        yield from filter(None, map(str.strip, path.read_text(encoding="utf-8").split("\n\n\n")))


def make(out: Path, number: int, seed: int, *, stand_ins: bool) -> None:
    """Write `number` tales to `out`, of which `VALIDATION_SHARE`, at least one, are for validation."""
    out.mkdir(parents=True, exist_ok=True)
    rows = documents(tales(seed, stand_ins=stand_ins), Random(seed))
    validation = max(1, round(number * VALIDATION_SHARE))
    write_rows(out / "validation.jsonl", islice(rows, validation))
    write_rows(out / "train.jsonl", islice(rows, number - validation))


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
    parser.add_argument("--number", type=int, default=3000, help="number of tales (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="folder for train.jsonl and validation.jsonl")
    parser.add_argument("--seed", type=int, default=1, help="seed of all choices (default: %(default)s)")
    parser.add_argument("--stand-ins", action="store_true", help="name everybody by role and gender alone")
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
        make(options.out, options.number, options.seed, stand_ins=options.stand_ins)


if __name__ == "__main__":
    main()
