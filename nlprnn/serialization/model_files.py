"""Reads the files of a tokenizer folder; what is missing or damaged becomes one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlprnn.errors import ModelError

_MEND = "copy the model folder again, or train again"


def read_bytes(path: Path) -> bytes:
    """The bytes of `path`; `ModelError` when it is missing, empty or unreadable."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{path} is missing: {_MEND}.") from None
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror}): {_MEND}.") from None
    if not content:
        raise damaged(path, "it is empty")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`; `ModelError` when it is missing or damaged."""
    try:
        content = json.loads(read_bytes(path))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise damaged(path, "it is not JSON") from None
    if not isinstance(content, dict):
        raise damaged(path, "it is not a JSON object")
    return content


def damaged(path: Path, what: str) -> ModelError:
    """Return the error for a file that exists but cannot be used; `what` is the reason, in a clause."""
    return ModelError(f"{path} is damaged ({what}): {_MEND}.")
