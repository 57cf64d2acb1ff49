"""Lines of a pipe as they come."""

from __future__ import annotations

import io
import os
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlprnn.batching import PendingStream, adaptive_batches
from nlprnn.cli import stdin
from nlprnn.cli.file_kinds import binary_kind
from nlprnn.cli.stdin import StandardInput
from nlprnn.errors import DataError


@pytest.fixture
def pipe(monkeypatch):
    """Give what writes bytes into standard input; with None it ends."""
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream, os.fdopen(writer, "wb", buffering=0) as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        yield lambda data: file.close() if data is None else file.write(data)


def test_interactive_pipe_is_answered_immediately(pipe):
    lines = StandardInput()
    chunks = adaptive_batches(lines)
    for number in (1, 2, 1, 5):
        pipe(b"a line\n" * number)
        assert next(chunks) == ["a line"] * number
    pipe(b"the last, ")
    assert not lines.has_pending()
    pipe(b"without an end")
    assert not lines.has_pending()
    pipe(None)
    assert lines.has_pending()
    assert list(chunks) == [["the last, without an end"]]


def test_lines_before_an_undecodable_one_are_answered(pipe):
    pipe(b"one\ntwo\n\xff\nfour\n")
    chunks = adaptive_batches(StandardInput())
    assert next(chunks) == ["one", "two"]
    with pytest.raises(DataError, match="standard input, line 3 is not UTF-8"):
        next(chunks)


def test_endless_line_is_refused(pipe, monkeypatch):
    monkeypatch.setattr(stdin, "_MOST_BYTES", 1000)
    pipe(b"one\n" + b"x" * 900 + b"\n" + b"x" * 2000)
    lines = StandardInput()
    assert [len(next(lines)) for _ in range(2)] == [3, 900]
    with pytest.raises(DataError, match="standard input, line 3 has more than 1,000 bytes"):
        next(lines)


def test_full_pipe_is_read_in_growing_batches(pipe):
    pipe(b"\n" * 100)
    pipe(None)
    assert [len(chunk) for chunk in adaptive_batches(StandardInput())] == [16, 32, 52]


def test_output_is_flushed_before_a_read_that_may_wait(pipe, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written))
    lines = StandardInput()
    for text in (b"one", b"two"):
        pipe(text + b"\n")
        print(next(lines).upper())
    assert written.getvalue() == b"ONE\n"
    pipe(None)
    assert next(lines, None) is None
    assert written.getvalue() == b"ONE\nTWO\n"


def test_mapped_lines_are_answered_immediately(pipe):
    lines = StandardInput()
    chunks = adaptive_batches(PendingStream(map(str.upper, lines), lines))
    pipe(b"one\ntwo\n")
    assert next(chunks) == ["ONE", "TWO"]


@given(
    st.lists(st.sampled_from([b"\xef\xbb\xbf", b"\n", b"\r\n", b"\r", b"a", b"\xc3", b"\xa4"]) | st.binary(max_size=12))
)
def test_lines_do_not_depend_on_read_boundaries(pieces):
    class Stream(io.BytesIO):
        def read1(self, size=-1):
            return next(left, b"")

    left = (piece for piece in pieces if piece)
    data = b"".join(pieces)
    first = next((piece for piece in pieces if piece), b"")
    assume(not binary_kind(first) and not first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(Stream()))
        try:
            expected = [
                line.removesuffix("\n").rstrip("\r") for line in io.StringIO(data.decode("utf-8-sig"), newline="\n")
            ]
        except UnicodeDecodeError:
            with pytest.raises(DataError, match="standard input, line"):
                list(StandardInput())
        else:
            assert list(StandardInput()) == expected
