"""Lines of text files: encodings, byte order marks, line ends, packings, and files that are no text."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.formats import lines
from nlprnn.data.formats.lines import read_lines, read_text, suffix, text_encoding
from nlprnn.errors import DataError

TEXT = "Grüße\nžluťoučký\r\n\n日本語 🎻\nend"
LATIN = "für 5 €\r\nnaïve\n"


def test_byte_order_mark_alone_is_an_empty_file(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeff".encode())
    assert list(read_lines(tmp_path / "a.txt")) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("given_encoding", [None, "cp1252", "utf-8"])
def test_byte_order_mark_decides(tmp_path, encoding, given_encoding):
    (tmp_path / "a.txt").write_bytes(("\ufeff" + TEXT).encode(encoding))
    assert list(read_lines(tmp_path / "a.txt", given_encoding)) == TEXT.splitlines(keepends=True)
    assert text_encoding(tmp_path / "a.txt", given_encoding) == encoding.upper()


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-8-sig", "mac-roman", "utf-32"])
def test_given_encoding(tmp_path, encoding):
    text = LATIN if encoding != "latin-1" else LATIN.replace("€", "£")
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert "".join(read_lines(tmp_path / "a.txt", encoding)) == text


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff")), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_lines_come_back(tmp_path_factory, texts, encoding, end):
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_bytes("".join(text + end for text in texts).encode(encoding))
    try:
        assert [line.removesuffix(end) for line in read_lines(path, encoding)] == texts
    except DataError as error:  # Latin letters with zeros between look like UTF-16
        assert "without a byte order mark" in str(error)  # noqa: PT017
        assert any("\0" in text for text in texts)


@pytest.mark.parametrize(
    ("content", "universal", "expected"),
    [
        ("a\rb\rc", False, ["a\r", "b\r", "c"]),
        ("a\rb\r\nc\n", False, ["a\rb\r\n", "c\n"]),
        ("a\rb\r\nc\n", True, ["a\r", "b\r\n", "c\n"]),
        ("a\x0bb\x85c\u2028d\x1e\n", True, ["a\x0bb\x85c\u2028d\x1e\n"]),
    ],
)
def test_line_ends(tmp_path, content, universal, expected):
    (tmp_path / "a.txt").write_bytes(content.encode())
    assert list(read_lines(tmp_path / "a.txt", universal=universal)) == expected


def test_text_of_carriage_returns(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one\r\rtwo\r")
    assert read_text(tmp_path / "a.txt") == "one\n\ntwo\n"


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".XZ", lzma.compress)])
def test_packed_text(tmp_path, ending, pack):
    path = tmp_path / f"a.csv{ending}"
    path.write_bytes(pack(TEXT.encode("utf-16")))
    assert suffix(path) == ".csv"
    assert "".join(read_lines(path)) == TEXT
    for damaged in (pack(os.urandom(3000))[:-1200], b"no packed file at all", pack(TEXT.encode())[:-12]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"truncated|not a sound|damaged") as caught:
            list(read_lines(path))
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [TEXT, "Zeile ohne Ähnlichkeit\n" * 10_000], ids=["short", "long"])
def test_pipe(tmp_path, content):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(content.encode()))
    writer.start()
    assert "".join(read_lines(tmp_path / "pipe")) == content
    writer.join()


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (b"a\n" + "für 5 €\n".encode("cp1252"), None, r"line 2: byte 0xFC at position 2.*--encoding cp1252"),
        ("погода\n".encode("cp1251"), None, r"line 1: byte 0xEF .*is not UTF-8; .*--encoding cp1251"),
        ("日本語\n".encode("gb18030"), None, r"--encoding gb18030"),
        (b"a\nb\x81\n", "cp1252", r"line 2: byte 0x81 at position 2 of the line is not cp1252"),
        ("text\n".encode("utf-16-le"), None, r"looks like UTF-16-LE .*--encoding utf-16-le"),
        ("text\n".encode("utf-16-be"), "cp1252", r"looks like UTF-16-BE .*--encoding utf-16-be"),
        ("\ufefftext\n".encode("utf-16-le")[:-1], None, r"is not UTF-16-LE \(.*truncated data\)"),
        (b"plain\n", "utf-16", r"is not UTF-16: .*check --encoding"),
        (b"plain\n", "no-such", r"the encoding 'no-such' is unknown"),
        (b"plain\n", "base64", r"the encoding 'base64' is unknown"),
        (b"PK\x03\x04\0\0\0\0", None, r"is no text but a \.zip archive or an Office document"),
        (b"%PDF-1.7\n%\xe2\xe3", None, r"is no text but a PDF document"),
        (
            gzip.compress(b"text\n", mtime=0),
            None,
            r"is no text but packed with gzip, and its name does not end with \.gz",
        ),
    ],
)
def test_bytes_of_another_encoding(tmp_path, content, encoding, message):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        list(read_lines(tmp_path / "a.txt", encoding))
    assert str(tmp_path / "a.txt") in str(caught.value)


def test_small_packed_file_of_an_endless_line(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "MOST_CHARACTERS", 1000)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"one\n" + b"x" * 100_000, mtime=0))
    read = read_lines(tmp_path / "a.txt.gz")
    assert next(read) == "one\n"
    with pytest.raises(DataError, match="line 2 has more than 1,000 characters"):
        next(read)


def test_line_of_a_large_file_may_be_as_long(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "MOST_CHARACTERS", 1000)
    (tmp_path / "a.txt").write_bytes(b"x" * 2000 + b"\ny")
    assert [len(line) for line in read_lines(tmp_path / "a.txt")] == [2001, 1]
    (tmp_path / "a.txt").write_bytes(b"x" * 5000)
    with pytest.raises(DataError, match="line 1 has more than 4,000 characters"):
        list(read_lines(tmp_path / "a.txt"))


def test_lines_before_an_undecodable_one_are_read(tmp_path):
    (tmp_path / "a.txt").write_bytes("eins\nzwölf\n".encode() + b"\xff\nvier\n")
    read = read_lines(tmp_path / "a.txt")
    assert [next(read), next(read)] == ["eins\n", "zwölf\n"]
    with pytest.raises(DataError, match="line 3: byte 0xFF at position 1"):
        next(read)


def test_device_is_refused():
    with pytest.raises(DataError, match="/dev/zero is a device: give a file"):
        next(read_lines(Path("/dev/zero")))


def test_message_of_the_system_is_kept(tmp_path):
    with pytest.raises(DataError, match=rf"^{re.escape(str(tmp_path))} cannot be read: Is a directory$"):
        list(read_lines(tmp_path))


def test_whole_text_keeps_all_but_carriage_returns(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeffone\r\n\r\n two \n".encode())
    assert read_text(tmp_path / "a.txt") == "one\n\n two \n"
    (tmp_path / "a.txt").write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        read_text(tmp_path / "a.txt")
