"""Archives of .zip files, unpacked into the cache of `datasets`."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from nlprnn.data.column_roles import counted
from nlprnn.errors import DataError
from nlprnn.serialization.checksums import file_checksum

_MOST_FILES = 1_000_000
_MOST_RATIO, _SPARE_BYTES = 200, 100 << 20  # texts are packed to a tenth, seldom to a hundredth
_BLOCK_BYTES = 1 << 20


def unpacked(path: Path) -> Path:
    """Return the folder with the files of a .zip archive, or its only file; it is unpacked once, until it changes.

    Args:
        path: the archive.

    Raises:
        DataError: the archive is damaged, encrypted or empty, its files would lie outside of it, or it would grow to
            more than 200 times its size and 100 MB.
        OSError: the disk of the cache is full.
    """
    import datasets

    try:
        checksum = file_checksum(path)
    except PermissionError:
        raise DataError(f"{path} may not be read: change its permissions") from None
    key = blake2b(repr((str(path.resolve()), checksum)).encode("utf-8", "surrogateescape"))
    place = Path(datasets.config.HF_DATASETS_CACHE).expanduser() / "nlprnn-unpacked" / key.hexdigest()[:32] / path.stem
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            _unpack(path, Path(scratch) / path.stem)
            try:
                (Path(scratch) / path.stem).rename(place)
            except OSError:  # another process was faster
                if not place.exists():
                    raise
    while len(inside := [entry for entry in place.iterdir() if not _is_note(entry.name)]) == 1:
        place = inside[0]
        if place.is_file():
            break
    return place


def _is_note(name: str) -> bool:
    return name.lower().startswith(("readme", "license", "licence", "_about", "."))


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_data(member)]
            _check(path, members)
            for member in members:
                target = folder.joinpath(*PurePosixPath(member.filename).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as packed, target.open("xb") as file:
                    shutil.copyfileobj(packed, file, _BLOCK_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{path} is no sound .zip archive ({error}): pack or copy it again") from None
    except RuntimeError as error:  # a password is needed
        raise DataError(f"{path} cannot be unpacked ({error}): give it without a password") from None
    except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
        raise DataError(f"{path} has two files of one name ({Path(str(error.filename)).name}): rename one") from None


def _is_data(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file, and none that a Macintosh adds."""
    path = PurePosixPath(member.filename)
    return not member.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith(".")


def _check(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    if not members:
        raise DataError(f"{path} is empty: it has no files")
    if len(members) > _MOST_FILES:
        raise DataError(f"{path} has {counted(len(members), 'file')}: unpack it, and give the folder")
    for member in members:
        name = PurePosixPath(member.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in name.parts[0]:
            raise DataError(f"{path}: the file {member.filename!r} would lie outside of the archive: pack it again")
    size = sum(member.file_size for member in members)
    if size > _MOST_RATIO * path.stat().st_size + _SPARE_BYTES:
        raise DataError(
            f"{path} would grow from {path.stat().st_size:,} to {size:,} bytes, as no text does: if it is sound, "
            "unpack it, and give the folder"
        )
