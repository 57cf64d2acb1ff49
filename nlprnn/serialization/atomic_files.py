"""Atomic writing of files: to a temporary file, then rename."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.named_pipes import output_pipe

if TYPE_CHECKING:
    from torch import Tensor


_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to, which replaces `path` atomically when the block ends without an error.

    A crash, a full disk or a kill leaves the old file unchanged. A link stays a link, to the new file. What is no
    regular file, such as a named pipe or /dev/stdout, is yielded itself and written to directly.

    Raises:
        DataError: it is a named pipe that no program reads.
        OSError: the disk is full or the folder cannot be written.
    """
    path = Path(path)
    if _is_stream(path):
        with output_pipe(path):
            yield path
        return
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    remove_leftovers(path.parent, path.name)
    try:
        with naming(path, temporary):
            yield temporary
            with temporary.open("rb+") as file:  # Windows flushes only what is open for writing
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def naming(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Name the file in errors of the system that name none, as that of a full disk, or only the temporary file."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(temporary)):
            error.filename = str(path)
        raise


def sync_folder(folder: Path) -> None:
    """Make renames in a folder outlast a loss of power; on Windows, where folders cannot be synced, do nothing."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_leftovers(folder: Path, name: str) -> None:
    """Remove what processes left that were killed while writing `.NAME.PROCESS.tmp`; those of checkpoints are large."""
    for old in folder.glob(f".{glob.escape(name)}.*.tmp"):
        number = old.name.split(".")[-2]
        if number.isdecimal() and os.name == "posix":
            try:
                os.kill(int(number), 0)  # only checks whether the process exists
            except ProcessLookupError:
                if old.is_dir():
                    shutil.rmtree(old, ignore_errors=True)
                else:
                    old.unlink(missing_ok=True)
            except (PermissionError, OverflowError):
                pass


def is_leftover(path: Path) -> bool:
    """Return whether a file or folder is a temporary one, as a process leaves that is killed while writing."""
    return _TEMPORARY.fullmatch(path.name) is not None


def check_writable(path: Path) -> None:
    """Check, before hours of work, that `replacing` will be able to write a file, unless the disk becomes full.

    Raises:
        OSError: the folder, or the one in which it is to be created, cannot be written.
    """
    if not _is_stream(path):
        parents = path.resolve().parents
        tempfile.TemporaryFile(dir=next(parent for parent in parents if parent.exists())).close()


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 file atomically, with line feeds on every system."""
    with replacing(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object, indented, atomically."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write tensors as a safetensors file, atomically.

    Args:
        path: of the safetensors file.
        weights: name -> tensor; no two share memory.
    """
    from safetensors.torch import save

    # As bytes: when the library writes the file, it reports a full disk as another error.
    content = save({name: tensor.detach().contiguous() for name, tensor in weights.items()})
    with replacing(path) as temporary:
        temporary.write_bytes(content)
