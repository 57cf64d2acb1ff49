"""Training data of the bundled models of sentiment and of names, from the published data sets.

python data/bundled_models.py sentiment --data FOLDER --out reviews
python data/bundled_models.py names --data FOLDER --out names

FOLDER holds the folders sst2, imdb and cr, or btc, wikigold and wnut17. Of a film review of IMDB, which has hundreds of
words, the last two sentences are taken: people ask about a sentence or two. Other subjects than films come from
`grammars/opinions.py`. Of the names, section h of the Broad Twitter Corpus and the last 340 sentences of WikiGold are
for tests alone, as are validation and test of WNUT17: taggers that start from this model are compared on them.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from grammars.opinions import opinions

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

NAME_TYPES = {
    **dict.fromkeys(("PER", "person"), "PER"),
    **dict.fromkeys(("LOC", "location"), "LOC"),
    **dict.fromkeys(("ORG", "corporation", "group"), "ORG"),
}
"""Types of the three data sets -> those of the model; products, works and MISC are no names to it."""

Sentence = list[tuple[str, str]]
"""Words with their BIO tags."""


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of JSON lines, which may be packed."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode("utf-8").splitlines()]


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def ending(review: str) -> str:
    """Return the last two sentences of a review, its verdict."""
    sentences = _SENTENCE_END.split(re.sub(r"\s*<br />\s*", " ", review).strip())
    return " ".join(sentences[-2:])


def reviews(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each split: sentences of SST-2 and CR, ends of IMDB's reviews, and sentences of a grammar."""
    names = {0: "negative", 1: "positive", "neg": "negative", "pos": "positive"}
    splits = {}
    for name in ("train", "validation", "test"):
        rows = read_rows(folder / f"sst2/{name}.jsonl")
        splits[name] = [{"text": row["sentence"], "label": names[row["label"]]} for row in rows]
    products = [{"text": row["text"], "label": names[row["label"]]} for row in read_rows(folder / "cr/train.jsonl")]
    films = read_rows(folder / "imdb/train.jsonl.gz")
    splits["train"] += products[:2600] + [{"text": text, "label": label} for text, label in opinions(16_000, seed=1)]
    splits["train"] += [{"text": ending(row["text"]), "label": names[row["label"]]} for row in films]
    splits["validation"] += products[2600:]
    return splits


def read_sentences(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a file of words and tags, with the types of the model."""
    sentence: Sentence = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split()
        if len(cells) < 2 or cells[0] == "-DOCSTART-":
            if sentence:
                yield sentence
            sentence = []
            continue
        prefix, _, kind = cells[-1].partition("-")
        tag = f"{prefix}-{NAME_TYPES[kind]}" if kind in NAME_TYPES else "O"
        if prefix == "I" and (not sentence or sentence[-1][1][2:] != tag[2:]) and tag != "O":
            tag = f"B-{tag[2:]}"  # WikiGold marks no beginnings
        sentence.append((cells[0], tag))


def write_sentences(path: Path, sentences: Iterable[Sentence]) -> None:
    """Write words and tags, a blank line after each sentence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = ("".join(f"{word}\t{tag}\n" for word, tag in sentence) + "\n" for sentence in sentences)
    path.write_text("".join(blocks), encoding="utf-8")


@click.group()
def main() -> None:
    """Make the training data of a bundled model."""


@main.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder of the data sets.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that the splits are written into.")
def sentiment(data: Path, out: Path) -> None:
    """Write train.jsonl, validation.jsonl and test.jsonl."""
    for name, rows in reviews(data).items():
        write_rows(out / f"{name}.jsonl", rows)
        click.echo(f"{name}: {len(rows):,} texts")


@main.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder of the data sets.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that the splits are written into.")
def names(data: Path, out: Path) -> None:
    """Write train.conll and validation.conll, and a test file for each data set."""
    tweets = {section: list(read_sentences(data / f"btc/{section}.conll")) for section in "abefgh"}
    articles = list(read_sentences(data / "wikigold/wikigold.conll"))
    posts = {name: list(read_sentences(data / f"wnut17/{name}.conll")) for name in ("train", "validation", "test")}
    train = [sentence for section in "abef" for sentence in tweets[section]]
    files = {
        # Articles are few beside tweets and posts, and written as most texts are that people tag.
        "train": [*train, *tweets["g"][:1500], *articles[:-540] * 3, *posts["train"]],
        "validation": [*tweets["g"][1500:], *articles[-540:-340]],
        "held_back/wikigold": articles[-340:],
        "held_back/btc_h": tweets["h"],
        "held_back/wnut17": posts["test"],
    }
    for name, sentences in files.items():
        write_sentences(out / f"{name}.conll", sentences)
        click.echo(f"{name}: {len(sentences):,} sentences")


if __name__ == "__main__":
    main()
