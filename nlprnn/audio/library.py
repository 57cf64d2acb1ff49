"""Libraries of the extra `audio`: soundfile, which reads files, and soxr, which resamples."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nlprnn.errors import NlprnnError


def audio_library(name: str) -> Any:
    """Import a library of the extra `audio`.

    Raises:
        NlprnnError: it is not installed.
    """
    try:
        return import_module(name)
    except (ImportError, OSError) as error:  # OSError: soundfile without libsndfile
        raise NlprnnError(f'sound needs {name}, which cannot be loaded: pip install "nlprnn[audio]"') from error
