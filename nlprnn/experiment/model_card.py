"""The card of a trained model, a README.md in its folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nlprnn.version import __version__

if TYPE_CHECKING:
    from nlprnn.experiment.run import Run


def model_card(
    run: Run,
    scores: Mapping[str, Mapping[str, Any]],
    summary: Mapping[str, Any],
    use: str,
    command: str,
    labels: Sequence[str],
) -> str:
    """Return the README.md of a run's folder: what the model is, its scores, and how it came to be.

    Args:
        run: that made it.
        scores: split -> name -> plain number, or text for a signature.
        summary: what `Trainer.fit` returned.
        use: the commands that try it.
        command: that trained it.
        labels: what a classifier tells apart.
    """
    rows = [
        f"| {split} | {name} | {value:.4g} |"
        for split, of in scores.items()
        for name, value in of.items()
        if not isinstance(value, str)
    ]
    texts = [f"{name}: `{text}`\n" for name, text in texts_of(scores).items()]
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
        *texts,
        *([f"{len(labels):,} classes: {', '.join(f'`{label}`' for label in labels)}.", ""] if labels else []),
        f"Training took {summary['minutes']:g} minutes, {summary['steps']} steps, {summary['epochs']:g} epochs.",
        "Command:",
        "",
        *_block(command),
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions().items()) + ".",
        "",
        "## Use",
        "",
        *_block(use),
    ]
    return "\n".join(lines) + "\n"


def texts_of(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return what stands beside figures in words, such as signatures; alike for all splits."""
    return {name: value for of in scores.values() for name, value in of.items() if isinstance(value, str)}


def versions() -> dict[str, str]:
    """Return what a run was made with: package -> version."""
    import torch

    return {"nlprnn": __version__, "torch": torch.__version__, "python": sys.version.split()[0]}


def _block(command: str) -> list[str]:
    return ["```", command, "```", ""]
