"""A study: trials of a recipe's options within a time budget, and repetitions of the best with other seeds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from nlprnn.errors import DataError, DeviceError, OptionError, TrainingError
from nlprnn.friendly_command import error_message
from nlprnn.training.files import CHECKPOINT_FOLDER, WEIGHTS_FILE
from nlprnn.training.signals import TrainingInterrupted
from nlprnn.tuning.budget import Budget, repetition_seconds, trial_seconds
from nlprnn.tuning.recipe_runs import RunTrial
from nlprnn.tuning.sampler import suggest
from nlprnn.tuning.search_space import Dimension
from nlprnn.tuning.study_file import StudyRecord, TrialRecord
from nlprnn.tuning.trial_watcher import TrialWatcher

_MAX_ATTEMPTS = 3
"""Times that a trial is begun before it counts as failed: one that the system kills for its memory is not tried for
ever."""


class Study:
    """Runs the trials of a study, one after the other, and keeps its record up to date.

    Args:
        folder: of the study.
        record: what is known so far.
        space: options that may change.
        run_trial: trains a model with some options.
        budget: of time.
        report: prints a line.
    """

    def __init__(
        self,
        folder: Path,
        record: StudyRecord,
        space: Sequence[Dimension],
        run_trial: RunTrial,
        budget: Budget,
        *,
        report: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self.record = record
        self.seed = int(record.fixed.get("seed", 1))
        self._space = space
        self.run_trial = run_trial
        self.budget = budget
        self.report = report

    @property
    def space(self) -> list[Dimension]:
        """The options that are searched: those whose value in the first trial is known, with this value in range."""
        first = self.record.trials[0].values
        return [one.including(first[one.name]) for one in self._space if first.get(one.name) is not None]

    def search(self) -> None:
        """Run trials as long as another one can end in the budget; the first has the defaults.

        A trial that was running when the study was stopped is resumed first.

        Raises:
            TrainingInterrupted: Ctrl-C; the study and the trial are saved.
            NlprnnError: the first trial has failed, as any other would.
        """
        trials = self.record.trials
        if not trials:
            trials.append(TrialRecord(1, "trials/1", {}))
            self._run(trials[0])
        elif trials[-1].state == "running":
            self._run(trials[-1], resume=True)
        while self._fits():
            values = suggest(self.record, self.space, seed=self.seed)
            if values is None:
                self.report("all settings have been tried")
                break
            number = len(trials) + 1
            trials.append(TrialRecord(number, f"trials/{number}", values, values))
            self._run(trials[-1])

    def repeat(self) -> None:
        """Train the best setting and the defaults with further seeds, as far as the budget allows."""
        best = self.record.best()
        if best is None:
            return
        settings = [best] if best is self.record.trials[0] else [best, self.record.trials[0]]
        for seed in range(self.seed + 1, self.seed + self.record.seeds):
            for setting in settings:
                run = self._repetition(setting, seed)
                begun = run in self.record.repeats
                if begun and run.state == "running":
                    self._run(run, resume=True)
                elif not begun and self.budget.remaining >= repetition_seconds(setting):
                    self.record.repeats.append(run)
                    self._run(run)

    def winner(self) -> TrialRecord | None:
        """Return the trial to hand over: the best, unless the defaults have a better mean over the same seeds."""
        best, first = self.record.best(), self.record.trials[0]
        if best is None or first.score is None or best is first:
            return best
        scores = [[run.score for run in self.runs_of(trial) if run.score is not None] for trial in (best, first)]
        number = min(map(len, scores))
        means = [mean(values[:number]) for values in scores]
        defaults_win = means[1] > means[0] if self.record.higher_is_better else means[1] < means[0]
        return first if defaults_win and first.state == "complete" else best

    def runs_of(self, trial: TrialRecord) -> list[TrialRecord]:
        """Return a trial and its complete repetitions with other seeds."""
        repeats = [run for run in self.record.repeats if run.number == trial.number and run.state == "complete"]
        return [trial, *repeats]

    def save(self) -> None:
        """Write the study."""
        self.record.seconds = self.budget.used
        self.record.save(self.folder)

    def _repetition(self, setting: TrialRecord, seed: int) -> TrialRecord:
        """Return the repetition of a setting with a seed, new if there is none yet."""
        for run in self.record.repeats:
            if run.number == setting.number and run.changes["seed"] == seed:
                return run
        folder = f"seeds/{setting.number}-seed-{seed}"
        return TrialRecord(setting.number, folder, {**setting.changes, "seed": seed}, setting.values)

    def _fits(self) -> bool:
        """Whether one more trial can end before the time that is kept for repetitions."""
        trials = self.record.trials
        needed = trial_seconds(trials, most_training=60 * self.record.trial_minutes)
        best = self.record.best() or trials[0]
        return self.budget.remaining >= needed + self.budget.reserve(trials[0], best, seeds=self.record.seeds)

    def _run(self, run: TrialRecord, *, resume: bool = False) -> None:
        """Begin or resume a run, and record how it ends."""
        is_trial = run in self.record.trials
        title = f"trial {run.number}" if is_trial else f"trial {run.number} with seed {run.changes['seed']}"
        self.report(f"{title}{' is resumed' if resume else ''}: {self.describe(run)}")
        began, before = self.budget.clock(), run.seconds
        run.attempts += 1

        def save() -> None:
            run.seconds = before + self.budget.clock() - began
            self.save()

        save()
        watcher = TrialWatcher(self.record, run, self.budget, save, prune=is_trial and run.number > 1)
        try:
            if run.attempts > _MAX_ATTEMPTS:
                raise TrainingError(f"it was killed {_MAX_ATTEMPTS} times: it may take too much memory")
            result = self.run_trial(self.folder / run.folder, run.changes, watcher, resume=resume)
            self._record_result(run, watcher, result.scores, result.values, result.model_mb)
        except (KeyboardInterrupt, TrainingInterrupted):
            run.attempts -= 1
            raise
        except Exception as error:  # of any recipe: a failed trial is a row with its reason
            fatal = (OSError, DeviceError) if run.number > 1 else (OSError, DeviceError, DataError, OptionError)
            message = error_message(error)
            if isinstance(error, fatal) or (message is None and run.number == 1):
                raise  # the next trial would fail too
            run.state, run.reason = "failed", message or f"{type(error).__name__}: {error}"
        finally:
            save()
        self._tidy()
        self.report(f"{title}: {self.result_line(run)}")

    def _record_result(
        self,
        run: TrialRecord,
        watcher: TrialWatcher,
        scores: Mapping[str, float],
        values: Mapping[str, Any],
        model_mb: float,
    ) -> None:
        run.state, run.score, run.loss = watcher.state, scores[self.record.metric], scores.get("loss")
        run.planned_epochs = int(values.get("epochs") or 0)
        run.model_mb = model_mb
        if not run.values:
            run.values = {one.name: values.get(one.name) for one in self._space}
        limit = self.record.max_model_mb
        if limit is not None and model_mb > limit and run.state != "too large":
            run.state, run.reason = "too large", f"{model_mb:.3g} MB are over {limit:g} MB"

    def describe(self, run: TrialRecord) -> str:
        """Return the options of a run that differ from those of the first trial."""
        first = self.record.trials[0].values
        changes = {name: value for name, value in run.changes.items() if name != "seed" and first.get(name) != value}
        return ", ".join(f"{name} {value}" for name, value in changes.items()) or "the defaults"

    def result_line(self, run: TrialRecord) -> str:
        """Return how a run has ended."""
        score = "" if run.score is None else f"{self.record.metric} {run.score:.4g}   "
        reason = f"   {run.state}: {run.reason}" if run.reason else ""
        best = "   best so far" if run is self.record.best() and len(self.record.trials) > 1 else ""
        return f"{score}{run.seconds / 60:.2f} min{best}{reason}"

    def _tidy(self) -> None:
        """Remove the checkpoints of runs that have ended, and the weights of those that cannot win."""
        kept = [self.record.trials[0], self.record.best(), *self.record.repeats]
        for run in (*self.record.trials, *self.record.repeats):
            if run.state != "running":
                shutil.rmtree(self.folder / run.folder / CHECKPOINT_FOLDER, ignore_errors=True)
            if run.state != "running" and run not in kept:
                (self.folder / run.folder / WEIGHTS_FILE).unlink(missing_ok=True)
