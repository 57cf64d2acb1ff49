"""A study from begin to end: its request, its folder, its trials, and what it hands over."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from nlprnn.errors import OptionError, TrainingError
from nlprnn.experiment.command import RecipeCommand
from nlprnn.experiment.options import plain
from nlprnn.training.signals import TrainingInterrupted
from nlprnn.tuning.budget import Budget
from nlprnn.tuning.hand_over import hand_over
from nlprnn.tuning.recipe_runs import RecipeRuns
from nlprnn.tuning.sampler import import_optuna
from nlprnn.tuning.search_space import search_space
from nlprnn.tuning.study import Study
from nlprnn.tuning.study_file import StudyRecord
from nlprnn.tuning.study_folder import study_folder

_TRIALS_IN_BUDGET = 10
"""Trials that fit into the budget at least, where their limit is not given."""

_SEEDS = 3


@dataclass(frozen=True)
class StudyRequest:
    """What is requested of a study; None = the default, or what the study that is resumed began with.

    Attributes:
        max_minutes: time budget; a new study needs one.
        trial_minutes: time limit of the training of a trial; by default a tenth of the budget.
        max_model_mb: size limit of a model's weights in megabytes; by default there is none.
        seeds: number of seeds that the best setting and the defaults are compared with; 3 by default.
    """

    max_minutes: float | None = None
    trial_minutes: float | None = None
    max_model_mb: float | None = None
    seeds: int | None = None


def run_study(
    recipe: RecipeCommand,
    name: str,
    fixed: Mapping[str, Any],
    request: StudyRequest,
    *,
    out: Path | None = None,
    resume: bool = False,
) -> Path:
    """Search for good options of a recipe, and return the folder of the study.

    Progress goes to standard error, the result to standard output.

    Args:
        recipe: its command.
        name: by which the user calls it.
        fixed: options of the recipe that stay fixed.
        request: budget and limits.
        out: folder of the study; None = a new one under `runs/`.
        resume: continue the study in the folder.

    Raises:
        TrainingInterrupted: Ctrl-C, after the best so far was handed over; its text is the folder.
        NlprnnError: an option does not fit, or the first trial has failed.
    """
    import_optuna()
    fixed = {key: plain(value) for key, value in fixed.items()}
    recipe.options.from_mapping(fixed)  # raises before anything is written
    report = partial(click.echo, err=True)
    with study_folder(recipe.recipe, out, resume=resume) as folder:
        record = _resumed(folder, name, fixed, request) if resume else _new(name, fixed, request)
        space = search_space(recipe.options, record.fixed)
        if not space:
            raise OptionError(f"no option of {name} is left to search: give fewer of them")
        budget = Budget(record.max_minutes, used_seconds=record.seconds)
        study = Study(folder, record, space, RecipeRuns(recipe, record.fixed), budget, report=report)
        _report_plan(study, space, report)
        try:
            study.search()
            study.repeat()
        except (KeyboardInterrupt, TrainingInterrupted) as stopped:
            report("\nStopped. This is the best so far; the test split is scored when the study ends.")
            handed_over = hand_over(study, recipe.options, look_at_test=False, report=click.echo)
            if handed_over or isinstance(stopped, TrainingInterrupted):  # there is a checkpoint at least
                number = stopped.number if isinstance(stopped, TrainingInterrupted) else signal.SIGINT
                raise TrainingInterrupted(str(folder), number) from stopped
            raise
        if not hand_over(study, recipe.options, look_at_test=True, report=click.echo):
            raise TrainingError(f"no trial has come to a model: see the outputs in {folder / 'trials'}")
        return folder


def _report_plan(study: Study, space: Any, report: Callable[[str], None]) -> None:
    record = study.record
    options = [f"--{key.replace('_', '-')} {value}" for key, value in record.fixed.items() if key != "max_minutes"]
    report(
        f"Study of {record.max_minutes:g} minutes in {study.folder}; a trial trains {record.trial_minutes:g} at most."
    )
    report(f"Fixed, as given: {', '.join(options) or 'nothing'}.")
    report(f"Searched: {'; '.join(one.describe() for one in space)}.")


def _new(name: str, fixed: Mapping[str, Any], request: StudyRequest) -> StudyRecord:
    """Return the record of a new study."""
    if request.max_minutes is None:
        raise OptionError("--max-minutes is the time budget of the study: give it")
    trial_minutes = request.trial_minutes or request.max_minutes / _TRIALS_IN_BUDGET
    return StudyRecord(
        name,
        {**fixed, "max_minutes": trial_minutes},
        max_minutes=request.max_minutes,
        trial_minutes=trial_minutes,
        seeds=request.seeds or _SEEDS,
        max_model_mb=request.max_model_mb,
    )


def _resumed(folder: Path, name: str, fixed: Mapping[str, Any], request: StudyRequest) -> StudyRecord:
    """Return the record of a study that is continued, for more minutes or seeds where they are requested.

    Raises:
        TrainingError: it is of another recipe, or began with other options.
    """
    record = StudyRecord.load(folder)
    if record.recipe != name:
        raise TrainingError(f"{folder} holds a study of {record.recipe}, not of {name}: resume it with that one")
    limits = {"trial_minutes": request.trial_minutes, "max_model_mb": request.max_model_mb}
    before = {**record.fixed, "trial_minutes": record.trial_minutes, "max_model_mb": record.max_model_mb}
    for key, value in {**fixed, **{key: limit for key, limit in limits.items() if limit is not None}}.items():
        if before.get(key) != value:
            raise TrainingError(
                f"--{key.replace('_', '-')} is {value} now and was {before.get(key, 'not given')} when the study "
                "began: leave it out to resume, or begin another study with another --out"
            )
    record.max_minutes = request.max_minutes or record.max_minutes
    record.seeds = request.seeds or record.seeds
    return record
