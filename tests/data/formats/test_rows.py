"""Rows of files: every format, and every kind of damage with its file and line."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from nlprnn.data.formats.lines import read_lines
from nlprnn.data.formats.quotation import Layout, split_rows
from nlprnn.data.formats.registry import TABLES, TAGGED
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

ROWS = [{"text": "plain", "label": "a"}, {"text": 'with , ; "marks"', "label": "b"}]


def read_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return TABLES.open(path, ReadOptions()).rows({})


def write(path: Path, content: str | bytes) -> Path:
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"text": "plain", "label": "a"}\n\n{"text": "with , ; \\"marks\\"", "label": "b"}'),
        ("a.json", '{"text": "plain", "label": "a"}\n{"text": "with , ; \\"marks\\"", "label": "b"}\n'),
        ("a.json", '[{"text": "plain", "label": "a"},\n {"text": "with , ; \\"marks\\"", "label": "b"}]\n'),
        ("a.csv", 'text,label\r\nplain,a\r\n"with , ; ""marks""",b\r\n'),
        ("a.csv", '\ufefftext;label\nplain;a\n\n"with , ; ""marks""";b\n'),
        ("a.csv", 'text\tlabel\nplain\ta\nwith , ; "marks"\tb\n'),
        ("a.tsv", 'text\tlabel\nplain\ta\n"with , ; ""marks"""\tb\n'),
        ("a.TSV", 'text\tlabel\nplain\ta\nwith , ; "marks"\tb\n'),
        ("a.txt", '__label__a plain\n__label__b\twith , ; "marks"\n'),
    ],
)
def test_every_format_gives_the_same_rows(tmp_path, name, content, packed):
    assert [row for _, row in read_rows(write(tmp_path / (name + packed), content))] == ROWS


def test_plain_text_has_one_row_a_line(tmp_path):
    path = write(tmp_path / "a.txt", "  one \r\n\ntwo\u2028still two\n")
    assert list(read_rows(path)) == [(1, {"text": "  one "}), (3, {"text": "two\u2028still two"})]


def test_csv_values_stay_text(tmp_path):
    path = write(tmp_path / "a.csv", "text,label\nNA,007\nnull,1.50\nNone,\n")
    assert [tuple(row.values()) for _, row in read_rows(path)] == [
        ("NA", "007"),
        ("null", "1.50"),
        ("None", ""),
    ]


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("a.csv", 'text,label\n"two\nlines",a\nb,b\n', [2, 4]),
        ("a.jsonl", '\n{"text": 1}\n\n{"text": 2}\n', [2, 4]),
        ("a.json", '[\n{"text":\n1}, {"text": 2},\n\n{"text": 3}]', [2, 3, 5]),
        ("a.txt", "a\n\nb", [1, 3]),
    ],
)
def test_rows_have_their_first_line(tmp_path, name, content, lines):
    assert [line for line, _ in read_rows(write(tmp_path / name, content))] == lines


def test_long_csv_values(tmp_path):
    path = write(tmp_path / "a.csv", "text,label\n" + "x" * 200_000 + ",a\n")
    assert len(next(read_rows(path))[1]["text"]) == 200_000


def test_unclosed_quotation_marks_of_tsv_are_plain(tmp_path):
    path = write(tmp_path / "a.tsv", 'text\tlabel\n"He left\ta\nhe said "no"\tb\n')
    assert [row["text"] for _, row in read_rows(path)] == ['"He left', 'he said "no"']


@pytest.mark.parametrize(("delimiter", "rows"), [("\t", [['"a', "x"], ['b"', "y"]]), (",", [["a,x\nb", "y"]])])
def test_lines_that_could_be_rows_or_a_quotation(delimiter, rows):
    lines = [f'"a{delimiter}x\n', f'b"{delimiter}y\n']
    assert [cells for _, cells, _ in split_rows(lines, Layout(delimiter, 2))] == rows


@pytest.mark.parametrize(("name", "content"), [("a.txt", '{"text": "one"}\n'), ("a", "one\n"), ("a.dat", "one\n")])
def test_running_text_by_suffix_else_by_content(tmp_path, name, content):
    assert TABLES.is_running_text(write(tmp_path / name, content), ReadOptions())
    assert not TABLES.is_running_text(write(tmp_path / "b", '{"text": "one"}\n'), ReadOptions())


