from __future__ import annotations

import gzip
import json
from itertools import count

import pytest


@pytest.fixture(scope="session")
def cache_folders(tmp_path_factory):
    """Folders for one test each; pytest would look through all former ones to number the next."""
    root = tmp_path_factory.mktemp("caches")
    return (root / str(number) for number in count())


@pytest.fixture(autouse=True)
def own_cache(cache_folders, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", next(cache_folders))


@pytest.fixture
def rows_of():
    """Make rows whose texts differ and whose labels take turns."""

    def make(number, *, start=0, labels="ab"):
        return [{"text": f"text {n}", "label": labels[n % len(labels)]} for n in range(start, start + number)]

    return make


@pytest.fixture
def write_jsonl():
    """Write rows to a file, packed where its name says so, and return its path."""

    def write(path, rows):
        path.parent.mkdir(parents=True, exist_ok=True)
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    return write


@pytest.fixture
def write_lines():
    """Write lines to files of a folder, packed where a name says so."""

    def write(folder, files):
        for name, lines in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = "".join(f"{line}\n" for line in lines).encode()
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)

    return write


@pytest.fixture
def write_csv():
    """Write rows to a file and return its path."""

    def write(path, header, rows):
        path.write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n", encoding="utf-8")
        return path

    return write
