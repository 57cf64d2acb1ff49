"""Validation curves of several runs in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from nlprnn.serialization.atomic_files import replacing
from nlprnn.training.metrics_log import read_metrics


def draw_curves(folders: Sequence[Path], names: Sequence[str], path: Path) -> None:
    """Plot the validation scores of runs over the epochs, one panel for each score.

    Args:
        folders: of the runs.
        names: of the runs, for the legend.
        path: of the picture, which is in PNG.

    Raises:
        ImportError: matplotlib is not installed (extra `plot`).
        ValueError: no run has been validated yet.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    curves = [[record for record in read_metrics(folder) if "validation" in record] for folder in folders]
    scores = list(dict.fromkeys(score for curve in curves for record in curve for score in record["validation"]))
    if not scores:
        raise ValueError("no run has been validated yet")
    figure = Figure(figsize=(7, 3.0 * len(scores)), layout="constrained")
    FigureCanvasAgg(figure)
    for axis, score in zip(figure.subplots(len(scores), 1, sharex=True, squeeze=False)[:, 0], scores, strict=True):
        for name, curve in zip(names, curves, strict=True):
            points = [(record["epoch"], record["validation"].get(score, math.nan)) for record in curve]
            axis.plot([epoch for epoch, _ in points], [value for _, value in points], "o-", label=name, markersize=3)
        axis.set_ylabel(f"validation {score}")
        axis.grid(alpha=0.3)
        axis.legend()
    axis.set_xlabel("epoch")
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
