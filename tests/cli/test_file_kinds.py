"""Files that are not one text a line are refused, or reported."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.cli.file_kinds import binary_kind, looks_like_table, table_kind

LINES = "a good film\nça va 好看\n\n" * 20


def archive(kind):
    file = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(file, "w") as members:
            members.writestr("in.txt", LINES)
    elif kind == "tar":
        with tarfile.open(fileobj=file, mode="w") as members:
            member = tarfile.TarInfo("in.txt")
            member.size = len(LINES.encode())
            members.addfile(member, io.BytesIO(LINES.encode()))
    elif kind == "parquet":
        pq.write_table(pa.table({"text": ["a", "b"]}), file)
    elif kind == "npy":
        np.save(file, np.arange(100.0))
    return file.getvalue()


BINARY = {
    "zip": archive("zip"),
    "tar": archive("tar"),
    "bzip2": bz2.compress(LINES.encode()),
    "xz": lzma.compress(LINES.encode()),
    "gzip": gzip.compress(LINES.encode()),
    "Parquet": archive("parquet"),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(90),
    "NumPy": archive("npy"),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf",
    "pickle": pickle.dumps(list(range(300))),
    "binary": bytes(range(256)) * 3,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_files_are_recognized(name):
    assert name in binary_kind(BINARY[name])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\t\r\n"), max_size=300))
def test_text_is_not_binary(text):
    assert binary_kind(f"A {text}".encode()) is None


@pytest.mark.parametrize(
    "text",
    ["", "\0", "%PDF- and GIF89a are formats", "one\0two\n" * 3, LINES, "\ufefffirst\n", "\x1b[1mbold\x1b[0m\f\n" * 9],
)
def test_texts_with_a_few_controls_are_text(text):
    assert binary_kind(text.encode()) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", "a table"),
        ("A.TSV.gz", "a table"),
        ("a.ndjson", "a table"),
        ("a.jsonlines", "a table"),
        ("a.xlsx", "a table"),
        ("a.conll", "a file of tagged sentences"),
        ("a.tmx", "a file of translations"),
        ("a.txt", None),
        ("a.en", None),
        ("csv", None),
        ("a.csv.txt", None),
    ],
)
def test_tables_are_recognized_by_name(name, kind):
    assert table_kind(Path(name)) == kind


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["text\tlabel", "good\t1"], True),
        (['{"text": "good"}', '{"text": "bad"}'], True),
        (['["good", 1]'], True),
        (["[applause] good", "b"], False),
        (["{not json", "b"], False),
        (["a\tb", "c"], False),
        (["a\tb", "c\t"], True),
        (["good, fun", "a, b, c", "a,b", "c,d", "e,"], False),
        (['"not, bad",1', '"great, fun",2', "a,3", "c,4", "e,5"], True),
        (["a;1", "b;2", "c;3", "d;4", "e;5"], True),
        (["a|1", "b|2", "c|3", "d|4", "e|5"], True),
        (["a, b", "c, d", "e, f", "g, h"], False),
        (["a", "b", "c", "d", "e"], False),
        (["x" * 200_000 + ",", "b,", "c,", "d,", "e,"], False),
        (["a\tb"], False),
        (["12", "13"], False),
        (["[" * 100_000], False),
        ([], False),
    ],
)
def test_tables_are_recognized_by_their_lines(lines, expected):
    assert bool(looks_like_table(lines)) == expected


@pytest.mark.parametrize("name", ["zip", "tar", "bzip2", "gzip", "pickle", "binary"])
@pytest.mark.parametrize("pipe", [False, True], ids=["file", "pipe"])
def test_binary_input_is_one_sentence(fails, classifier_folder, tmp_path, name, pipe):
    (tmp_path / "in.bin").write_bytes(BINARY[name])
    options = {"input": BINARY[name]} if pipe else {}
    arguments = () if pipe else ("--file", tmp_path / "in.bin")
    place = "standard input" if pipe else "in.bin"
    fails("classify", "--model", classifier_folder, *arguments, words=[place, name, "not lines of text"], **options)


def test_other_encodings_are_read_from_a_file_with_a_mark(fails, nlprnn_command, classifier_folder, tmp_path):
    (tmp_path / "in.txt").write_bytes("good film\nça\n".encode("utf-16"))
    (tmp_path / "in.txt.xz").write_bytes(lzma.compress(LINES.encode()))
    for name, count in (("in.txt", 2), ("in.txt.xz", LINES.count("\n"))):
        result = nlprnn_command("classify", "--model", classifier_folder, "--file", tmp_path / name)
        assert result.exit_code == 0, result.stderr
        assert len(result.stdout.splitlines()) == count
    call = ("classify", "--model", classifier_folder)
    fails(*call, input="good\n".encode("utf-16"), words=["standard input is in UTF-16"])
    (tmp_path / "bare.txt").write_bytes(("good film\n" * 9).encode("utf-16-le"))
    fails(*call, "--file", tmp_path / "bare.txt", words=["bare.txt", "UTF-16-LE", "--encoding utf-16-le"])


def test_packed_archives_are_one_sentence(fails, classifier_folder, tmp_path):
    (tmp_path / "in.tar.gz").write_bytes(gzip.compress(BINARY["tar"]))
    fails("classify", "--model", classifier_folder, "--file", tmp_path / "in.tar.gz", words=["in.tar.gz", "tar"])


@pytest.mark.parametrize("verb", ["classify", "explain", "tag"])
def test_tagged_sentences_are_refused(fails, request, tmp_path, verb):
    (tmp_path / "in.conll").write_text("Anna B-PER\nleft O\n", encoding="utf-8")
    model = request.getfixturevalue("tagger_folder" if verb == "tag" else "classifier_folder")
    words = ["in.conll is a file of tagged sentences", "--lines"]
    fails(verb, "--model", model, "--file", tmp_path / "in.conll", words=words)


def test_text_that_looks_like_a_table_is_not_read_as_lines(fails, nlprnn_command, classifier_folder, tmp_path):
    (tmp_path / "in.txt").write_text('{"text": "good film"}\n{"text": "bad film"}\n', encoding="utf-8")
    call = ("classify", "--model", classifier_folder, "--file", tmp_path / "in.txt")
    fails(*call, words=["in.txt looks like a table (its lines are JSON)", "--text-field", "--lines"])
    result = nlprnn_command(*call, "--lines")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2


def test_prose_with_a_comma_in_each_line_is_no_table(nlprnn_command, classifier_folder, tmp_path):
    (tmp_path / "in.txt").write_text("Good film, seen twice\nBad film, seen once\n" * 20, encoding="utf-8")
    result = nlprnn_command("classify", "--model", classifier_folder, "--file", tmp_path / "in.txt")
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 40


def test_scored_table_is_its_column_of_texts(nlprnn_command, fails, generator_folder, tmp_path):
    (tmp_path / "in.csv").write_text("id,text\n1,Once upon\n2,a fox\n", encoding="utf-8")
    call = ("score", "--model", generator_folder, tmp_path / "in.csv", "--json")
    whole, *none = map(json.loads, nlprnn_command(*call).stdout.splitlines())
    assert whole["characters"] == len("Once upon" + "a fox")
    assert not none
    rows = [json.loads(line) for line in nlprnn_command(*call, "--per-line").stdout.splitlines()]
    assert [(row["id"], row["text"], row["characters"]) for row in rows] == [("1", "Once upon", 9), ("2", "a fox", 5)]
    raw = nlprnn_command(*call, "--lines")
    assert json.loads(raw.stdout)["characters"] == len((tmp_path / "in.csv").read_text())
    assert "in.csv is a table: all of it is taken as one text" in raw.stderr
    fails(*call[:-1], "--out", tmp_path / "out.csv", words=["--per-line"])
    (tmp_path / "in.txt").write_bytes(BINARY["zip"])
    fails("score", "--model", generator_folder, tmp_path / "in.txt", words=["in.txt", "zip"])
