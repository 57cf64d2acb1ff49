"""The folder of a run: which one, that one process alone works in it, and that it is free again after a failure."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

import click

from nlprnn.errors import TrainingError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

RUN_FILE = "run.json"
CHECKPOINT_FILE = Path("checkpoint", "last.safetensors")
_TRACES = (RUN_FILE, "config.json", "checkpoint")


@contextlib.contextmanager
def run_folder(recipe: str, out: Path | None, *, resume: bool) -> Iterator[Path]:
    """Pick the folder of a run, and hold it until the block ends; a new run that fails leaves it as it was.

    It is the one asked for, or the first free (to resume: the newest) under `runs/`. A run with a checkpoint to go on
    from stays whatever happens.

    Args:
        recipe: its name.
        out: the folder asked for; None = none.
        resume: whether a run is to go on.

    Raises:
        TrainingError: the folder holds a run already and is not to be resumed, another process works in it, or there
            is none to resume.
    """
    if out is None and os.environ.get("WORLD_SIZE", "1") != "1":
        raise TrainingError("the processes of one training need one folder: name it with --out")
    if is_further_process():  # the first one sees to the folder
        yield out
        return
    with contextlib.ExitStack() as held:
        if out is None and not resume:
            first = Path("runs", recipe)
            numbered = (first.with_name(f"{recipe}-{number}") for number in count(2))
            folder, made = next(
                (folder, made)
                for folder in chain([first], numbered)
                if _is_free(folder) and (made := _hold(folder, held)) is not None
            )
        else:
            folder = _newest(recipe) if out is None else _checked(out, resume=resume)
            made = _hold(folder, held)
            if made is None:
                raise TrainingError(f"another process works in {folder}: let it end, or choose another --out")
        new = _is_free(folder)
        if not new and not resume:  # between the look at it and the lock on it
            raise TrainingError(f"another run has just taken {folder}: begin again, or choose another --out")
        try:
            yield folder
        except BaseException:
            if new and not has_checkpoint(folder):
                _clear(folder, whole=made)
            raise


def is_further_process() -> bool:
    """Whether this is one of several processes of one training, as `accelerate launch` starts, and not the first."""
    return os.environ.get("RANK", "0") != "0"


def has_checkpoint(folder: Path) -> bool:
    """Return whether a folder holds a checkpoint that its run could continue from."""
    return (folder / CHECKPOINT_FILE).exists()


def can_resume(folder: Path) -> bool:
    """Return whether a run has a checkpoint; one that was killed before its first checkpoint begins again.

    Raises:
        TrainingError: there is no checkpoint any more, but a trained model that must not be lost.
    """
    from nlprnn.training.metrics_log import read_metrics

    if has_checkpoint(folder):
        return True
    if any("validation" in record for record in read_metrics(folder)):
        raise TrainingError(
            f"{folder} holds a trained model but no {CHECKPOINT_FILE} to resume from: begin another with another --out"
        )
    click.echo("The run was stopped before its first checkpoint, and begins again.", err=True)
    return False


def _holds_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in _TRACES)


def _is_free(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _newest(recipe: str) -> Path:
    first = Path("runs", recipe)
    begun = [folder for folder in (first, *first.parent.glob(f"{recipe}-*")) if (folder / RUN_FILE).exists()]
    if not begun:
        raise TrainingError(f"there is no run in {first} to resume: name its folder with --out")
    return max(begun, key=lambda folder: (folder / RUN_FILE).stat().st_mtime_ns)


def _checked(out: Path, *, resume: bool) -> Path:
    if resume and not _holds_run(out):
        raise TrainingError(f"{out} holds no run to resume: check --out, or leave out --resume to begin one")
    if not resume and _holds_run(out):
        raise TrainingError(f"{out} already holds a run: add --resume to go on with it, or choose another --out")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is a file: choose a folder for --out")
    if not resume and not _is_free(out):
        raise TrainingError(f"{out} is not empty, and its files might be overwritten: choose a new folder for --out")
    return out


def _hold(folder: Path, held: contextlib.ExitStack) -> bool | None:
    """Make a folder this process's own until `held` ends: whether it was made; None = another process has it.

    The system lets go of it with the process, however that ends, and nothing is written for it.
    """
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is not None:
        descriptor = os.open(folder, os.O_RDONLY)
        held.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:  # a file system without locks
            pass
    return made


def _clear(folder: Path, *, whole: bool) -> None:
    """Remove what is in a folder, or the whole of it, as far as that can be."""
    with contextlib.suppress(OSError):
        for path in [] if whole else folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
