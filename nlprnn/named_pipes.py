"""Named pipes: opening one waits for the program at its other end, which may never come."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import BinaryIO

from nlprnn.errors import DataError
from nlprnn.path_kinds import kind_of_path

_SECONDS = 5.0


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading; where it is a named pipe, wait some seconds for the program that writes to it.

    Raises:
        DataError: no program writes to the pipe.
        OSError: the file cannot be opened.
    """
    return os.fdopen(_open_pipe(path, os.O_RDONLY), "rb") if _is_named_pipe(path) else path.open("rb")


@contextmanager
def output_pipe(path: Path) -> Iterator[None]:
    """Wait some seconds for the program that reads from a path, where it is a named pipe, before it is written to.

    Raises:
        DataError: no program reads from the pipe.
        OSError: the pipe cannot be opened.
    """
    end = _open_pipe(path, os.O_WRONLY) if _is_named_pipe(path) else None
    try:
        yield
    finally:
        if end is not None:
            os.close(end)


def _is_named_pipe(path: Path) -> bool:
    return path.exists() and kind_of_path(path) == "a named pipe"


def _open_pipe(path: Path, access: int) -> int:
    """Open an end of a named pipe, os.O_RDONLY or os.O_WRONLY, and return its descriptor."""
    opened = Queue[int | OSError]()

    def wait() -> None:
        try:
            opened.put(os.open(path, access))
        except OSError as error:
            opened.put(error)

    threading.Thread(target=wait, daemon=True).start()
    try:
        end, late = opened.get(timeout=_SECONDS), False
    except Empty:
        other = os.O_WRONLY if access == os.O_RDONLY else os.O_RDONLY
        os.close(os.open(path, other | os.O_NONBLOCK))  # which lets the thread end
        end, late = opened.get(), True
    if isinstance(end, OSError):
        raise end
    if late:
        os.close(end)
        does = "writes to" if access == os.O_RDONLY else "reads"
        raise DataError(f"{path} is a named pipe that no program {does}: start that program first, or give a file")
    return end
