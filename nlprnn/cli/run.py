"""One run of a recipe: its folder, its seed, how it goes on after a stop, and how it ends."""

from __future__ import annotations

import json
import random
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn import __version__
from nlprnn.errors import TrainingError
from nlprnn.files import write_json, write_text

if TYPE_CHECKING:
    from nlprnn.training.options import TrainingOptions

RUN_FILE = "run.json"
SCORES_FILE = "scores.json"
_TRACES = (RUN_FILE, "config.json", "checkpoint")


@dataclass(frozen=True)
class Run:
    """What every recipe is given.

    Attributes:
        recipe: its name.
        dataset: sample name, Hub id, folder or file.
        folder: where the model comes to lie.
        seed: of everything that is drawn.
        epochs: most passes over the data.
        max_minutes: most minutes of training; None = no limit.
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
        """Tell the person at the terminal how things go."""
        click.echo(text, err=True)

    def training_options(self, **own: Any) -> TrainingOptions:
        """Return the trainer's options, from the command line and the recipe's `own`."""
        from nlprnn.training.options import TrainingOptions

        return TrainingOptions(
            epochs=self.epochs, max_minutes=self.max_minutes, device=self.device, tensorboard=self.tensorboard, **own
        )

    def finish(self, scores: Mapping[str, Mapping[str, Any]], *, summary: Mapping[str, Any], use: str) -> None:
        """Write `scores.json`, the model card and the learning curve, and print the scores.

        Args:
            scores: split -> name -> plain number (or, for a signature, text).
            summary: what `Trainer.fit` returned.
            use: the command that tries the model, with `MODEL` for the folder.
        """
        write_json(self.folder / SCORES_FILE, scores)
        write_text(self.folder / "README.md", _model_card(self, scores, summary, use))
        picture = _learning_curve(self.folder)
        click.echo(f"\nTrained for {summary['minutes']:g} minutes ({summary['steps']} steps).")
        for split, values in scores.items():
            click.echo(f"{split:<12}" + "   ".join(f"{name} {_figure(value)}" for name, value in values.items()))
        click.echo(f"\nModel:  {self.folder}")
        click.echo(f"Curve:  {picture}")
        click.echo(f"Try it: {use.replace('MODEL', shlex.quote(str(self.folder)))}")


def choose_folder(recipe: str, out: Path | None, *, resume: bool) -> Path:
    """Pick the folder of a run: the one asked for, or the first free (to resume: the newest) under `runs/`.

    Raises:
        TrainingError: the folder holds a run already and is not to be resumed, or there is none to resume.
    """
    if out is None:
        numbered = [Path("runs", recipe), *(Path("runs", f"{recipe}-{n}") for n in range(2, 10_000))]
        free = next(index for index, folder in enumerate(numbered) if not _holds_run(folder))
        if resume and free == 0:
            raise TrainingError(f"there is no run in {numbered[0]} to resume: name its folder with --out")
        return numbered[free - 1] if resume else numbered[free]
    if resume and not _holds_run(out):
        raise TrainingError(f"{out} holds no run to resume: check --out, or leave out --resume to begin one")
    if not resume and _holds_run(out):
        raise TrainingError(f"{out} already holds a run: add --resume to go on with it, or choose another --out")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is a file: choose a folder for --out")
    return out


def _holds_run(folder: Path) -> bool:
    return any((folder / name).exists() for name in _TRACES)


def remember_options(folder: Path, recipe: str, options: Mapping[str, Any]) -> None:
    """Write `run.json`: what was asked for, for `--resume` and for people."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}
    write_json(folder / RUN_FILE, {"recipe": recipe, "options": plain, "versions": _versions()})


def recall_options(folder: Path, recipe: str) -> dict[str, Any]:
    """Read the options of the run in a folder.

    Raises:
        TrainingError: `run.json` is missing, damaged or of another recipe.
    """
    path = folder / RUN_FILE
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        name, options = run["recipe"], dict(run["options"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is missing or damaged: this run cannot be resumed, begin another") from error
    if name != recipe:
        raise TrainingError(f"{folder} holds a run of the recipe {name}, not of {recipe}: resume it with that one")
    return options


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


def _versions() -> dict[str, str]:
    import torch

    return {"nlprnn": __version__, "torch": torch.__version__, "python": sys.version.split()[0]}


def _learning_curve(folder: Path) -> str:
    from nlprnn.training.report import draw_learning_curve

    try:
        return str(draw_learning_curve(folder) or "nothing to draw yet")
    except ImportError:
        return 'not drawn, matplotlib is missing: pip install "nlprnn[plot]"'


def _figure(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _model_card(run: Run, scores: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any], use: str) -> str:
    """The folder's README.md: what the model is, its scores, and how it came to be."""
    rows = [f"| {split} | {name} | {_figure(value)} |" for split, of in scores.items() for name, value in of.items()]
    lines = [
        "---",
        "library_name: nlprnn",
        f"tags: [nlprnn, rnn, {run.recipe}]",
        "---",
        "",
        f"# {run.folder.resolve().name}",
        "",
        f"Trained with the nlprnn recipe `{run.recipe}` on `{run.dataset}`.",
        "",
        "| split | score | value |",
        "|---|---|---|",
        *rows,
        "",
        f"Training took {summary['minutes']:g} minutes, {summary['steps']} steps, {summary['epochs']:g} epochs. Command:",
        "",
        *_block(_command_line(sys.argv)),
        "Versions: " + ", ".join(f"{name} {version}" for name, version in _versions().items()) + ".",
        "",
        "## Use",
        "",
        *_block(use.replace("MODEL", shlex.quote(str(run.folder)))),
    ]
    return "\n".join(lines) + "\n"


def _command_line(arguments: Sequence[str]) -> str:
    return "python " + shlex.join(["recipes/" + Path(arguments[0]).name, *arguments[1:]])


def _block(command: str) -> list[str]:
    return ["```", command, "```", ""]
