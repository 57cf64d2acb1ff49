"""Lines and whole texts of UTF-8 files, plain or packed with gzip; damage is an error with file and line."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from nlprnn.errors import DataError


def suffix(path: Path) -> str:
    """Return the suffix of a file in lower case, without the packing: ".csv" of `a.CSV.gz`."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


def is_packed(path: Path) -> bool:
    """Whether a file is packed with gzip, by its name."""
    return path.name.lower().endswith(".gz")


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their line ends; a byte order mark is dropped.

    Raises:
        DataError: the file cannot be opened, is damaged gzip, or a line is not UTF-8.
    """
    number = 0
    try:
        with gzip.open(path, "rb") if is_packed(path) else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield (raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw).decode("utf-8")
    except UnicodeDecodeError as error:
        fault = f"byte 0x{error.object[error.start]:02X} at position {error.start + 1} of the line is not UTF-8"
        if number == 1 and error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
            fault = "the text is UTF-16"
        raise DataError(f"{path}, line {number}: {fault}; save the file as UTF-8") from None
    except gzip.BadGzipFile as error:
        raise DataError(f"{path} is not a sound gzip file ({error}): pack it again or drop the .gz") from None
    except EOFError:
        raise DataError(f"{path} is truncated (the gzip stream has no end): copy or download it again") from None
    except zlib.error as error:
        raise DataError(f"{path} is damaged ({error}): copy or download it again") from None
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from None


def read_text(path: Path) -> str:
    """Return the whole text of a UTF-8 file, with line ends \\r\\n turned into \\n.

    Raises:
        DataError: as `read_lines`, or the file is empty.
    """
    text = "".join(read_lines(path)).replace("\r\n", "\n")
    if not text:
        raise DataError(f"{path} is empty")
    return text
