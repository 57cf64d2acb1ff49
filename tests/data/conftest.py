from __future__ import annotations

import gzip
import json

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


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
