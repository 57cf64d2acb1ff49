"""Lines and whole texts of files in any encoding, plain or packed; damage is an error with file and line."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from nlprnn.data.formats.signatures import signature_kind
from nlprnn.errors import DataError
from nlprnn.named_pipes import open_file
from nlprnn.path_kinds import kind_of_path

_PACKINGS: dict[str, Callable[[BinaryIO], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_BYTE_ORDER_MARKS = (  # UTF-32 before UTF-16, whose little-endian mark begins in the same way
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16", "utf-32")
_HEAD_BYTES = 1 << 16
MOST_CHARACTERS = 1 << 28
"""Longest line, in characters; in a file that is larger itself, as many as it has bytes, up to four times this."""


def suffix(path: Path) -> str:
    """Return the suffix of a file in lower case, without the packing: ".csv" of `a.CSV.gz`."""
    name = Path(path.name.lower())
    return Path(name.stem).suffix if name.suffix in _PACKINGS else name.suffix


def is_packed(path: Path) -> bool:
    """Whether a file is packed with gzip, bzip2 or xz, by its name."""
    return path.suffix.lower() in _PACKINGS


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked where its name ends in a packing.

    Raises:
        DataError: the file cannot be opened or read, is damaged, is a device, which may have no end, or a
            named pipe that no program writes to.
    """
    if path.exists() and kind_of_path(path) == "a device":
        raise DataError(f"{path} is a device: give a file")
    kind = path.suffix.lower().removeprefix(".")
    try:
        with open_file(path) as raw, _PACKINGS[f".{kind}"](raw) if is_packed(path) else raw as file:
            yield cast("BinaryIO", file)
    except (gzip.BadGzipFile, lzma.LZMAError) as error:
        raise DataError(
            f"{path} is not a sound {_packer(kind)} file ({error}): pack it again or drop the .{kind}"
        ) from None
    except EOFError:
        raise DataError(
            f"{path} is truncated (the {_packer(kind)} stream has no end): copy or download it again"
        ) from None
    except zlib.error as error:
        raise DataError(f"{path} is damaged ({error}): copy or download it again") from None
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    except OSError as error:
        if kind == "bz2" and error.errno is None:
            raise DataError(f"{path} is not a sound bzip2 file ({error}): pack it again or drop the .bz2") from None
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None