def test_nested_objects_become_columns(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"id": 1, "translation": {"de": "ja", "en": "yes"}}')
    assert next(read_rows(path))[1] == {"id": 1, "translation.de": "ja", "translation.en": "yes"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"text": "a"}\n{"text": }\n', "line 2: not valid JSON"),
        ("a.jsonl", '{"text": "a"}\n["b"]\n', "line 2: a list where an object"),
        ("a.jsonl", '{"text": "a"}\n7\n', "line 2: a number where an object"),
        ("a.json", '{\n "text": "a"\n', "line 3: not valid JSON"),
        ("a.json", '[{"text": "a"},\n{"text" "b"}]', "line 2: not valid JSON"),
        ("a.json", '[{"text": "a"}\n{"text": "b"}]', "line 2: not valid JSON"),
        ("a.json", '[{"text": "a"},\n', "not valid JSON"),
        ("a.json", '[{"text": "a"}]\n{}', "line 2: not valid JSON"),
        ("a.jsonl", '{"text": "a"}\n{"text": ' + "9" * 5000 + "}", "line 2: a number of too many digits"),
        ("a.jsonl", '{"text": "a"}\n{"text": ' + "[" * 100_000, "line 2: .*too deep"),
        ("a.json", '[{"text": "a"},\n{"text": ' + "9" * 5000 + "}]", "line 2: a number of too many digits"),
        ("a.json", '[{"text": "a"},\n{"text": ' + "[" * 100_000, "line 2: .*too deep"),
        ("a.json", '["a"]', "line 1: a string where an object"),
        ("a.csv", "text,label\na,b\nc,d,e\n", r"line 3: 3 cells, but the header has 2 \(delimiter: comma\)"),
        ("a.csv", "text;label\na\nb;c\n", r"line 2: 1 cell, but the header has 2 \(delimiter: semicolon\)"),
        ("a.csv", 'text,label\n"a\nb",c\nd\n', "line 4: 1 cell"),
        ("a.csv", 'text,label\na,b\n"never, closed,c\nd,e\n', "line 3: quotation marks do not match"),
        ("a.csv", "text,text\na,b\n", "names the column 'text' twice"),
        ("a.tsv", "text\tlabel\na\tb\tc\n", r"line 2: 3 cells, but the header has 2 \(delimiter: tab\)"),
        ("a.txt", b"good\nb\xe4d\n", "line 2: byte 0xE4 at position 2 of the line is not UTF-8"),
    ],
)
def test_damage_names_file_and_line(tmp_path, name, content, message):
    path = write(tmp_path / name, content)
    with pytest.raises(DataError, match=message) as caught:
        list(read_rows(path))
    assert str(path) in str(caught.value)


def test_gzip_damage_is_named(tmp_path):
    whole = gzip.compress(b"some text\n" * 5_000)
    for content, message in [
        (b"no gzip at all", "not a sound gzip file"),
        (whole[:-20], "truncated"),
        (whole[:30] + bytes(8) + whole[38:], "damaged|not a sound gzip file|truncated"),
    ]:
        path = tmp_path / "a.txt.gz"
        path.write_bytes(content)
        with pytest.raises(DataError, match=message) as caught:
            list(read_lines(path))
        assert str(path) in str(caught.value)


def test_file_without_permission(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match=r"a\.txt may not be read"):
        list(read_lines(tmp_path / "a.txt"))


@pytest.mark.parametrize(
    ("name", "table", "tagged"),
    [
        ("a.jsonl.gz", True, True),
        ("a.CSV", True, True),
        ("a.txt", True, True),
        ("a.conllu.GZ", False, True),
        ("a.parquet", True, True),
        ("a.parquet.gz", False, False),
        ("a.gz", False, False),
        ("a.docx", False, False),
    ],
)
def test_suffix_decides_format(name, table, tagged):
    assert (TABLES.can_open(Path(name)), TAGGED.can_open(Path(name))) == (table, tagged)


@pytest.mark.parametrize(
    ("name", "content", "options", "note"),
    [
        ("a.jsonl", '{"text": "one"}\n', {"columns": ("x",)}, "--columns has no effect"),
        ("a.jsonl", '{"text": "one"}\n', {"header": True}, "--header has no effect"),
        ("a.txt", "__label__x one\n", {"header": False}, "--no-header has no effect: the form (fastText lines)"),
        ("a.jsonl", '["one", "x"]\n["two", "y"]\n', {"header": False}, ""),
        ("a.csv", "one,x\ntwo,y\n", {"header": False, "encoding": "cp1252"}, ""),
    ],
)
def test_options_without_effect_are_noted(tmp_path, name, content, options, note):
    (tmp_path / name).write_text(content, encoding="utf-8")
    notes = " ".join(TABLES.open(tmp_path / name, ReadOptions(**options)).report(1).notes)
    assert note in notes
    assert bool(note) == ("no effect" in notes)
