"""The runs of a recipe that a study trains: each is a run folder of its own, with the test split left alone."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from nlprnn.experiment.command import RecipeCommand
from nlprnn.experiment.run import SCORES_FILE
from nlprnn.experiment.run_file import has_ended, read_run_file
from nlprnn.experiment.run_folder import RUN_FILE
from nlprnn.training.callbacks import Callback
from nlprnn.training.files import WEIGHTS_FILE

_IMPORTED_IN_TRAINING = ("datasets", "nlprnn.pipelines", "nlprnn.training.trainer")


@dataclass(frozen=True)
class Outcome:
    """What a run has come to.

    Attributes:
        scores: on the validation split, of the model in the folder.
        values: value of each option, given, by default or chosen from the data; None where it is not known, or settled
            by the model that the run started from.
        model_mb: size of the weights in the folder, in megabytes.
    """

    scores: Mapping[str, float]
    values: Mapping[str, Any]
    model_mb: float


class RunTrial(Protocol):
    """What trains a model with some options in a folder."""

    def __call__(self, folder: Path, changes: Mapping[str, Any], callback: Callback, *, resume: bool) -> Outcome:
        """Train, or with `resume` go on with what was begun in the folder."""
        ...


class RecipeRuns:
    """Runs of a recipe with options that stay fixed; their output goes to a file beside their folder.

    Args:
        command: the recipe.
        fixed: options that stay fixed.
    """

    def __init__(self, command: RecipeCommand, fixed: Mapping[str, Any]) -> None:
        self.command = command
        self.fixed = dict(fixed)
        for name in _IMPORTED_IN_TRAINING:  # which would count as time that each trial takes
            import_module(name)

    def __call__(self, folder: Path, changes: Mapping[str, Any], callback: Callback, *, resume: bool) -> Outcome:
        """Train a model, or with `resume` go on with what was begun in the folder.

        Raises:
            NlprnnError: that of the recipe; `TrainingInterrupted` after Ctrl-C, with everything saved.
        """
        begun = resume and (folder / RUN_FILE).exists()
        if not begun:
            shutil.rmtree(folder, ignore_errors=True)
        options = {"resume": True} if begun else {**self.fixed, **changes}
        if not (begun and has_ended(folder)):
            with _output_to(folder.with_suffix(".log")):
                self.command.train(out=folder, callbacks=[callback], scored_splits=["validation"], **options)
        return outcome(folder)


def outcome(folder: Path) -> Outcome:
    """Return what the run in a folder has come to."""
    run = read_run_file(folder)
    scores = json.loads((folder / SCORES_FILE).read_text(encoding="utf-8"))["validation"]
    numbers = {name: float(value) for name, value in {**run["summary"], **scores}.items() if _is_number(value)}
    chosen = {name: value for name, value in run.get("chosen", {}).items() if run["options"].get(name) is None}
    # With another size than that of the model that a run starts from, a trial would be refused, or start from nothing.
    settled = dict.fromkeys(run.get("origin", {}).get("settled", {}))
    return Outcome(numbers, run["options"] | chosen | settled, (folder / WEIGHTS_FILE).stat().st_size / 1e6)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@contextlib.contextmanager
def _output_to(path: Path) -> Iterator[None]:
    """Append what is printed to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("a", encoding="utf-8", errors="backslashreplace") as file,
        contextlib.redirect_stdout(file),
        contextlib.redirect_stderr(file),
    ):
        yield
