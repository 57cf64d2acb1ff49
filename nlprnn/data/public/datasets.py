"""The public data sets of the figures: sources, terms, and how their folders are built."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlprnn.data.public.archives import Row, film_reviews, newsgroup_posts, sentence_pairs, treebank_sentences
from nlprnn.data.public.download import Download, check, fetch
from nlprnn.data.row_writer import row_writer
from nlprnn.errors import DataError

Rows = Callable[[Sequence[Path]], Iterable[Row]]
"""Rows of a split, of the downloads in their order."""

_TREES = {"train": "train", "validation": "dev", "test": "test"}
_GITHUB = "https://raw.githubusercontent.com"


@dataclass(frozen=True)
class PublicDataset:
    """A public data set.

    Attributes:
        content: what it holds, and its source (authors, year).
        terms: licence, as far as stated.
        downloads: its files.
        rows: split -> rows to write as JSON lines.
        shuffled: whether the rows, which the archive sorts by label, are shuffled.
        texts: file name -> range of the characters of the first download, as shares of its length.
        copies: file name -> number of the download that it is a copy of.
    """

    content: str
    terms: str
    downloads: Sequence[Download]
    rows: Mapping[str, Rows] | None = None
    shuffled: bool = False
    texts: Mapping[str, tuple[float, float]] | None = None
    copies: Mapping[str, int] | None = None


def _of(read: Callable[..., Iterable[Row]], *arguments: object, download: int = 0) -> Rows:
    return lambda paths: read(paths[download], *arguments)


_IMDB = Download(
    "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz", "md5:7c2ac02c03563afcf9b574c7e56c153a"
)
_NEWSGROUPS = Download(
    "https://ndownloader.figshare.com/files/5975967",
    "sha256:8f1b2514ca22a5ade8fbb9cfa5727df95fa587f4c87b786e15c759fa66d95610",
    "20news-bydate.tar.gz",
)
_TREEBANK = Download(
    "https://nlp.stanford.edu/sentiment/trainDevTestTrees_PTB.zip",
    "sha256:5c613a4f673fc74097d523a2c83f38e0cc462984d847b82c7aaf36b01cbbbfcc",
)
_MULTI30K = [
    Download(f"{_GITHUB}/neychev/small_DL_repo/master/datasets/Multi30k/{name}.tar.gz", f"sha256:{checksum}")
    for name, checksum in (
        ("training", "20140d013d05dd9a72dfde46478663ba05737ce983f478f960c1123c6671be5e"),
        ("validation", "a7aa20e9ebd5ba5adce7909498b94410996040857154dab029851af3a866da8c"),
        ("mmt16_task1_test", "6d1ca1dba99e2c5dd54cae1226ff11c2551e6ce63527ebb072a1f70f72a5cd36"),
    )
]
_SHAKESPEARE = Download(
    f"{_GITHUB}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    "sha256:86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)
_BANKING = [
    Download(f"{_GITHUB}/PolyAI-LDN/task-specific-datasets/master/banking_data/{name}.csv", f"sha256:{checksum}")
    for name, checksum in (
        ("train", "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b"),
        ("test", "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d"),
    )
]

PUBLIC_DATASETS: dict[str, PublicDataset] = {
    "imdb": PublicDataset(
        "50,000 film reviews, negative or positive (Maas et al. 2011)",
        "none stated; cite the paper",
        [_IMDB],
        rows={split: _of(film_reviews, split) for split in ("train", "test")},
        shuffled=True,
    ),
    "sst2": PublicDataset(
        "9,613 sentences of film reviews, negative or positive (Socher et al. 2013)",
        "none stated; published for research",
        [_TREEBANK],
        rows={split: _of(treebank_sentences, name) for split, name in _TREES.items()},
    ),
    "20newsgroups": PublicDataset(
        "18,812 Usenet posts of 1993 on 20 topics, split by date (K. Lang, J. Rennie)",
        "none stated; public posts",
        [_NEWSGROUPS],
        rows={split: _of(newsgroup_posts, split) for split in ("train", "test")},
        shuffled=True,
    ),
    "banking77": PublicDataset(
        "13,083 questions of bank customers, 77 intents (Casanueva et al. 2020)",
        "CC BY 4.0",
        _BANKING,
        copies={"train.csv": 0, "test.csv": 1},
    ),
    "multi30k": PublicDataset(
        "31,014 captions in English and German, and test_2016 (Elliott et al. 2016)",
        "derived from Flickr30K; for non-commercial research and education",
        _MULTI30K,
        rows={
            split: _of(sentence_pairs, name, ("en", "de"), download=number)
            for number, (split, name) in enumerate((("train", "train"), ("validation", "val"), ("test_2016", "test")))
        },
    ),
    "tinyshakespeare": PublicDataset(
        "1.1 million characters of Shakespeare (A. Karpathy)",
        "public domain",
        [_SHAKESPEARE],
        texts={"train.txt": (0.0, 0.9), "validation.txt": (0.9, 1.0)},
    ),
}
"""Name of the folder in the figures -> data set."""


def build_dataset(name: str, out: Path, *, source: Path | None = None, cache: Path) -> list[Path]:
    """Build the folder of a public data set, whole or not at all.

    Args:
        name: one of `PUBLIC_DATASETS`.
        out: new or empty folder.
        source: the download, or a folder with the downloads by their names; None = from the network.
        cache: folder that keeps downloads.

    Returns:
        The files.

    Raises:
        DataError: a download is missing, damaged or out of reach, or `out` is not empty.
        OSError: the disk is full or the folder cannot be written.
    """
    dataset = PUBLIC_DATASETS[name]
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} is not empty: choose a new folder for --out")
    paths = [_downloaded(download, source, cache) for download in dataset.downloads]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        _write(dataset, paths, new := Path(scratch, "new"))
        new.replace(out)
    return sorted(out.iterdir())


def _downloaded(download: Download, source: Path | None, cache: Path) -> Path:
    if source is None:
        return fetch(download, cache)
    path = source / download.file_name if source.is_dir() else source
    if not path.is_file():
        raise DataError(f"there is no file {path}: SOURCE is the download of {download.url}, or a folder with it")
    check(download, path)
    return path


def _write(dataset: PublicDataset, paths: Sequence[Path], folder: Path) -> None:
    folder.mkdir()
    for split, read in (dataset.rows or {}).items():
        rows = list(read(paths))
        if dataset.shuffled:
            random.Random(1).shuffle(rows)
        with row_writer(folder / f"{split}.jsonl", list(rows[0])) as write:
            write(rows)
    for name, (begin, end) in (dataset.texts or {}).items():
        text = paths[0].read_text(encoding="utf-8")
        (folder / name).write_text(text[int(begin * len(text)) : int(end * len(text))], encoding="utf-8")
    for name, number in (dataset.copies or {}).items():
        shutil.copyfile(paths[number], folder / name)
