"""Overviews of runs: which there are, how far each has come, and in which options they differ."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nlprnn.errors import TrainingError
from nlprnn.experiment.run import SCORES_FILE
from nlprnn.experiment.run_file import read_run_file
from nlprnn.experiment.run_folder import RUN_FILE, lock_folder
from nlprnn.training.metrics_log import read_metrics

_OF_MACHINE = ("out", "resume", "threads", "device", "save_minutes", "save_every", "keep", "tensorboard")
"""Options that do not change what is learnt."""


@dataclass(frozen=True)
class RunOverview:
    """What is known of a run from the files in its folder.

    Attributes:
        folder: of the run.
        recipe: its name.
        state: "running" in a process, "stopped" before its end, or "ended".
        epochs: passes over the training data so far.
        minutes: of training and validation so far.
        options: those given, those chosen from the data, and the defaults.
        validation: scores of the best weights after the end, before it those of the last validation.
        test: scores after the end; {} before it, or where there is no test split.
    """

    folder: Path
    recipe: str
    state: Literal["running", "stopped", "ended"]
    epochs: float
    minutes: float
    options: dict[str, Any]
    validation: dict[str, float]
    test: dict[str, float]

    @classmethod
    def read(cls, folder: Path) -> RunOverview:
        """Read the files of a run.

        Raises:
            TrainingError: there is no readable `run.json`.
        """
        run, records = read_run_file(folder), read_metrics(folder)
        scores, last = _scores(folder), records[-1] if records else {}
        validations = [record["validation"] for record in records if "validation" in record]
        return cls(
            folder=folder,
            recipe=run["recipe"],
            state="running" if _is_locked(folder) else "ended" if "summary" in run else "stopped",
            epochs=_number(last.get("epoch")),
            minutes=_number(last.get("minutes")),
            options={**run["options"], **_chosen(run)},
            validation=scores.get("validation") or _numbers(validations[-1] if validations else {}),
            test=scores.get("test", {}),
        )


def find_runs(root: Path) -> list[Path]:
    """Return the folders of all runs in a folder, those of single seeds and trials included, the oldest first.

    Raises:
        TrainingError: there are none.
    """
    files = [path for path in root.rglob(RUN_FILE) if path.is_file()] if root.is_dir() else []
    if not files:
        raise TrainingError(f"there is no run in {root}: give the folder that holds the folders of runs")
    return [path.parent for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path))]


def differing_options(runs: Sequence[RunOverview]) -> dict[str, list[Any]]:
    """Return the options in which runs differ, with the value of each run; None = the run has no such option."""
    names = dict.fromkeys(name for run in runs for name in run.options if name not in _OF_MACHINE)
    values = {name: [run.options.get(name) for run in runs] for name in names}
    return {name: each for name, each in values.items() if any(value != each[0] for value in each)}


def _is_locked(folder: Path) -> bool:
    with contextlib.ExitStack() as locks:
        return lock_folder(folder, locks) is None


def _chosen(run: dict[str, Any]) -> dict[str, Any]:
    """The hyperparameters that were chosen from the data, without what they were chosen by."""
    chosen = run.get("chosen")
    options = run["options"]
    return {name: value for name, value in chosen.items() if name in options} if isinstance(chosen, dict) else {}


def _scores(folder: Path) -> dict[str, dict[str, float]]:
    """The numbers of `scores.json`, by split; {} where it cannot be read."""
    try:
        scores = json.loads((folder / SCORES_FILE).read_text(encoding="utf-8"))
        return {split: _numbers(values) for split, values in scores.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _numbers(values: Any) -> dict[str, float]:
    items = values.items() if isinstance(values, dict) else ()
    return {name: value for name, value in items if isinstance(value, int | float)}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
