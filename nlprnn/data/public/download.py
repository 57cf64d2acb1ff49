"""Downloads whose checksum is known."""

from __future__ import annotations

import hashlib
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from nlprnn.errors import DataError
from nlprnn.serialization.atomic_files import replacing

_BLOCK_BYTES = 1 << 20
_SECONDS = 60
"""Time without an answer after which a server counts as out of reach."""


@dataclass(frozen=True)
class Download:
    """A file on a public server.

    Attributes:
        url: its address.
        checksum: algorithm and hexadecimal digits, "sha256:..."; "md5:..." where the publisher has no other.
        name: of the file; by default the last part of the address.
    """

    url: str
    checksum: str
    name: str = ""

    @property
    def file_name(self) -> str:
        """Name of the file in a folder of downloads."""
        return self.name or self.url.rpartition("/")[2]


def fetch(download: Download, folder: Path) -> Path:
    """Return a download in a folder, which is made only if it is not there yet.

    Raises:
        DataError: the server cannot be reached, or the file is not the one that is expected.
        OSError: the disk is full or the folder cannot be written.
    """
    path = folder / download.file_name
    if not path.exists():
        try:
            with (
                urllib.request.urlopen(download.url, timeout=_SECONDS) as answer,
                replacing(path) as temporary,
                temporary.open("wb") as file,
            ):
                shutil.copyfileobj(answer, file, _BLOCK_BYTES)
        except (urllib.error.URLError, HTTPException, TimeoutError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise DataError(
                f"{download.url} cannot be reached ({reason}): download it elsewhere, and name the file as SOURCE"
            ) from error
    check(download, path)
    return path


def check(download: Download, path: Path) -> None:
    """Check that a file is the one that the figures were made with.

    Raises:
        DataError: it is another, or damaged.
    """
    algorithm, _, expected = download.checksum.partition(":")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, algorithm).hexdigest()
    if digest != expected:
        raise DataError(
            f"{path} is damaged or another version (its {algorithm} is {digest}, not {expected}): remove it, and "
            f"download {download.url} again"
        )
