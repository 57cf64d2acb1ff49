"""Training data of the bundled models of sentiment and of names, from the published data sets.

python data/bundled_models.py sentiment --data FOLDER --out reviews
python data/bundled_models.py names --data FOLDER --out names
python data/bundled_models.py bundle runs/reviews --words 32000 --out nlprnn/assets/sentiment

FOLDER holds the folders sst2, imdb, cr and mr, or btc, wikigold and wnut17. Of a film review of IMDB, which has
hundreds of words, the last two sentences are taken: people ask about a sentence or two. Other subjects than films come
from `grammars/opinions.py`. Classifiers that start from the model of sentiment are compared on the test splits of
sst2, cr, mr and imdb, so no text of these is in its data: sentences of mr are those of sst2, split in another way. The
folder `pretraining` has the training texts without labels, of which the encoder is a language model first.

Of the names, section h of the Broad Twitter Corpus and the last 340 sentences of WikiGold are for tests alone, as are
validation and test of WNUT17: taggers that start from this model are compared on them.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy as np
from grammars.opinions import opinions

from nlprnn import Classifier, load
from nlprnn.tasks.adaptation.grown_model import GrownModel
from nlprnn.tasks.adaptation.grown_vocabulary import GrownWords

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")

NAME_TYPES = {
    **dict.fromkeys(("PER", "person"), "PER"),
    **dict.fromkeys(("LOC", "location"), "LOC"),
    **dict.fromkeys(("ORG", "corporation", "group"), "ORG"),
}
"""Types of the three data sets -> those of the model; products, works and MISC are no names to it."""

Sentence = list[tuple[str, str]]
"""Words with their BIO tags."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines, which may be packed, each with its text as "text"."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in content.decode("utf-8").splitlines()]
    return [{"text": row.get("sentence"), **row} for row in rows]


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Write rows as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def letters(text: str) -> str:
    """Return the letters of a text alone: the same sentence has the same ones, however it is tokenised."""
    return re.sub(r"[^a-z]", "", re.sub(r"-[lr]rb-", "", text.lower()))


def held_back(folder: Path) -> set[str]:
    """Return the letters of each text that a start from the model is measured on."""
    files = ("mr/test.jsonl", "sst2/validation.jsonl", "sst2/test.jsonl", "cr/test.jsonl", "imdb/test.jsonl.gz")
    return {letters(row["text"]) for name in files for row in read_rows(folder / name)}


def training_rows(folder: Path, name: str, held: set[str]) -> list[dict[str, Any]]:
    """Return the training rows of a set whose texts are not held back."""
    path = folder / name / ("train.jsonl.gz" if name == "imdb" else "train.jsonl")
    return [row for row in read_rows(path) if letters(row["text"]) not in held]


def without_tags(review: str) -> str:
    """Return a review without its tags of new lines."""
    return re.sub(r"\s*<br />\s*", " ", review)


def ending(review: str) -> str:
    """Return the last two sentences of a review, its verdict."""
    return " ".join(_SENTENCE_END.split(without_tags(review).strip())[-2:])


def reviews(folder: Path, held: set[str]) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each split: sentences of SST-2 and CR, ends of IMDB's reviews, and sentences of a grammar."""

    def labelled(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
        names = {0: "negative", 1: "positive", "neg": "negative", "pos": "positive"}
        return [{"text": row["text"], "label": names[row["label"]]} for row in rows]

    sentences, products, films = (labelled(training_rows(folder, name, held)) for name in ("sst2", "cr", "imdb"))
    splits = {name: labelled(read_rows(folder / f"sst2/{name}.jsonl")) for name in ("validation", "test")}
    splits["validation"] += products[2600:]
    # Several times: the others are many, and few of them are as hard.
    train = sentences * 3 + products[:2600]
    train += [{"text": text, "label": label} for text, label in opinions(8_000, seed=1)]
    train += [{**row, "text": ending(row["text"])} for row in films[:10_000]]
    return {"train": train, **splits}


def texts(folder: Path, held: set[str]) -> dict[str, list[dict[str, str]]]:
    """Return the training texts of all sets, each once, in a random order; the last of them to validate on."""
    rows = [row for name in ("imdb", "sst2", "mr", "cr") for row in training_rows(folder, name, held)]
    once = list({letters(row["text"]): without_tags(row["text"]) for row in reversed(rows)}.values())[::-1]
    Random(1).shuffle(once)
    unlabelled = [{"text": text} for text in once]
    return {"train": unlabelled[:-150], "validation": unlabelled[-150:]}


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
    """Write train.jsonl, validation.jsonl and test.jsonl, and into a folder `pretraining` texts without labels."""
    held = held_back(data)
    pretraining = {f"pretraining/{name}": rows for name, rows in texts(data, held).items()}
    for name, rows in (reviews(data, held) | pretraining).items():
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


@main.command()
@click.argument("model", type=click.Path(exists=True, path_type=Path))
@click.option("--words", type=click.IntRange(min=1), required=True, help="Number of words that are kept.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder that the model is written into.")
def bundle(model: Path, words: int, out: Path) -> None:
    """Write a classifier in half precision, without the rarest of the words that have a fixed vector alone."""
    classifier = load(model, device="cpu")
    grown = GrownModel(classifier.model, str(model))
    kept, trained = classifier.tokenizer.words[:words], grown.call["embedding"]["num_trained"]
    tokenizer = classifier.tokenizer.with_words(kept)
    grown.grow_embedding("embedding", GrownWords(tokenizer, trained, np.arange(len(kept))))
    Classifier(grown.build(), tokenizer).save(out, half=True)


if __name__ == "__main__":
    main()
