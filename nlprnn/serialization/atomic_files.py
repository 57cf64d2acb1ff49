"""Files that are whole or not there: write beside, then rename."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; when the block ends well, it takes the place of `path` in one step.

    A crash, a full disk or a kill leaves the old file as it was. A link stays one, to what is new then. What is no
    file, such as a named pipe or /dev/stdout, is given itself: it is there to be written to, not to be replaced.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    path = Path(path)
    if _is_stream(path):
        yield path
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    _remove_what_was_killed(path)
    try:
        yield temporary
        with temporary.open("rb+") as file:  # Windows flushes only what is open for writing
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_what_was_killed(path: Path) -> None:
    """Remove what processes that were killed while they wrote this file have left; a checkpoint's is large."""
    for old in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        number = old.name.split(".")[-2]
        if number.isdecimal() and os.name == "posix":
            try:
                os.kill(int(number), 0)  # asks alone whether it is there
            except ProcessLookupError:
                old.unlink(missing_ok=True)
            except (PermissionError, OverflowError):
                pass


def check_writable(path: Path) -> None:
    """Raise early what would keep `replacing` from writing a file after hours of work, except for a full disk.

    Raises:
        OSError: the folder, or the one that it is to be made in, cannot be written.
    """
    if not _is_stream(path):
        parents = path.resolve().parents
        tempfile.TemporaryFile(dir=next(parent for parent in parents if parent.exists())).close()


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file in one step, with line feeds on every system."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object for people to read, in one step."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write tensors as a safetensors file, in one step.

    Args:
        path: of the file.
        weights: name -> tensor; no two may share memory.
    """
    from safetensors.torch import save

    # As bytes: the library's own writing to a file hides a full disk behind an error of its own.
    content = save({name: tensor.detach().contiguous() for name, tensor in weights.items()})
    with replacing(path) as temporary:
        temporary.write_bytes(content)
