"""Archives, files without a suffix, and files of kinds that are not read."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from nlprnn.data import load_documents
from nlprnn.data.load import load_split, load_splits
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}
PAIRS = {"source": "en", "target": "de"}
TABLE = "text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(40))


def archive(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return str(path)


@pytest.mark.parametrize(
    ("files", "sizes"),
    [
        ({"a.csv": TABLE}, {"train": 32, "validation": 4, "test": 4}),
        (
            {"in/a.csv": TABLE, "in/README.md": "x", "__MACOSX/in/._a.csv": "x"},
            {"train": 32, "validation": 4, "test": 4},
        ),
        ({"train.csv": TABLE, "dev.csv": TABLE, "test.csv": TABLE}, {"train": 40, "validation": 40, "test": 40}),
        ({f"x/{'ab'[n % 2]}/{n}.txt": f"text {n}" for n in range(40)}, {"train": 32, "validation": 4, "test": 4}),
    ],
)
def test_zip_of_a_file_or_a_folder(tmp_path, files, sizes):
    splits = load_splits(archive(tmp_path / "a.zip", files), CLASSIFY)
    assert {name: len(split) for name, split in splits.items()} == sizes


def test_zip_of_line_aligned_texts(tmp_path):
    lines = {code: "".join(f"{code} line {n}\n" for n in range(50)) for code in ("en", "de")}
    files = {f"Corpus.de-en.{code}": text for code, text in lines.items()} | {"LICENSE": "x", "README": "x"}
    splits = load_splits(archive(tmp_path / "de-en.txt.zip", files), PAIRS)
    assert sum(map(len, splits.values())) == 50
    row = splits["test"].rows[0]
    assert row["source"].removeprefix("en") == row["target"].removeprefix("de")


def test_folder_of_pairs_between_tabs(tmp_path):
    licence = "CC-BY 2.0 Attribution: cards.invalid #1"
    rows = "".join(f"It is line {n}.\tEs ist Zeile {n}.\t{licence}\n" for n in range(50))
    (tmp_path / "deu.txt").write_text(rows, encoding="utf-8")
    (tmp_path / "_about.txt").write_text("All sentences are free.\n", encoding="utf-8")
    splits = load_splits(str(tmp_path), {"source": None, "target": None})
    assert sum(map(len, splits.values())) == 50
    assert splits["test"].rows[0]["target"].startswith("Es ist Zeile")


def test_changed_archive_is_unpacked_again(tmp_path):
    assert len(load_split(archive(tmp_path / "a.zip", {"a.csv": TABLE}), CLASSIFY)) == 40
    assert len(load_split(archive(tmp_path / "a.zip", {"a.csv": TABLE + "more,a\n"}), CLASSIFY)) == 41


def test_zip_of_running_text(tmp_path):
    text = "A line of the text.\n" * 200
    documents = load_documents(archive(tmp_path / "a.zip", {"a.txt": text}))
    assert "".join(text for split in documents.values() for text in split.texts) == text


def test_archives_that_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("nlprnn.data.formats.archive._SPARE_BYTES", 1 << 20)
    path = tmp_path / "a.zip"
    for files, message in [
        ({"../a.csv": TABLE}, r"'\.\./a\.csv' would lie outside"),
        ({"/a.csv": TABLE}, r"would lie outside"),
        ({"a.csv": "x" * 3_000_000}, r"would grow from .* to 3,000,000 bytes"),
        ({}, "is empty"),
        ({"a/b": "x", "a/b/c": "y"}, "two files of one name"),
    ]:
        with pytest.raises(DataError, match=message):
            load_splits(archive(path, files), CLASSIFY)
    whole = io.BytesIO()
    archive(whole, {"a.csv": TABLE})
    for content in (b"no archive", whole.getvalue()[:-30], whole.getvalue()[:40] + bytes(9) + whole.getvalue()[49:]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"is no sound \.zip archive"):
            load_splits(str(path), CLASSIFY)


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        TABLE.replace(",", "\t"),
        TABLE.replace(",", ";"),
        '{"text": "a", "label": "b"}\n{"text": "c", "label": "d"}\n' * 20,
        "".join(f"__label__{'ab'[n % 2]} text {n}\n" for n in range(40)),
    ],
)
@pytest.mark.parametrize("name", ["data", "data.dat"])
def test_file_is_read_by_its_content(tmp_path, content, name):
    (tmp_path / name).write_text(content, encoding="utf-8")
    split = load_split(str(tmp_path / name), CLASSIFY)
    assert len(split) == 40


def test_running_text_is_recognised_by_its_content(tmp_path):
    text = "A line of the text.\n" * 200
    (tmp_path / "tale.dat").write_text(text, encoding="utf-8")
    assert (
        "".join(text for split in load_documents(str(tmp_path / "tale.dat")).values() for text in split.texts) == text
    )


def test_data_files_beside_a_table_are_not_read(tmp_path):
    (tmp_path / "train.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "cache.dat").write_bytes(bytes(range(256)))
    assert sum(map(len, load_splits(str(tmp_path), CLASSIFY).values())) == 40


@pytest.mark.parametrize("suffix", [".jsonlines", ".JSONLINES", ".jsonlines.gz"])
def test_json_lines_by_their_long_name(tmp_path, suffix):
    content = b'{"text": "a", "label": "b"}\n{"text": "c", "label": "d"}\n' * 20
    (tmp_path / f"a{suffix}").write_bytes(gzip.compress(content) if suffix.endswith("gz") else content)
    assert len(load_split(str(tmp_path / f"a{suffix}"), CLASSIFY)) == 40


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n <!DOCTYPE html>\n<html><table></table></html>\n", r"is a web page \(HTML\), .*save its table as \.csv"),
        ("<HTML>\n<body>a,b</body>\n", r"is a web page \(HTML\)"),
        ("@RELATION reviews\n\n@ATTRIBUTE text string\n@DATA\n'a',b\n", r"is a file of Weka \(ARFF\): save it as"),
    ],
)
def test_other_kinds_with_the_suffix_of_a_table(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_splits(str(tmp_path / name), CLASSIFY)


@pytest.mark.parametrize(("name", "delimiter"), [("a.txt", "\t"), ("a.txt", ";"), ("a.tab", "\t"), ("a.psv", "|")])
def test_tables_of_other_suffixes(tmp_path, name, delimiter):
    rows = "".join(f"a text number {n}{delimiter}{'ab'[n % 2]}\n" for n in range(40))
    (tmp_path / name).write_text(rows, encoding="utf-8")
    split = load_split(str(tmp_path / name), CLASSIFY)
    assert len(split) == 40
    assert split.rows[1] == {"text": "a text number 1", "label": "b"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.xlsx", r"a\.xlsx is a spreadsheet: save its sheet as \.csv"),
        ("a.PDF", r"is a document: save its text"),
        ("a.pkl", r"is a pickle, which could run any code"),
        ("a.tar.gz", r"is an archive: unpack it"),
        ("a.npy", r"is a binary table"),
        ("a.arff", r"is a file of Weka \(ARFF\): save it as \.csv"),
        ("a.unknown", r"unknown kind of file; give \.csv"),
        ("a.csv", r"is no text but a \.zip archive or an Office document"),
    ],
)
def test_kinds_that_are_not_read(tmp_path, name, message):
    (tmp_path / name).write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08")
    with pytest.raises(DataError, match=message) as caught:
        load_splits(str(tmp_path / name), CLASSIFY)
    assert len(str(caught.value)) < 400