class _Concatenated(io.RawIOBase):
    """The first bytes of a stream, which have been read, and the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, cast("io.BufferedReader", rest)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] or self._rest.read1(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _packer(kind: str) -> str:
    return {"gz": "gzip", "bz2": "bzip2"}.get(kind, kind)


def text_encoding(path: Path, encoding: str | None = None) -> str:
    """Return the encoding of a text file for messages ("UTF-8"): by its byte order mark, else as given, else UTF-8.

    Args:
        path: the file.
        encoding: the encoding that the user gives, a name that Python knows.

    Raises:
        DataError: the file cannot be read or is no text, or the encoding is unknown or impossible.
    """
    with open_bytes(path) as file:
        return encoding_name(_encoding_of(file.read(_HEAD_BYTES), path, encoding))


def read_lines(path: Path, encoding: str | None = None, *, universal: bool = False) -> Iterator[str]:
    r"""Yield the lines of a text file with their line ends; a byte order mark is dropped.

    Lines end with \n or \r\n; with \r alone where the first 65,536 bytes have no \n.

    Args:
        path: the file, which may be packed.
        encoding: its encoding, a name that Python knows; None = UTF-8. A byte order mark has precedence.
        universal: also end lines with \r alone where there are other line ends.

    Raises:
        DataError: the file cannot be opened or is damaged, or a line is not of this encoding.
    """
    with open_bytes(path) as file:
        head = file.read(_HEAD_BYTES)
        name = _encoding_of(head, path, encoding)
        if file.seekable():
            file.seek(0)
        else:  # a pipe
            file = cast("BinaryIO", io.BufferedReader(_Concatenated(head, file)))
        newline = "\n" if not universal and "\n" in head.decode(name, "ignore") else ""
        # What is not of an encoding is found line by line, so that the lines before it are read.
        errors = "strict" if name.startswith(_WIDE) else "surrogateescape"
        text = io.TextIOWrapper(file, name, newline=newline, errors=errors)
        limit, number = min(max(MOST_CHARACTERS, path.stat().st_size), 4 * MOST_CHARACTERS), 0
        try:
            while line := text.readline(limit):
                number += 1
                if len(line) == limit:
                    raise DataError(f"{path}, line {number} has more than {limit:,} characters: end its lines")
                if not line.isascii():
                    line.encode()  # which fails for what was not decoded
                if number > 1 or (line := line.removeprefix("\ufeff")):
                    yield line
        except UnicodeEncodeError:
            raise _encoding_error(f"{path}, line {number}", name, line) from None
        except UnicodeError as error:
            fault = f"{path} is not {encoding_name(name)} ({error})"
            raise DataError(f"{fault}: check --encoding, or copy it again") from None


def read_text(path: Path, encoding: str | None = None) -> str:
    r"""Return the whole text of a file, with line ends \r\n turned into \n.

    Args:
        path: the file, which may be packed.
        encoding: its encoding, a name that Python knows; None = UTF-8. A byte order mark has precedence.

    Raises:
        DataError: as `read_lines`, or the file is empty.
    """
    text = "".join(read_lines(path, encoding)).replace("\r\n", "\n")
    if not text:
        raise DataError(f"{path} is empty")
    return text if "\n" in text else text.replace("\r", "\n")


def _encoding_of(head: bytes, path: Path, encoding: str | None) -> str:
    """The encoding of a text with these first bytes."""
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    if kind := signature_kind(head):
        raise DataError(f"{path} is no text but {kind}: export it as .csv or .jsonl, or correct its name")
    try:
        "a".encode(encoding or "utf-8")
        name = codecs.lookup(encoding or "utf-8").name
    except (LookupError, UnicodeError):
        unknown = f"{path}: the encoding {encoding!r} is unknown"
        raise DataError(f"{unknown}; give a name such as utf-8, cp1252 or utf-16") from None
    wide = name.startswith(_WIDE)
    if wide and head and b"\0" not in head:
        raise DataError(f"{path} is not {encoding_name(name)}: no byte near its begin is zero; check --encoding")
    if not wide and (likely := _wide_encoding(head)):
        looks = f"{path}: the text looks like {encoding_name(likely)} without a byte order mark"
        raise DataError(f"{looks}; give --encoding {likely}")
    return name


def encoding_name(name: str) -> str:
    """Return the name of an encoding for messages: "UTF-8" of "utf-8"."""
    return name.upper() if name.startswith("utf") else name


def _wide_encoding(head: bytes) -> str | None:
    """The encoding of two bytes a character that has a zero in most of one half of the bytes, as Latin letters do."""
    for name, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros.count(0) > 0.5 * len(zeros) and others.count(0) < 0.1 * len(others):
            return name
    return None


def _encoding_error(place: str, name: str, line: str) -> DataError:
    """Return the error of a line with bytes that are not of its encoding, which it holds as lone surrogates."""
    index = next(index for index, character in enumerate(line) if "\ud800" <= character <= "\udfff")
    position = len(line[:index].encode(name, "surrogateescape")) + 1
    likely = _likely_encoding(line.encode(name, "surrogateescape"))
    return DataError(
        f"{place}: byte 0x{ord(line[index]) & 0xFF:02X} at position {position} of the line is not "
        f"{encoding_name(name)}; give its encoding, such as --encoding {likely}, or save it as UTF-8"
    )


def _likely_encoding(line: bytes) -> str:
    """An encoding for a line that is not UTF-8: of one byte a letter where few such bytes are adjacent."""
    runs = re.findall(rb"[\x80-\xff]+", line)
    if sum(map(len, runs)) <= 2 * len(runs):
        return "cp1252"
    return "cp1251" if all(byte >= 0xC0 for run in runs for byte in run) else "gb18030"
