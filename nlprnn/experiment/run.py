"""A run of a recipe: what the recipe is given, and how a run ends."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from nlprnn.errors import escape_controls_of_lines
from nlprnn.experiment.data_record import check_unchanged, data_record
from nlprnn.experiment.model_card import ModelCard, text_scores
from nlprnn.experiment.options import option_fields
from nlprnn.experiment.origin import Origin, Scores
from nlprnn.experiment.plan import Plan
from nlprnn.experiment.run_file import (
    read_origin,
    read_run_file,
    run_id,
    write_chosen,
    write_data,
    write_origin,
    write_summary,
)
from nlprnn.experiment.run_folder import is_further_process
from nlprnn.experiment.run_options import RunOptions
from nlprnn.serialization.atomic_files import write_json, write_text
from nlprnn.serialization.checksums import copy_files
from nlprnn.training.files import INITIAL_MODEL

if TYPE_CHECKING:
    from nlprnn.data.report import DataReport
    from nlprnn.experiment.final_scores import FinalScores, Rows
    from nlprnn.pipelines.pipeline import Pipeline
    from nlprnn.training.callbacks import Callback
    from nlprnn.training.options import TrainingOptions

SCORES_FILE = "scores.json"
PlanT = TypeVar("PlanT", bound=Plan)
PipelineT = TypeVar("PipelineT", bound="Pipeline[Any, Any]")
_SHARED_OPTIONS = (*(field.name for field in fields(RunOptions)), "ema", "patience")
"""Options of a recipe that are the trainer's where it has one of the name."""

_LEAST_SHARE = 0.25
"""Of the time limit, for training, validation and scores, however long the data take to read."""

_ORIGIN_SHARE = 0.1
"""Of the time limit, for the scores of the model that the run starts from."""

_LEAST_FINAL_SHARE = 0.05
"""Of the time limit, for the scores at the end, however long everything before took."""


