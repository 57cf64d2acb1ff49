"""`study.json`: all that a study knows, written after each change, so that it resumes from any moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from nlprnn.errors import TrainingError
from nlprnn.serialization.atomic_files import write_json

STUDY_FILE = "study.json"

State = Literal["running", "complete", "pruned", "failed", "too large"]


@dataclass
class TrialRecord:
    """One run of a recipe in a study.

    Attributes:
        number: of the trial, from 1; of a repetition, that of the trial whose setting it has.
        folder: of the run, in that of the study.
        changes: options beside the given ones; none in the first trial.
        values: value that each searched option has in it, also where the recipe chose it from the data.
        state: "running" until it has ended.
        reason: why it was pruned or failed.
        attempts: times that it was begun or continued without coming to an orderly end.
        score: on the validation split, of the weights in the folder.
        loss: on the validation split, where there is one.
        curve: epoch and score of each validation.
        epochs: that were trained.
        planned_epochs: that would have been trained at most.
        training_seconds: of the training loop, validations included.
        seconds: from begin to end.
        model_mb: size of the weights in megabytes.
        test: scores on the test split, once they are known.
    """

    number: int
    folder: str
    changes: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    state: State = "running"
    reason: str = ""
    attempts: int = 0
    score: float | None = None
    loss: float | None = None
    curve: list[tuple[float, float]] = field(default_factory=list)
    epochs: float = 0.0
    planned_epochs: int = 0
    training_seconds: float = 0.0
    seconds: float = 0.0
    model_mb: float = 0.0
    test: dict[str, float] = field(default_factory=dict)


@dataclass
class StudyRecord:
    """A study: what was requested, its trials, and the repetitions of two of them with other seeds.

    Attributes:
        recipe: its name or script.
        fixed: options that stay fixed, as JSON holds them.
        metric: name of the validation score that selects, once a trial has reported it.
        higher_is_better: whether a larger score is better.
        max_minutes: time budget of the study.
        trial_minutes: time limit of the training of a trial.
        seeds: number of seeds that the best and the first setting are trained with at the end.
        max_model_mb: limit of the size of a model.
        seconds: that the study has taken so far.
        looks: times that the test split was scored.
        trials: in their order.
        repeats: in their order.
    """

    recipe: str
    fixed: dict[str, Any]
    max_minutes: float
    trial_minutes: float
    seeds: int = 3
    max_model_mb: float | None = None
    metric: str = ""
    higher_is_better: bool = True
    seconds: float = 0.0
    looks: int = 0
    trials: list[TrialRecord] = field(default_factory=list)
    repeats: list[TrialRecord] = field(default_factory=list)

    def save(self, folder: Path) -> None:
        """Write the study into its folder, in one step."""
        write_json(folder / STUDY_FILE, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> StudyRecord:
        """Read the study in a folder.

        Raises:
            TrainingError: there is none, or its file is damaged.
        """
        path = folder / STUDY_FILE
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            runs = {name: [_trial(values) for values in content[name]] for name in ("trials", "repeats")}
            return cls(**{**content, **runs})
        except (OSError, ValueError, KeyError, TypeError):
            raise TrainingError(f"{path} is missing or damaged: begin another study with another --out") from None

    def rank(self, trial: TrialRecord) -> tuple[float, float]:
        """Return a key by which a better trial is larger; without a score, the smallest."""
        score = None if trial.score is None else trial.score if self.higher_is_better else -trial.score
        return (float("-inf") if score is None else score, -(trial.loss or 0.0))

    def candidates(self) -> list[TrialRecord]:
        """Return the trials whose model may win: those with a score that are not too large, the best first."""
        scored = [trial for trial in self.trials if trial.score is not None and trial.state in ("complete", "pruned")]
        return sorted(scored, key=self.rank, reverse=True)

    def best(self) -> TrialRecord | None:
        """Return the best trial that has ended; of equal ones, the first."""
        return next(iter(self.candidates()), None)


def _trial(values: Mapping[str, Any]) -> TrialRecord:
    trial = TrialRecord(**values)
    trial.curve = [(float(epoch), float(score)) for epoch, score in trial.curve]
    return trial
