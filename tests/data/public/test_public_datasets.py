"""Public data sets, built from small archives of the published formats."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import urllib.error
import zipfile
from dataclasses import replace

import pytest

from nlprnn.data.public.datasets import PUBLIC_DATASETS, build_dataset
from nlprnn.errors import DataError

POST = "From: a@b.c\nSubject: Re: old engines\nLines: 2\n\nThey run.\n\n> Do they?\n"


def tar(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content := text.encode("latin-1" if "20news" in name else "utf-8"))
            archive.addfile(info, io.BytesIO(content))


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


MAKERS = {
    "imdb": [
        lambda path: tar(
            path,
            {
                "aclImdb/train/pos/0_9.txt": "Schön!<br />10/10",
                "aclImdb/train/neg/1_2.txt": "Bad.",
                "aclImdb/train/unsup/0_0.txt": "Unlabelled.",
                "aclImdb/test/neg/0_1.txt": "Dull.",
            },
        )
    ],
    "20newsgroups": [
        lambda path: tar(
            path,
            {
                "20news-bydate-train/rec.autos/101": POST,
                "20news-bydate-train/sci.med/7": "Subject: empty\n\n \n",
                "20news-bydate-test/sci.med/8": "Organization: x\n\nNo subject, caf\xe9.",
            },
        )
    ],
    "sst2": [
        lambda path: zipped(
            path,
            {
                "trees/train.txt": "(3 (2 A) (4 (3 fine) (2 film)))\n(2 (2 So) (2 what))\n",
                "trees/dev.txt": "(0 (1 Not) (2 -LRB-))\n",
                "trees/test.txt": "(1 (2 and\\/or) (1 worse))\n",
            },
        )
    ],
    "multi30k": [
        lambda path, name=name: tar(path, {f"{name}.en": "A dog.\nTwo.\n", f"./{name}.de": "Ein Hund.\nZwei.\n"})
        for name in ("train", "val", "test")
    ],
    "tinyshakespeare": [lambda path: path.write_text("0123456789" * 10)],
    "banking77": [lambda path: path.write_text("text,category\nMy card?,card\n")] * 2,
}


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """Make the downloads of a data set in a folder, and expect their checksums."""

    def make(name):
        folder, dataset, known = tmp_path / "downloads", PUBLIC_DATASETS[name], []
        folder.mkdir()
        for download, write in zip(dataset.downloads, MAKERS[name], strict=True):
            write(path := folder / download.file_name)
            algorithm = download.checksum.partition(":")[0]
            digest = hashlib.new(algorithm, path.read_bytes()).hexdigest()
            known.append(replace(download, checksum=f"{algorithm}:{digest}", url=path.as_uri()))
        monkeypatch.setitem(PUBLIC_DATASETS, name, replace(dataset, downloads=known))
        return folder

    return make


@pytest.mark.parametrize("from_network", [False, True])
@pytest.mark.parametrize("name", PUBLIC_DATASETS)
def test_folders_have_the_rows_of_the_archives(downloads, tmp_path, name, from_network):
    source, out = downloads(name), tmp_path / "data" / name
    cache = tmp_path / "cache"
    build_dataset(name, out, source=None if from_network else source, cache=cache)
    found = {
        path.name: sorted(map(tuple, (json.loads(line).values() for line in path.read_text().splitlines())))
        for path in out.glob("*.jsonl")
    }
    expected = {
        "imdb": {
            "train.jsonl": [("Bad.", "negative"), ("Schön!<br />10/10", "positive")],
            "test.jsonl": [("Dull.", "negative")],
        },
        "20newsgroups": {
            "train.jsonl": [("Re: old engines\nThey run.\n\n> Do they?", "rec.autos")],
            "test.jsonl": [("No subject, café.", "sci.med")],
        },
        "sst2": {
            "train.jsonl": [("a fine film", "positive")],
            "validation.jsonl": [("not -lrb-", "negative")],
            "test.jsonl": [("and/or worse", "negative")],
        },
        "multi30k": {
            f"{split}.jsonl": [("A dog.", "Ein Hund."), ("Two.", "Zwei.")]
            for split in ("train", "validation", "test_2016")
        },
    }
    assert found == expected.get(name, {})
    if name == "tinyshakespeare":
        assert (out / "train.txt").read_text() + (out / "validation.txt").read_text() == "0123456789" * 10
        assert len((out / "train.txt").read_text()) == 90
    if name == "banking77":
        assert (out / "test.csv").read_text() == "text,category\nMy card?,card\n"
    assert (cache.exists() and len(list(cache.iterdir())) == len(MAKERS[name])) == from_network


def test_other_files_than_the_published_ones_are_refused(tmp_path):
    (tmp_path / "aclImdb_v1.tar.gz").write_bytes(b"not it")
    with pytest.raises(DataError, match=r"aclImdb_v1.tar.gz is damaged or another version"):
        build_dataset("imdb", tmp_path / "imdb", source=tmp_path, cache=tmp_path / "cache")
    with pytest.raises(DataError, match="there is no file"):
        build_dataset("sst2", tmp_path / "sst2", source=tmp_path, cache=tmp_path / "cache")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    with pytest.raises(DataError, match="is not empty"):
        build_dataset("sst2", tmp_path / "full", source=tmp_path, cache=tmp_path / "cache")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["aclImdb_v1.tar.gz", "full"]


def test_without_a_network_the_mend_is_named(tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise urllib.error.URLError("no route")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(DataError, match=r"cannot be reached \(no route\).*SOURCE"):
        build_dataset("imdb", tmp_path / "imdb", cache=tmp_path / "cache")
    assert list(tmp_path.rglob("*.gz")) == []
