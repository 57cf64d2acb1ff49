"""Reading of the files of a model folder: one that is missing or damaged is an error with a mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlprnn.errors import ModelError

_MEND = "copy or download the model folder again, or train again"


def read_bytes(path: Path) -> bytes:
    """Read a file that is not empty.

    Raises:
        ModelError: it is missing, empty or unreadable.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): {_MEND}") from None
    if not content:
        raise damaged(path, "it is empty")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object from a file.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        content = json.loads(read_bytes(path))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise damaged(path, "it is not JSON") from None
    if not isinstance(content, dict):
        raise damaged(path, "it is not a JSON object")
    return content


def missing(path: Path) -> ModelError:
    """Return the error for a file that does not exist."""
    return ModelError(f"{path} is missing: {_MEND}")


def damaged(path: Path, reason: str) -> ModelError:
    """Return the error for a file that exists but cannot be used.

    Args:
        path: of the file.
        reason: a clause.
    """
    return ModelError(f"{path} is damaged ({reason}): {_MEND}")
