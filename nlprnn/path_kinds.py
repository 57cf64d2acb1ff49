"""Kinds of paths that are no regular files: from a pipe or a device one may wait for ever."""

from __future__ import annotations

import stat
from pathlib import Path


def kind_of_path(path: Path) -> str:
    """Return what a path that exists is: "a file", "a folder", "a named pipe", "a socket" or "a device"."""
    mode = path.stat().st_mode
    kinds = {
        "a file": stat.S_ISREG,
        "a folder": stat.S_ISDIR,
        "a named pipe": stat.S_ISFIFO,
        "a socket": stat.S_ISSOCK,
    }
    return next((kind for kind, is_kind in kinds.items() if is_kind(mode)), "a device")
