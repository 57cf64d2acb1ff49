"""Checksums of the files of a model folder, `checksums.json`: damaged and foreign files are noticed, not loaded.

A folder without this file, as older versions wrote it, is taken as it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from nlprnn.errors import ModelError
from nlprnn.serialization.atomic_files import remove_leftovers, replacing, write_json
from nlprnn.serialization.model_files import CONFIG_FILE, MEND, WEIGHTS_FILE, damaged, missing, read_json

CHECKSUMS_FILE = "checksums.json"
FORMAT_VERSION = 1

Checksums = dict[str, str]
"""Name of a file, relative to the folder -> SHA-256 in hexadecimal digits."""


@contextlib.contextmanager
def replacing_files(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write files to, which replace those of `folder` when the block ends without an error.

    Their checksums are written first, beside those of the files that they replace: a kill before the first rename or
    after the last leaves a whole folder, and a kill between two renames one that `check_files` refuses. Those of before
    are dropped at the end.

    Args:
        folder: is made where it is missing; its other files stay.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    created = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    remove_leftovers(folder, "new")
    temporary = folder / f".new.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        yield temporary
        known = read_versions(temporary)[0]  # of files that this function wrote
        paths = [path for path in sorted(temporary.rglob("*")) if path.is_file() and path.name != CHECKSUMS_FILE]
        names = [path.relative_to(temporary).as_posix() for path in paths]
        new = {name: known.get(name) or file_checksum(path) for name, path in zip(names, paths, strict=True)}
        former = _former(folder)
        others = {name: checksum for name, checksum in former.items() if (folder / name).exists()}
        whole = others | new
        _write(folder, [whole, former] if former else [whole])
        for name in names:
            with replacing(folder / name) as path:
                shutil.move(temporary / name, path)
        if former not in ({}, whole):
            _write(folder, [whole])  # so that a file of before is noticed from now on
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if created:
            with contextlib.suppress(OSError):  # it is not empty: all went well
                folder.rmdir()


def _write(folder: Path, versions: list[Checksums]) -> None:
    content = {"format_version": FORMAT_VERSION, "versions": versions, "checksum": _checksum(versions)}
    write_json(folder / CHECKSUMS_FILE, content)


def _checksum(versions: list[Checksums]) -> str:
    return hashlib.sha256(json.dumps(versions, sort_keys=True).encode()).hexdigest()


def _former(folder: Path) -> Checksums:
    """Return the checksums of a folder that is to be written again: if they are damaged, none."""
    try:
        return read_versions(folder)[0]
    except ModelError:
        return {}


def copy_files(folder: Path, target: Path) -> None:
    """Copy the files of a model folder that have a checksum, but for the weights, into another folder."""
    with replacing_files(target) as new:
        for name in read_versions(folder)[0]:
            if name != WEIGHTS_FILE:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, new / name)


def check_model_files(folder: Path) -> None:
    """Check configuration and weights of a model; for what is raised see `check_files`."""
    check_files(folder, lambda name: name in (CONFIG_FILE, WEIGHTS_FILE))


def check_processor_files(folder: Path) -> None:
    """Check the files of a model folder that are of its processor; for what is raised see `check_files`."""
    check_files(folder, lambda name: name not in (CONFIG_FILE, WEIGHTS_FILE))


def check_files(folder: Path, chosen: Callable[[str], bool] = lambda name: True) -> None:
    """Check the files of a folder by their checksums, where it has any.

    Args:
        folder: of a model.
        chosen: whether a file of a name is checked.

    Raises:
        ModelError: a file is missing, or has another checksum, or `checksums.json` is damaged.
    """
    versions = read_versions(folder)
    names = sorted(filter(chosen, versions[0]))
    checksums = [file_checksum(folder / name) if (folder / name).is_file() else None for name in names]
    # Before and after the files: a training may replace them meanwhile.
    versions += read_versions(folder)
    if any(checksums == [version.get(name) for name in names] for version in versions):
        return
    for name, checksum in zip(names, checksums, strict=True):
        if checksum is None:
            raise missing(folder / name)
        if checksum not in [version.get(name) for version in versions]:
            raise ModelError(
                f"{folder / name} is damaged, or of another model, for its checksum is not that of {CHECKSUMS_FILE}: "
                f"{MEND}, or delete {CHECKSUMS_FILE} if you have changed the file yourself"
            )
    raise ModelError(
        f"{folder} was not written to its end: its files are not of one version in {CHECKSUMS_FILE}: resume its "
        f"training, or {MEND}"
    )


def read_versions(folder: Path) -> list[Checksums]:
    """Return the checksums of the files of a folder, and those before they were last replaced; [{}] of none.

    Raises:
        ModelError: `checksums.json` is damaged, or of a newer nlprnn.
    """
    path = folder / CHECKSUMS_FILE
    if not path.exists():
        return [{}]
    content = read_json(path)
    version, versions = content.get("format_version"), content.get("versions")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ModelError(f"{path} was written by a newer nlprnn (format {version}): upgrade nlprnn to read it")
    if not isinstance(versions, list) or not versions or not all(map(_is_checksums, versions)):
        raise damaged(path, "it holds no checksums")
    if content.get("checksum") not in (None, _checksum(versions)):
        raise damaged(path, "its checksum of itself is another")
    return versions


def _is_checksums(value: object) -> bool:
    """Return whether a value of JSON holds checksums, of files in the folder alone."""
    if not isinstance(value, dict) or not all(isinstance(checksum, str) for checksum in value.values()):
        return False
    return not any(Path(name).is_absolute() or ".." in Path(name).parts for name in value)


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; of 100 MB, in about 0.15 s."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
