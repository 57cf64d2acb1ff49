"""Named pipes at whose other end there is a program, or none."""

from __future__ import annotations

import gzip
import os
import threading

import pytest

from nlprnn import named_pipes
from nlprnn.data.formats.lines import open_bytes
from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import write_text

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.gz")
    return tmp_path / "pipe.gz"


def test_pipe_without_another_program_is_an_error_that_names_it(pipe, monkeypatch):
    monkeypatch.setattr(named_pipes, "_SECONDS", 0.05)
    threads = threading.active_count()
    with pytest.raises(DataError, match=r"pipe\.gz is a named pipe that no program writes to"), open_bytes(pipe):
        pass
    with pytest.raises(DataError, match=r"pipe\.gz is a named pipe that no program reads"):
        write_text(pipe, "text")
    assert threading.active_count() == threads


def test_what_a_program_has_written_before_it_ended_is_read(pipe):
    writer = threading.Thread(target=lambda: pipe.write_bytes(gzip.compress(b"short")))
    writer.start()
    with open_bytes(pipe) as file:
        writer.join()
        assert file.read() == b"short"


def test_text_arrives_and_ends(pipe):
    read = []
    receiver = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    receiver.start()
    write_text(pipe, "text")
    receiver.join(5)
    assert read == [b"text"]
