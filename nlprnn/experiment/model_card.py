"""The model card of a trained model: the README.md of its folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlprnn.errors import escape_controls
from nlprnn.experiment.origin import Origin
from nlprnn.version import __version__


@dataclass(frozen=True)
class ModelCard:
    """Description of a trained model, beside its scores.

    Attributes:
        title: name of the model.
        recipe: that trained it.
        dataset: that it was trained on.
        command: that trained it.
        usage: commands that use it.
        labels: of a classifier.
        origin: the model that the training started from; None = a new model.
    """

    title: str
    recipe: str
    dataset: str
    command: str
    usage: Sequence[str]
    labels: Sequence[str]
    origin: Origin | None = None

    def render(self, scores: Mapping[str, Mapping[str, Any]], summary: Mapping[str, Any]) -> str:
        """Return the card as Markdown.

        Args:
            scores: split -> name of a metric -> number, or text for a signature.
            summary: what `Trainer.fit` returned.
        """
        rows = [
            f"| {split} | {name} | {value:.4g} |"
            for split, values in scores.items()
            for name, value in values.items()
            if not isinstance(value, str)
        ]
        signatures = [f"{name}: `{text}`\n" for name, text in text_scores(scores).items()]
        classes = f"{len(self.labels):,} classes: {', '.join(f'`{escape_controls(label)}`' for label in self.labels)}."
        pairs = [] if self.origin is None else list(self.origin.compare(scores))
        lines = [
            "---",
            "library_name: nlprnn",
            f"tags: [nlprnn, rnn, {self.recipe}]",
            "---",
            "",
            f"# {self.title}",
            "",
            f"Trained with the nlprnn recipe `{self.recipe}` on `{self.dataset}`.",
            *([] if self.origin is None else [self.origin.describe()]),
            "",
            "| split | metric | value |",
            "|---|---|---|",
            *rows,
            "",
            *signatures,
            *(["Before and after:", "", *_code_block("\n".join(pairs))] if pairs else []),
            *([classes, ""] if self.labels else []),
            f"Training took {summary['minutes']:g} minutes, {summary['steps']} steps, {summary['epochs']:g} epochs.",
            "Command:",
            "",
            *_code_block(self.command),
            "Versions: " + ", ".join(f"{name} {version}" for name, version in versions().items()) + ".",
            "",
            "## Use",
            "",
            *_code_block("\n".join(self.usage)),
        ]
        return "\n".join(lines) + "\n"


def add_scores(card: str, split: str, scores: Mapping[str, float]) -> str:
    """Return a model card with the scores of one more split below those of its table.

    Args:
        card: as `ModelCard.render` returns it.
        split: its name.
        scores: name of a metric -> number.
    """
    lines = card.split("\n")
    last = max(number for number, line in enumerate(lines) if line.startswith("| validation |"))
    rows = [f"| {split} | {name} | {value:.4g} |" for name, value in scores.items()]
    return "\n".join([*lines[: last + 1], *rows, *lines[last + 1 :]])


def text_scores(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what accompanies figures as text, such as signatures; equal for all splits."""
    return {name: value for values in scores.values() for name, value in values.items() if isinstance(value, str)}


def versions() -> dict[str, str]:
    """Return the versions that a run was made with, by package."""
    import torch

    return {"nlprnn": __version__, "torch": torch.__version__, "python": sys.version.split()[0]}


def _code_block(text: str) -> list[str]:
    return ["```", text, "```", ""]
