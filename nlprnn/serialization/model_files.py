"""Reading of the files of a model folder: one that is missing or damaged is an error with a mend."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from nlprnn.errors import ModelError
from nlprnn.path_kinds import kind_of_path

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"

MEND = "copy or download the model folder again, or train again"
"""What to do about a folder with a missing or damaged file."""

_LARGEST = 1 << 28
"""Bytes of a configuration or tokenizer: a million words take 30 MB."""


def read_bytes(path: Path) -> bytes:
    """Read a file that is not empty.

    Raises:
        ModelError: it is missing, empty, unreadable or very large.
    """
    check_regular(path)
    if path.stat().st_size > _LARGEST:
        raise damaged(path, f"it has more than {_LARGEST >> 20} MB")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): {MEND}") from None
    if not content:
        raise damaged(path, "it is empty")
    return content


def check_regular(path: Path) -> None:
    """Check that a path is that of a regular file that may be read: from a pipe or a device one would wait for ever.

    Raises:
        ModelError: it is not.
    """
    if not path.exists():
        raise missing(path)
    if not path.is_file():
        raise ModelError(f"{path} is no file, but {kind_of_path(path)}: {MEND}")
    if not os.access(path, os.R_OK):
        raise ModelError(f"{path} may not be read: change its permissions")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file.

    Raises:
        ModelError: the file is missing or damaged.
    """
    encoded = read_bytes(path)
    try:
        content = json.loads(encoded)
    except (ValueError, RecursionError):  # of an encoding, of JSON, of a number with thousands of digits
        raise damaged(path, "it is not JSON") from None
    if not isinstance(content, dict):
        raise damaged(path, "it is not a JSON object")
    return content


def missing(path: Path) -> ModelError:
    """Return the error for a file that does not exist."""
    return ModelError(f"{path} is missing: {MEND}")


def damaged(path: Path, reason: str) -> ModelError:
    """Return the error for a file that exists but cannot be used.

    Args:
        path: of the file.
        reason: a clause.
    """
    return ModelError(f"{path} is damaged ({reason}): {MEND}")
