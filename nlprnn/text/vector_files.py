"""Files of word vectors as bytes: plain, or unpacked while they are read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from nlprnn.errors import DataError
from nlprnn.path_kinds import kind_of_path

_BUFFER_SIZE = 1 << 16


@contextmanager
def open_unpacked(path: Path) -> Iterator[Iterable[bytes]]:
    """Open a file for reading its lines as bytes, unpacked from gzip, bzip2, xz, or a zip archive of one file.

    Raises:
        DataError: the file is missing, empty, binary or damaged, or an archive of several files.
    """
    if path.exists() and kind_of_path(path) != "a file":
        raise DataError(f"{path} is {kind_of_path(path)}: give a file of word vectors.")
    try:
        with ExitStack() as stack:
            raw = stack.enter_context(path.open("rb"))
            file = BufferedReader(stack.enter_context(_unpacked(path, raw)), _BUFFER_SIZE)
            start = file.peek()
            if not start:
                raise DataError(f"{path} is empty: download the vectors again.")
            if b"\0" in start:
                raise DataError(
                    f"{path} is a binary file: turn the binary format of word2vec or fastText into text (gensim: "
                    "`save_word2vec_format(path, binary=False)`)."
                )
            yield file
    except FileNotFoundError:
        raise DataError(f"{path} does not exist: give the path of a file of word vectors.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is damaged ({error}): download the vectors again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


def _unpacked(path: Path, raw: BufferedReader) -> Any:
    """Return a binary stream of the content of a file, whose first bytes name its packing."""
    start = raw.peek()[:6]
    if start.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw)
    if start.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if start == b"\xfd7zXZ\0":
        return lzma.LZMAFile(raw)
    if start.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(raw)
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
        if len(names) != 1:
            raise DataError(f"{path} is an archive of {len(names)} files: unpack it, and give one of them.")
        return archive.open(names[0])
    return raw
