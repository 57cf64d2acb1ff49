"""The folder of a run: its choice, its lock against other processes, and its removal after a failure."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

import click

from nlprnn.errors import ModelError, TrainingError
from nlprnn.serialization.atomic_files import is_leftover
from nlprnn.serialization.checksums import CHECKSUMS_FILE, read_versions
from nlprnn.training.files import CHECKPOINT_FOLDER, INITIAL_MODEL, METRICS_FILE, TENSORBOARD_FOLDER

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

RUN_FILE = "run.json"
SEED_FOLDER = "seed_"
"""Beginning of the name of a run's folder, before its seed, where there are several in one folder."""

_OLDER = "last.*"
"""Checkpoint of an older nlprnn."""

_TRACES = (RUN_FILE, "config.json", CHECKPOINT_FOLDER)


@contextlib.contextmanager
def run_folder(recipe: str, out: Path | None, *, resume: bool) -> Iterator[Path]:
    """Choose the folder of a run and lock it until the block ends.

    Without `out` it is the first free folder under `runs/`, or, to resume, the most recent one. If a new run fails
    before its first checkpoint, the folder is left as it was, with the files that others have put there since.

    Args:
        recipe: its name.
        out: the folder; None = one under `runs/`.
        resume: whether a run is continued.

    Raises:
        TrainingError: the folder holds a run and is not to be resumed, another process works in it, or there is
            none to resume.
    """
    if out is None and os.environ.get("WORLD_SIZE", "1") != "1":
        raise TrainingError("the processes of one training need one folder: name it with --out")
    if out is not None and is_further_process():  # the first process takes care of the folder
        yield out
        return
    with contextlib.ExitStack() as locks:
        folder, created = _claim(recipe, out, locks, resume=resume)
        new = is_free(folder)
        if not new and not resume:  # taken between the check and the lock
            raise TrainingError(f"another run has just taken {folder}: begin again, or choose another --out")
        try:
            yield folder
        except BaseException:
            if new and not is_saved(folder):
                _clear(folder, created)
            raise


def _claim(recipe: str, out: Path | None, locks: contextlib.ExitStack, *, resume: bool) -> tuple[Path, list[Path]]:
    """Lock the folder of a run; return it, and which folders were created for it."""
    if out is None and not resume:
        first = Path("runs", recipe)
        numbered = (first.with_name(f"{recipe}-{number}") for number in count(2))
        for folder in chain([first], numbered):
            if is_free(folder) and (created := lock_folder(folder, locks)) is not None:
                return folder, created
    folder = _newest(recipe) if out is None else _checked(out, resume=resume)
    created = lock_folder(folder, locks)
    if created is None:
        raise TrainingError(f"another process works in {folder}: let it end, or choose another --out")
    return folder, created


def is_further_process() -> bool:
    """Return whether this is one of several processes of a training (`accelerate launch`), and not the first."""
    return os.environ.get("RANK", "0") != "0"


def is_restart(out: Path | None) -> bool:
    """Return whether `torchrun --max-restarts` has started the processes again, and the run in a folder is to go on."""
    restarts = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return restarts != "0" and out is not None and (out / RUN_FILE).exists()


def has_checkpoint(folder: Path) -> bool:
    """Return whether a folder holds a checkpoint, if only one of an older nlprnn, which is an error to resume from."""
    return bool(checkpoint_names(folder))


def checkpoint_names(folder: Path) -> set[str]:
    """Return the names of the checkpoints in a run's folder, named by the steps after which they were written."""
    paths = (folder / CHECKPOINT_FOLDER).iterdir() if (folder / CHECKPOINT_FOLDER).is_dir() else ()
    return {path.name for path in paths if path.match("step-*.pt") or path.match(_OLDER)}


def is_saved(folder: Path) -> bool:
    """Return whether a run, or one of its runs of several seeds, has a checkpoint that is not of its very beginning."""
    return any(checkpoint_names(run) - {"step-0.pt"} for run in (folder, *folder.glob(f"{SEED_FOLDER}*")))


def can_resume(folder: Path) -> bool:
    """Return whether a run has a checkpoint; one that was killed before its first checkpoint begins again.

    Raises:
        TrainingError: there is no checkpoint any more, but a trained model that must not be lost, or the checkpoint is
            of an older nlprnn.
    """
    from nlprnn.training.metrics_log import read_metrics

    checkpoints = checkpoint_names(folder)
    if checkpoints and all(Path(name).match(_OLDER) for name in checkpoints):
        raise TrainingError(
            f"the checkpoint {folder / CHECKPOINT_FOLDER / checkpoints.pop()} is of an older nlprnn and cannot be "
            "resumed: begin another run with another --out"
        )
    if checkpoints:
        return True
    if any("validation" in record for record in read_metrics(folder)):
        raise TrainingError(
            f"{folder} holds a trained model but no {CHECKPOINT_FOLDER} to resume from: begin another run with another "
            "--out"
        )
    if not is_further_process():
        click.echo("The run was stopped before its first checkpoint, and begins again.", err=True)
    return False


def _holds_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in _TRACES)


def is_free(folder: Path) -> bool:
    """Return whether a folder is empty but for what a killed process has left, or does not exist."""
    return not folder.exists() or (folder.is_dir() and all(map(is_leftover, folder.iterdir())))


def _newest(recipe: str) -> Path:
    first = Path("runs", recipe)
    runs = [folder for folder in (first, *first.parent.glob(f"{recipe}-*")) if (folder / RUN_FILE).exists()]
    if not runs:
        raise TrainingError(f"there is no run in {first} to resume: name its folder with --out")
    return max(runs, key=lambda folder: (folder / RUN_FILE).stat().st_mtime_ns)


def _checked(out: Path, *, resume: bool) -> Path:
    if resume and not _holds_run(out):
        raise TrainingError(f"{out} holds no run to resume: check --out, or leave out --resume to begin one")
    if not resume and _holds_run(out):
        raise TrainingError(f"{out} already holds a run: add --resume to continue it, or choose another --out")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is a file: choose a folder for --out")
    if not resume and not is_free(out):
        raise TrainingError(f"{out} is not empty, and its files might be overwritten: choose a new folder for --out")
    return out


def lock_folder(folder: Path, locks: contextlib.ExitStack) -> list[Path] | None:
    """Lock a folder until `locks` ends; return it and its parents that were created, or None: another process has it.

    The operating system releases the lock with the process, however that ends, and nothing is written for it.
    """
    created = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is not None:
        descriptor = os.open(folder, os.O_RDONLY)
        locks.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError:  # a file system without locks
            pass
    return created


def _clear(folder: Path, created: list[Path]) -> None:
    """Remove what a run has written into its folder, and the folders that were created for it and are empty then."""
    for place in (folder / INITIAL_MODEL, folder / CHECKPOINT_FOLDER, folder / TENSORBOARD_FOLDER, folder):
        for path in list(_written(place)):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
        for path in created if place == folder else [place]:
            with contextlib.suppress(OSError):  # it is not there, or holds files of a user
                path.rmdir()


def _written(folder: Path) -> Iterator[Path]:
    """Yield what runs write into their folder, or one in it, before there is anything to keep."""
    with contextlib.suppress(ModelError):  # the checksums are damaged
        yield from (folder / name for version in read_versions(folder) for name in version)
    yield from (folder / name for name in (RUN_FILE, METRICS_FILE, CHECKSUMS_FILE))
    yield from folder.glob("step-*.pt")
    yield from folder.glob("events.out.tfevents.*")
    yield from filter(is_leftover, folder.glob(".*"))
