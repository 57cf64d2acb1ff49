"""`nlprnn info`: the contents of a model folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from nlprnn.cli.verb import verb
from nlprnn.errors import escape_controls


@verb(click.Argument(["model"], default="tales"))
def info(model: str) -> None:
    """Describe MODEL, a folder, Hub id or name of a bundled model (sentiment, names, tales, teller): size, scores."""
    from nlprnn.pipelines import load
    from nlprnn.serialization.hub import local_folder

    folder = local_folder(model)
    pipeline = load(folder, device="cpu")
    size = sum(parameter.numel() for parameter in pipeline.model.parameters())
    rows = {
        "folder": str(folder),
        "kind": type(pipeline.model).__name__,
        "parameters": f"{size:,}",
        "on disk": f"{(folder / 'model.safetensors').stat().st_size / 1e6:.1f} MB",
        **_processor(pipeline.processor),
        **_task(pipeline.model),
        **_ngrams(pipeline.model),
        **_labels(pipeline.model),
        **_calibration(folder, pipeline.model),
        **_scores(folder),
    }
    width = max(map(len, rows))
    print(
        *(f"{escape_controls(name):<{width}}  {escape_controls(value)}" for name, value in rows.items()),
        "",
        pipeline.model,
        sep="\n",
    )


def _processor(processor: Any) -> dict[str, str]:
    name = type(processor).__name__
    vocab_size = getattr(processor, "vocab_size", None)
    return {"processor": name} if vocab_size is None else {"tokenizer": f"{name}, {vocab_size:,} ids"}


def _task(model: Any) -> dict[str, str]:
    if getattr(model, "multi_label", False):
        lowest, highest = model.thresholds.min(), model.thresholds.max()
        between = f"{lowest:g}" if lowest == highest else f"{lowest:.4g} to {highest:.4g}"
        return {"task": f"several labels a text, each from a probability of {between}"}
    if hasattr(model, "std"):
        return {"task": f"a number, of mean {model.mean:g} and standard deviation {model.std:g}"}
    return {}


def _ngrams(model: Any) -> dict[str, str]:
    ngrams = getattr(model, "ngrams", None)
    return {} if ngrams is None else {"n-grams": ngrams.describe()}


def _labels(model: Any) -> dict[str, str]:
    labels = getattr(model, "labels", None)
    return (
        {"labels": ", ".join(map(escape_controls, labels[:20])) + (" ..." if len(labels) > 20 else "")}
        if labels
        else {}
    )


def _calibration(folder: Path, model: Any) -> dict[str, str]:
    """Return how a classifier was calibrated: on how many texts, for which precision, and what it leaves unsure."""
    from nlprnn.tasks.calibrated_folder import read_calibration

    record = read_calibration(folder)
    phrases = [f"temperature {model.temperature:.4g}"] if getattr(model, "temperature", 1.0) != 1.0 else []
    if isinstance(texts := record.get("texts"), int):
        phrases.append(f"on {texts:,} texts")
    if isinstance(precision := record.get("requested_precision"), int | float):
        phrases.append(f"for a precision of {precision:.4g} %")
    if (least := getattr(model, "abstain", None)) is not None:
        phrases.append(f"unsure below a probability of {least:.4g}")
    return {"calibration": ", ".join(phrases)} if phrases else {}


def _scores(folder: Path) -> dict[str, str]:
    """Return the scores in a folder, split by split; none where they cannot be read."""
    try:
        scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
        return {
            split: "  ".join(f"{name} {value:.4g}" for name, value in values.items() if isinstance(value, int | float))
            for split, values in scores.items()
        }
    except (OSError, ValueError, AttributeError):
        return {}
