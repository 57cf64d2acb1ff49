"""Tables that pandas wrote come back row for row."""

from __future__ import annotations

import csv
import random

import pandas as pd
import pytest

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.report import DataReport

FIELDS = {"text": "text", "label": "label"}
WORDS = [
    "tram",
    "late",
    '"quoted"',
    'half"',
    "comma,",
    "semi;colon",
    "naïve",
    "it's",
    "tab\there",
    "bar|",
    "two\nlines",
]


def frame(seed, *, ends=True):
    """Thirty texts of odd words; without `ends`, none has a line end inside."""
    generator = random.Random(seed)
    words = WORDS if ends else WORDS[:-1]
    texts = [f"The {' '.join(generator.choices(words, k=6))} {n}" for n in range(30)]
    return pd.DataFrame({"text": texts, "label": [["good", "bad"][n % 2] for n in range(30)]})


def rows_of(path, **options):
    split = load_split(str(path), FIELDS, options=ReadOptions(**options))
    assert sum(file.rows for file in DataReport.of({"train": split}).files) == 30
    return split.rows.to_pandas()[["text", "label"]]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_separators_and_quoting(tmp_path, seed, separator, quoting):
    table, path = frame(seed), tmp_path / ("a.tsv" if separator == "\t" else "a.csv")
    table.to_csv(path, sep=separator, quoting=quoting, index=False)
    pd.testing.assert_frame_equal(rows_of(path), table)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(tmp_path, end, encoding):
    table, path = frame(7, ends=False), tmp_path / "a.csv"
    table.to_csv(path, lineterminator=end, encoding=encoding, index=False)
    given = encoding if encoding == "cp1252" else None
    pd.testing.assert_frame_equal(rows_of(path, encoding=given), table)


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zip"])
def test_index_and_compression(tmp_path, suffix, index):
    table, path = frame(3), tmp_path / f"a{suffix}"
    table.to_csv(path, index=index)
    pd.testing.assert_frame_equal(rows_of(path), table)


@pytest.mark.parametrize("orient", ["records", "columns", "index", "split", "table"])
def test_layouts_of_json(tmp_path, orient):
    table, path = frame(4), tmp_path / "a.json"
    table.to_json(path, orient=orient)
    pd.testing.assert_frame_equal(rows_of(path), table)


@pytest.mark.parametrize("writer", ["to_parquet", "to_feather"])
def test_typed_tables(tmp_path, writer):
    table, path = frame(5), tmp_path / f"a.{writer[3:]}"
    getattr(table, writer)(path)
    pd.testing.assert_frame_equal(rows_of(path), table)
    table["label"] = table["label"].astype("category")
    getattr(table, writer)(path)
    pd.testing.assert_frame_equal(rows_of(path), table.astype(str))