@dataclass(frozen=True)
class Run:
    """What every recipe is given beside its options.

    Attributes:
        recipe: its name.
        folder: where the model is written.
        options: of the recipe.
        resume: continue from the folder's checkpoint.
        explicit: names of the options that were given, rather than left at their defaults.
        callbacks: of the `Trainer`.
        scored_splits: held-out splits that may be scored; None = all. A search for options leaves the test split alone.
        began: moment of `time.monotonic()` from which `--max-minutes` count.
    """

    recipe: str
    folder: Path
    options: RunOptions
    resume: bool
    explicit: frozenset[str] = frozenset()
    callbacks: Sequence[Callback] = ()
    scored_splits: Sequence[str] | None = None
    began: float = field(default_factory=time.monotonic)

    def log(self, text: str) -> None:
        """Print progress on standard error, once where there are several processes."""
        if not is_further_process():
            click.echo(escape_controls_of_lines(text), err=True)

    def log_data(self, report: DataReport) -> None:
        """Log what was read, and keep it in `run.json`.

        Raises:
            TrainingError: the run is resumed, and the data have changed since it began.
        """
        self.log(report.render())
        record = data_record(report)
        if self.resume:
            check_unchanged(self.folder, read_run_file(self.folder).get("data", {}), record)
        if not is_further_process():
            write_data(self.folder, record)

    @property
    def origin(self) -> Origin | None:
        """The model that a run that is resumed had started from."""
        return read_origin(self.folder) if self.resume else None

    def start_from(self, origin: Origin) -> None:
        """Keep in `run.json` which model the run starts from."""
        if not is_further_process():
            write_origin(self.folder, origin)

    def choose(self, plan: PlanT) -> PlanT:
        """Log what was chosen from the data, and keep it in `run.json`; a run that is resumed keeps its first choice.

        Args:
            plan: hyperparameters by the names of the options; those that were given are among them.

        Raises:
            OptionError: `run.json` has been changed, and holds a value that no option takes.
        """
        if self.resume:
            stored = read_run_file(self.folder).get("chosen", {})
            options = {field.name: field for field in option_fields(type(self.options))}
            free = [name for name in stored if name in options and getattr(self.options, name) is None]
            values: dict[str, Any] = {name: options[name].checked(stored[name]) for name in free}
            if stored:  # what the version that began the run did not choose
                new = (of for of in fields(plan) if of.name not in stored and of.default is not MISSING)
                values |= {of.name: of.default for of in new}
            plan = replace(plan, **values)
        self.log(plan.describe())
        if not is_further_process():
            write_chosen(self.folder, asdict(plan))
        return plan

    def scored(self, held_out: Iterable[str]) -> list[str]:
        """Return those of the held-out splits that may be scored."""
        return [split for split in held_out if self.scored_splits is None or split in self.scored_splits]

    def pipeline(self, build: Callable[[], PipelineT]) -> PipelineT:
        """Return the untrained pipeline of the run, and save it, so that its folder is complete at any time.

        A run that is resumed has the model and tokenizer that it began with, and takes its weights from the checkpoint.

        Args:
            build: the pipeline; is called where the run begins.

        Raises:
            ModelError: a file of the resumed run's model or tokenizer is missing or damaged.
        """
        from nlprnn.pipelines.pipeline import Pipeline

        initial = self.folder / INITIAL_MODEL
        pipeline = cast(PipelineT, Pipeline.load_untrained(initial)) if self.resume else build()
        if not self.resume and not is_further_process():
            self.save(pipeline)
            copy_files(self.folder, initial)
        count = sum(parameter.numel() for parameter in pipeline.model.parameters())
        self.log(f"{count:,} parameters")
        return pipeline

    def save(self, pipeline: Pipeline[Any, Any]) -> None:
        """Save the trained pipeline in the run's folder, once where there are several processes."""
        if not is_further_process():
            pipeline.save(self.folder)

    def write_text(self, name: str, text: str) -> None:
        """Write a file in the run's folder, once where there are several processes."""
        if not is_further_process():
            write_text(self.folder / name, text)

    def training_options(self, **overrides: Any) -> TrainingOptions:
        """Return the options of the `Trainer`: the recipe's options of the same names, and `overrides`.

        The time until now, in which data were read and n-grams fitted, is taken off the time limit.
        """
        from nlprnn.training.options import TrainingOptions

        known = {field.name for field in fields(TrainingOptions)} & {field.name for field in fields(self.options)}
        shared = {name: getattr(self.options, name) for name in _SHARED_OPTIONS if name in known}
        if (limit := self.options.max_minutes) is not None:
            used = (time.monotonic() - self.began) / 60
            shared["max_minutes"] = max(_LEAST_SHARE * limit, limit - used)
        return TrainingOptions(**{**shared, "run_id": run_id(self.folder), **overrides})

    def score_origin(
        self, origin: Origin, score: Callable[[str, Rows], Mapping[str, Any]], sizes: Mapping[str, int]
    ) -> None:
        """Log the scores of the model that the run starts from, and keep them in `run.json` for the end.

        A run that is resumed has them there. With `--max-minutes` they take a tenth of the time at most.

        Args:
            origin: that model.
            score: (split, rows) -> scores.
            sizes: split -> number of its rows.
        """
        from nlprnn.experiment.final_scores import score_splits

        if self.resume:
            return
        seconds = None if self.options.max_minutes is None else _ORIGIN_SHARE * 60 * self.options.max_minutes
        scores = score_splits(score, sizes, seconds=seconds, report=self.log).scores
        self.start_from(replace(origin, scores=scores))
        for split, values in scores.items():
            figures = (f"{name} {value:.4g}" for name, value in values.items() if not isinstance(value, str))
            self.log(f"before training, {split}: " + "   ".join(figures))

    def score(
        self, score: Callable[[str, Rows], Mapping[str, Any]], sizes: Mapping[str, int], *, passes: int = 1
    ) -> FinalScores:
        """Score the held-out splits at the end, on fewer rows where `--max-minutes` leaves no time for all.

        Args:
            score: (split, rows) -> scores.
            sizes: split -> number of its rows.
            passes: times that the rows are read in all, where others than `score` read them too.
        """
        from nlprnn.experiment.final_scores import score_splits

        seconds = None
        if (limit := self.options.max_minutes) is not None:
            seconds = max(_LEAST_FINAL_SHARE * 60 * limit, 60 * limit - (time.monotonic() - self.began))
        return score_splits(score, sizes, seconds=seconds, passes=passes, report=self.log)

    def finish(
        self, scores: Scores, *, summary: Mapping[str, Any], usage: Sequence[str], labels: Sequence[str] = ()
    ) -> None:
        """Write `scores.json`, the model card and the learning curve, and print the scores.

        Args:
            scores: of each held-out split.
            summary: what `Trainer.fit` returned.
            usage: commands that use the model, with `MODEL` for its folder.
            labels: of a classifier, for the card.
        """
        if is_further_process():
            return
        write_json(self.folder / SCORES_FILE, scores)
        commands = [command.replace("MODEL", shlex.quote(str(self.folder)), 1) for command in self._known(usage)]
        card = ModelCard(
            title=self.folder.resolve().name,
            recipe=self.recipe,
            dataset=self.options.dataset,
            command=read_run_file(self.folder)["command"],
            usage=commands,
            labels=labels,
            origin=(origin := read_origin(self.folder)),
        )
        write_text(self.folder / "README.md", card.render(scores, summary))
        curve = self._draw_curve(summary)
        write_summary(self.folder, summary)
        click.echo(f"\nTrained for {summary['minutes']:g} minutes ({summary['steps']} steps).")
        width = max(12, *(len(split) + 2 for split in scores))
        for split, values in scores.items():
            figures = (f"{name} {value:.4g}" for name, value in values.items() if not isinstance(value, str))
            click.echo(f"{split:<{width}}" + "   ".join(figures))
        for name, text in text_scores(scores).items():
            click.echo(f"{name}: {text}")
        if origin is not None and origin.scores:
            click.echo(f"\nBefore and after, from {origin.model}:\n" + "\n".join(origin.compare(scores)))
        click.echo(f"\nModel:  {self.folder}")
        click.echo(f"Curve:  {curve}")
        for number, command in enumerate(commands):
            click.echo(f"{'        ' if number else 'Try it: '}{command}")

    def _known(self, usage: Sequence[str]) -> Sequence[str]:
        """Return the commands without those that name the data of a Python program, which has no file of them."""
        from nlprnn.data.in_memory import is_kept

        if not is_kept(self.options.dataset):
            return usage
        return [command for command in usage if self.options.dataset not in command] or ["nlprnn info MODEL"]

    def _draw_curve(self, summary: Mapping[str, Any]) -> str:
        """Draw the learning curve; return its path, or why there is none."""
        from nlprnn.training.learning_curve import draw_learning_curve, regularisation_note

        run = read_run_file(self.folder)
        values = {**run.get("options", {}), **run.get("chosen", {})}
        name = self.folder.resolve().name
        title = f"Learning curve: {name}" + (f" ({self.recipe})" if name != self.recipe else "")
        try:
            curve = draw_learning_curve(self.folder, title=title, best=summary, note=regularisation_note(values))
        except ImportError:
            return 'not drawn, matplotlib is missing: pip install "nlprnn[plot]"'
        return str(curve or "nothing to draw yet")
