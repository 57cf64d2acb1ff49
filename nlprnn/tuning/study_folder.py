"""The folder of a study: its choice, its lock against other processes, and its removal after a failure."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

from nlprnn.errors import TrainingError
from nlprnn.experiment.run_folder import has_checkpoint, is_free, lock_folder
from nlprnn.tuning.study_file import STUDY_FILE


@contextlib.contextmanager
def study_folder(recipe: str, out: Path | None, *, resume: bool) -> Iterator[Path]:
    """Choose the folder of a study and lock it until the block ends: one process alone writes it.

    Without `out` it is the first free `runs/tune-RECIPE`, or, to resume, the most recent one. If a new study fails
    before a trial has a model or a checkpoint, its folder is removed.

    Args:
        recipe: its name.
        out: the folder; None = one under `runs/`.
        resume: whether a study is continued.

    Raises:
        TrainingError: the folder is not empty and not to be resumed, another process works in it, or there is no study
            to resume.
    """
    if os.environ.get("WORLD_SIZE", "1") != "1":
        raise TrainingError("a study runs in one process: start nlprnn tune without accelerate launch")
    with contextlib.ExitStack() as locks:
        folder = _newest(recipe) if out is None and resume else out or _first_free(recipe)
        if resume and not (folder / STUDY_FILE).exists():
            raise TrainingError(f"{folder} holds no study to resume: check --out, or leave out --resume to begin one")
        if not resume and not is_free(folder):
            mend = "add --resume to continue it, or " if (folder / STUDY_FILE).exists() else ""
            raise TrainingError(f"{folder} is not empty: {mend}choose another --out")
        if lock_folder(folder, locks) is None:
            raise TrainingError(f"another process works in {folder}: let it end, or choose another --out")
        try:
            yield folder
        except BaseException:
            if not resume and not _has_model(folder):
                shutil.rmtree(folder, ignore_errors=True)
            raise


def _has_model(folder: Path) -> bool:
    return any(has_checkpoint(run) or (run / "scores.json").exists() for run in (folder / "trials").glob("*"))


def _first_free(recipe: str) -> Path:
    first = Path("runs", f"tune-{recipe}")
    return next(filter(is_free, chain([first], (first.with_name(f"{first.name}-{number}") for number in count(2)))))


def _newest(recipe: str) -> Path:
    first = Path("runs", f"tune-{recipe}")
    studies = [path for path in (first, *first.parent.glob(f"{first.name}-*")) if (path / STUDY_FILE).exists()]
    if not studies:
        raise TrainingError(f"there is no study in {first} to resume: name its folder with --out")
    return max(studies, key=lambda path: (path / STUDY_FILE).stat().st_mtime_ns)
