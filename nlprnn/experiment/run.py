"""One run of a recipe: its seed, how it goes on after a stop, and how it ends."""

from __future__ import annotations

import contextlib
import json
import random
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.errors import TrainingError
from nlprnn.experiment.model_card import model_card, texts_of, versions
from nlprnn.experiment.run_folder import CHECKPOINT_FILE, PRETRAINING, RUN_FILE, has_checkpoint, is_further_process
from nlprnn.serialization.atomic_files import write_json, write_text

if TYPE_CHECKING:
    from nlprnn.training.options import TrainingOptions

SCORES_FILE = "scores.json"


@dataclass(frozen=True)
class Run:
    """What every recipe is given.

    Attributes:
        recipe: its name.
        dataset: sample name, Hub id, folder or file.
        folder: where the model comes to lie.
        seed: of everything that is drawn.
        epochs: most passes over the data.
        max_minutes: most minutes of a training; None = no limit.
        device: "auto", "cpu", "cuda" or "mps".
        resume: go on from the folder's checkpoint.
        tensorboard: write TensorBoard's files as well.
    """

    recipe: str
    dataset: str
    folder: Path
    seed: int
    epochs: int
    max_minutes: float | None
    device: str
    resume: bool
    tensorboard: bool

    def say(self, text: str) -> None:
        """Tell the person at the terminal how things go, once where there are several processes."""
        if not is_further_process():
            click.echo(text, err=True)

    @property
    def has_pretraining(self) -> bool:
        """Whether there is a checkpoint of the run's pretraining to go on from."""
        return (self.folder / PRETRAINING / CHECKPOINT_FILE).exists()

    def training_options(self, **own: Any) -> TrainingOptions:
        """Return the trainer's options, from the command line and the recipe's `own`."""
        from nlprnn.training.options import TrainingOptions

        return TrainingOptions(
            epochs=self.epochs, max_minutes=self.max_minutes, device=self.device, tensorboard=self.tensorboard, **own
        )

    def finish(
        self,
        scores: Mapping[str, Mapping[str, Any]],
        *,
        summary: Mapping[str, Any],
        use: str | Sequence[str],
        labels: Sequence[str] = (),
    ) -> None:
        """Write `scores.json`, the model card and the learning curve, and print the scores.

        Args:
            scores: split -> name -> plain number (or, for a signature, text).
            summary: what `Trainer.fit` returned.
            use: the command that tries the model, with `MODEL` for the folder; or several.
            labels: what a classifier tells apart, for the card.
        """
        if is_further_process():
            return
        run = _read_run(self.folder)
        write_json(self.folder / SCORES_FILE, scores)
        place = shlex.quote(str(self.folder))
        uses = [command.replace("MODEL", place, 1) for command in ([use] if isinstance(use, str) else use)]
        card = model_card(self, scores, summary, "\n".join(uses), run["command"], labels)
        write_text(self.folder / "README.md", card)
        picture = _learning_curve(self.folder)
        write_json(self.folder / RUN_FILE, {**run, "summary": summary})
        click.echo(f"\nTrained for {summary['minutes']:g} minutes ({summary['steps']} steps).")
        for split, values in scores.items():
            figures = (f"{name} {value:.4g}" for name, value in values.items() if not isinstance(value, str))
            click.echo(f"{split:<12}" + "   ".join(figures))
        for name, text in texts_of(scores).items():
            click.echo(f"{name}: {text}")
        click.echo(f"\nModel:  {self.folder}")
        click.echo(f"Curve:  {picture}")
        for number, command in enumerate(uses):
            click.echo(f"{'        ' if number else 'Try it: '}{command}")


def remember_options(folder: Path, recipe: str, options: Mapping[str, Any]) -> None:
    """Write `run.json`: what was asked for, for `--resume` and for people. A resumed run adds to its commands."""
    if is_further_process():
        return
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}
    command = _command_line(sys.argv)
    if (folder / RUN_FILE).exists():
        command = _read_run(folder)["command"] + "\n" + command
    write_json(folder / RUN_FILE, {"recipe": recipe, "command": command, "options": plain, "versions": versions()})


def recall_options(folder: Path, recipe: str) -> dict[str, Any]:
    """Read the options of the run in a folder.

    Raises:
        TrainingError: `run.json` is missing, damaged or of another recipe.
    """
    run = _read_run(folder)
    if run["recipe"] != recipe:
        raise TrainingError(
            f"{folder} holds a run of the recipe {run['recipe']}, not of {recipe}: resume it with that one"
        )
    return run["options"]


def has_ended(folder: Path) -> bool:
    """Whether the run in a folder has come to its end."""
    return "summary" in _read_run(folder)


def can_resume(folder: Path) -> bool:
    """Whether a run has a checkpoint of its own to go on from; if it was killed before its first one, it begins anew.

    Raises:
        TrainingError: it has none any more, but a trained model that must not be lost.
    """
    from nlprnn.training.metrics_log import read_metrics

    if (folder / CHECKPOINT_FILE).exists():
        return True
    if has_checkpoint(folder):
        return False  # what is to be resumed is the pretraining
    if any("validation" in record for record in read_metrics(folder)):
        raise TrainingError(
            f"{folder} holds a trained model but no {CHECKPOINT_FILE} to resume from: begin another with another --out"
        )
    click.echo("The run was stopped before its first checkpoint, and begins anew.", err=True)
    return False


def _read_run(folder: Path) -> dict[str, Any]:
    path = folder / RUN_FILE
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(run["recipe"], str) and isinstance(run["command"], str) and isinstance(run["options"], dict):
            return run
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise TrainingError(f"{path} is missing or damaged: this run cannot be resumed, begin another with another --out")


def set_seed(seed: int, threads: int | None) -> None:
    """Seed Python, NumPy and torch, and set the number of CPU threads where one is given."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if threads is not None:
        torch.set_num_threads(threads)


def resume_command(folder: Path) -> str:
    """Return the command that goes on with this run."""
    program = Path(sys.argv[0])
    caller = "python " + shlex.quote(str(program)) if program.suffix == ".py" else program.name
    return f"{caller} --out {shlex.quote(str(folder))} --resume"


def _learning_curve(folder: Path) -> str:
    from nlprnn.training.learning_curve import draw_learning_curve

    try:
        return str(draw_learning_curve(folder) or "nothing to draw yet")
    except ImportError:
        return 'not drawn, matplotlib is missing: pip install "nlprnn[plot]"'


def _command_line(arguments: Sequence[str]) -> str:
    script = Path(arguments[0])
    with contextlib.suppress(ValueError):  # elsewhere: its folder is nobody's business
        script = script.resolve().relative_to(Path.cwd())
    return "python " + shlex.join([script.name if script.is_absolute() else script.as_posix(), *arguments[1:]])
