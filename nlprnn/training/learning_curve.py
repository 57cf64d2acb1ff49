"""Learning curve of a training run."""

from __future__ import annotations

from math import nan
from pathlib import Path

from nlprnn.serialization.atomic_files import replacing
from nlprnn.training.files import CURVE_FILE
from nlprnn.training.metrics_log import read_metrics


def draw_learning_curve(folder: Path) -> Path | None:
    """Plot loss and validation scores over the steps, from `metrics.jsonl`.

    Returns:
        the path of the plot, or None while there are no records.

    Raises:
        ImportError: matplotlib is not installed (extra `plot`).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    records = read_metrics(folder)
    if not records:
        return None
    evaluated = [record for record in records if "validation" in record]
    names = list(evaluated[0]["validation"]) if evaluated else []
    others = [name for name in names if name != "loss"]
    height = 3.2 * (1 + bool(others))
    figure = Figure(figsize=(7, height))
    FigureCanvasAgg(figure)
    # Fixed margins, in inches: fitting them takes as long as drawing.
    margins = {"left": 0.8 / 7, "right": 1 - 0.15 / 7, "bottom": 0.5 / height, "top": 1 - 0.15 / height, "hspace": 0.06}
    axes = figure.subplots(1 + bool(others), 1, sharex=True, squeeze=False, gridspec_kw=margins)[:, 0]
    axes[0].plot([r["step"] for r in records], [r.get("loss", nan) for r in records], label="training", color="0.6")
    steps = [record["step"] for record in evaluated]
    if "loss" in names:
        axes[0].plot(
            steps, [r["validation"].get("loss", nan) for r in evaluated], "o-", label="validation", markersize=3
        )
    axes[0].set_ylabel("loss")
    for name in others:
        axes[1].plot(steps, [r["validation"].get(name, nan) for r in evaluated], "o-", label=name, markersize=3)
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.legend()
    axes[-1].set_xlabel("step")
    path = Path(folder) / CURVE_FILE
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path
