"""Write the sample data sets: `python data/make.py [--out DIR]`, beside this file if no folder is given.

Every run writes the same bytes: each grammar draws from its own seeded generator.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grammars import hotels, news, sales, sentiment, stories, tagging, translation

SEED = 2024
ROWS = {
    "sentiment": {"train": 5000, "validation": 600, "test": 600},
    "news": {"train": 3000, "validation": 400, "test": 400},
    "hotels": {"train": 1500, "validation": 200, "test": 200},
    "translation": {"train": 6000, "validation": 500, "test": 500},
}
TABLES = {
    "sentiment": sentiment.generate,
    "news": news.generate,
    "hotels": hotels.generate,
    "translation": translation.generate,
}
TAGGED_SENTENCES = {"train": 2000, "validation": 300, "test": 300}
STORY_CHARACTERS = {"train": 700_000, "validation": 40_000, "test": 40_000}


def write(path: Path, text: str) -> None:
    """Write a UTF-8 file with Unix line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def json_lines(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows as JSON Lines, without escapes for non-ASCII letters."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def columns(sentences: list[tagging.Sentence]) -> str:
    """Return sentences in CoNLL format: a word and its tag per line, an empty line between sentences."""
    return "\n".join("".join(f"{word} {tag}\n" for word, tag in sentence) for sentence in sentences)


def make(out: Path) -> None:
    """Write all data sets, each to its folder below `out`."""
    for name, generate in TABLES.items():
        for split, rows in generate(SEED, ROWS[name]).items():
            write(out / name / f"{split}.jsonl", json_lines(rows))
    for split, sentences in tagging.generate(SEED, TAGGED_SENTENCES).items():
        write(out / "tagging" / f"{split}.conll", columns(sentences))
    write(out / "sales" / "sales.csv", sales.generate(SEED))
    for split, text in stories.generate(SEED, STORY_CHARACTERS).items():
        write(out / "stories" / f"{split}.txt", text)


def main() -> None:
    """Parse the command line and write the files."""
    parser = argparse.ArgumentParser(description="Write the sample data sets.")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder (default: this one)")
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
