"""The folder of a training's checkpoints: the newest, and those before it for when the newest is damaged."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlprnn.errors import TrainingError
from nlprnn.training.checkpoint import load_checkpoint, save_checkpoint

logger = logging.getLogger(__name__)

_NAME = re.compile(r"step-(\d+)\.pt")


def checkpoint_files(folder: Path) -> dict[int, Path]:
    """Return the checkpoints in a folder by their step, the newest first."""
    paths = folder.iterdir() if folder.is_dir() else ()
    named = [(match, path) for path in paths if (match := _NAME.fullmatch(path.name))]
    return dict(sorted(((int(match[1]), path) for match, path in named), reverse=True))


def write_checkpoint(folder: Path, step: int, state: Mapping[str, Any], *, keep: int) -> None:
    """Write the checkpoint of a step, complete or not at all, and then remove those that it replaces.

    Args:
        folder: is made where it is missing.
        step: batches trained on so far; checkpoints of later steps, from which the training did not go on, are removed.
        state: as `save_checkpoint` takes it.
        keep: number of checkpoints that stay, this one included.

    Raises:
        OSError: the disk is full or the folder cannot be written.
        TypeError: a value is neither a tensor nor plain.
    """
    save_checkpoint(folder / f"step-{step}.pt", state)
    earlier = [path for number, path in checkpoint_files(folder).items() if number <= step]
    kept = set(earlier[:keep])
    # A process that was killed while writing has left a temporary file.
    for path in (*checkpoint_files(folder).values(), *folder.glob(".step-*.tmp")):
        if path not in kept:
            path.unlink(missing_ok=True)


def read_newest_checkpoint(folder: Path, run_id: str = "") -> tuple[Path, dict[str, Any]]:
    """Return the newest checkpoint that is sound, and its file; a warning names a newer one that is damaged.

    Args:
        folder: of the checkpoints.
        run_id: identity of the training, which a checkpoint must have.

    Raises:
        TrainingError: there is no checkpoint, or each is damaged.
    """
    damaged: list[TrainingError] = []
    for step, path in checkpoint_files(folder).items():
        try:
            state = _load(path, step, run_id)
        except TrainingError as error:
            damaged.append(error)
            continue
        for reason in damaged:
            logger.warning("%s; resumed from the one before it, %s", reason, path)
        return path, state
    if damaged:
        raise TrainingError(f"{damaged[0]}: begin another run with another --out")
    raise TrainingError(f"there is no checkpoint in {folder} to resume from: start without --resume")


def is_of_run(folder: Path, run_id: str) -> bool:
    """Return whether the newest sound checkpoint is of a training, or none is sound, or one of both has no identity.

    Args:
        folder: of the checkpoints.
        run_id: identity of the training.
    """
    for path in checkpoint_files(folder).values():
        with contextlib.suppress(TrainingError):
            return load_checkpoint(path).get("run_id") in (None, "", run_id) or not run_id
    return True


def _load(path: Path, step: int, run_id: str) -> dict[str, Any]:
    state = load_checkpoint(path)
    if state.get("step") != step or (run_id and state.get("run_id") != run_id):
        raise TrainingError(f"the checkpoint {path} is of another step, or of another run than run.json")
    return state
