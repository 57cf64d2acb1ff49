"""Validation curves of several runs in one picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from nlprnn.picture_style import LIGHT, style_axes, style_legend
from nlprnn.serialization.atomic_files import replacing
from nlprnn.training.metrics_log import read_metrics


def draw_curves(folders: Sequence[Path], names: Sequence[str], path: Path) -> None:
    """Plot the validation scores of runs over the epochs, one panel for each score.

    Args:
        folders: of the runs.
        names: of the runs, for the legend.
        path: of the picture; its suffix is its format.

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
        for index, (name, curve) in enumerate(zip(names, curves, strict=True)):
            color = LIGHT.colors[index % len(LIGHT.colors)]
            points = [(record["epoch"], record["validation"].get(score, math.nan)) for record in curve]
            x, y = [epoch for epoch, _ in points], [value for _, value in points]
            axis.plot(x, y, "o-", label=name, markersize=3.5, color=color)
        axis.set_ylabel(f"validation {score}")
        style_axes(axis)
        style_legend(axis)
    axis.set_xlabel("epoch")
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=120)
