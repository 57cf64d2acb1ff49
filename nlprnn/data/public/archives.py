"""The formats in which public data sets are published, as rows."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

Row = dict[str, str]

_REVIEW = re.compile(r"aclImdb/(train|test)/(neg|pos)/\d+_\d+\.txt")
_POST = re.compile(r"20news-bydate-(train|test)/([\w.-]+)/\d+")
_SUBJECT = re.compile(r"^subject:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)
_LEAF = re.compile(r"\(\d ([^()]+)\)")

SENTIMENT = {"neg": "negative", "pos": "positive"}


def film_reviews(archive: Path, split: str) -> Iterator[Row]:
    """Yield the reviews of IMDB (Maas et al. 2011): a file each in folders for split and label."""
    for match, text in _matching_files(archive, _REVIEW, "utf-8"):
        if match[1] == split:
            yield {"text": text, "label": SENTIMENT[match[2]]}


def newsgroup_posts(archive: Path, split: str) -> Iterator[Row]:
    """Yield the posts of 20 Newsgroups: the text of the subject line, then the body; posts without one are left out."""
    for match, text in _matching_files(archive, _POST, "latin-1"):
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        if match[1] == split and body.strip():
            subject = _SUBJECT.search(head)
            yield {"text": f"{subject[1].strip() if subject else ''}\n{body.strip()}".strip(), "label": match[2]}


def treebank_sentences(archive: Path, split: str) -> Iterator[Row]:
    """Yield the sentences of the Stanford Sentiment Treebank (Socher et al. 2013) that are not neutral, lower-cased."""
    with zipfile.ZipFile(archive) as trees, trees.open(f"trees/{split}.txt") as lines:
        for line in lines:
            tree = line.decode("utf-8").strip()
            if tree and (label := int(tree[1])) != 2:
                words = [word.replace(r"\/", "/") for word in _LEAF.findall(tree)]
                yield {"text": " ".join(words).lower(), "label": "positive" if label > 2 else "negative"}


def sentence_pairs(archive: Path, name: str, languages: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a parallel text, a file of lines for each language.

    Args:
        archive: a .tar.gz file.
        name: of its files, without the language that they end in: "train" for "train.en" and "train.de".
        languages: their codes.
    """
    with tarfile.open(archive) as files:
        members = {Path(member.name).name: member for member in files if member.isfile()}
        columns = {
            language: _content(files, members[f"{name}.{language}"]).decode("utf-8").splitlines()
            for language in languages
        }
    for cells in zip(*columns.values(), strict=True):
        yield dict(zip(columns, cells, strict=True))


def _matching_files(archive: Path, pattern: re.Pattern[str], encoding: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield the text of each file of a .tar.gz archive whose path matches, with the match."""
    with tarfile.open(archive) as files:
        for member in files:
            match = pattern.fullmatch(member.name.removeprefix("./"))
            if match and member.isfile():
                yield match, _content(files, member).decode(encoding)


def _content(files: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = files.extractfile(member)
    return b"" if file is None else file.read()
