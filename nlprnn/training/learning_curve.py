"""Learning curve of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlprnn.picture_style import LIGHT, Theme, style_axes, style_legend, style_title
from nlprnn.serialization.atomic_files import replacing
from nlprnn.training.files import CURVE_FILE
from nlprnn.training.metrics_log import read_metrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERCENT = {"accuracy", "macro_f1", "micro_f1", "f1", "exact_match", "bleu", "chrf"}
"""Scores from 0 to 100."""


def draw_learning_curve(
    folder: Path,
    *,
    title: str | None = None,
    best: Mapping[str, Any] | None = None,
    note: str | None = None,
    theme: Theme = LIGHT,
) -> Path | None:
    """Plot loss and validation scores over the steps, from `metrics.jsonl`.

    Args:
        folder: of the run.
        title: above the plot; None = the name of the folder.
        best: scores of the weights that were kept, as `Trainer.fit` returns them: their validation is marked.
        note: below the plot, such as that of `regularisation_note`.
        theme: colours.

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
    height = 0.6 + 3.0 * (1 + bool(others))
    figure = Figure(figsize=(7, height), facecolor=theme.background)
    FigureCanvasAgg(figure)
    # Fixed margins, in inches: fitting them takes as long as drawing.
    margins = {"left": 0.8 / 7, "right": 1 - 0.2 / 7, "bottom": 0.75 / height, "top": 1 - 0.5 / height, "hspace": 0.12}
    axes = figure.subplots(1 + bool(others), 1, sharex=True, squeeze=False, gridspec_kw=margins)[:, 0]
    losses = [record.get("loss", nan) for record in records]
    axes[0].plot([record["step"] for record in records], losses, color=theme.muted, alpha=0.6, lw=1.2, label="training")
    axes[0].set_ylabel("loss")
    for index, name in enumerate((["loss"] if "loss" in names else []) + others):
        axis, label = (axes[0], "validation") if name == "loss" else (axes[1], f"validation {name}")
        scores = [record["validation"].get(name, nan) for record in evaluated]
        steps = [record["step"] for record in evaluated]
        color, marker = theme.colors[index % len(theme.colors)], "osv^"[index // len(theme.colors) % 4]
        axis.plot(steps, scores, f"{marker}-", color=color, lw=1.8, markersize=3.5, label=label)
    if others:
        axes[1].set_ylabel("score (%)" if _PERCENT.issuperset(others) else "score")
    _mark_best(axes, evaluated, best or {}, theme)
    style_title(axes[0], Path(folder).resolve().name if title is None else title, theme)
    for axis in axes:
        style_axes(axis, theme)
        style_legend(axis, theme)
    axes[-1].set_xlabel("step (number of updates)")
    if note:
        figure.text(0.8 / 7, 0.1 / height, note, fontsize=8.5, color=theme.muted)
    path = Path(folder) / CURVE_FILE
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path


def regularisation_note(values: Mapping[str, Any]) -> str | None:
    """Return a sentence on why the training loss lies above that of validation, or None where nothing raises it.

    Args:
        values: options of the run by name, those chosen from the data included.
    """
    dropout = any(name.endswith("dropout") and isinstance(value, float) and value > 0 for name, value in values.items())
    causes = ["dropout"] * dropout
    causes += [text for name, text in (("r_drop", "R-Drop"), ("label_smoothing", "smoothing")) if values.get(name)]
    if not causes:
        return None
    return f"The training loss is measured with {' and '.join(causes)}, validation without: it may lie above."


def _mark_best(axes: Any, evaluated: list[dict[str, Any]], best: Mapping[str, Any], theme: Theme) -> None:
    """Draw a line through all axes at the validation whose scores those of the kept weights are."""
    for record in reversed(evaluated):
        same = [name for name, value in record["validation"].items() if name in best and best[name] == value]
        if same:
            _draw_best(axes, record, f"best: epoch {record['epoch']:.3g}", theme)
            return


def _draw_best(axes: Any, record: Mapping[str, Any], text: str, theme: Theme) -> None:
    axis: Axes
    for axis in axes:
        axis.axvline(record["step"], color=theme.colors[3], linestyle=(0, (4, 3)), linewidth=1.2)
    left = axes[0].transData.transform((record["step"], 0))[0] > axes[0].bbox.x0 + axes[0].bbox.width * 0.7
    axes[0].annotate(
        text,
        (record["step"], 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if left else 5, -4),
        textcoords="offset points",
        ha="right" if left else "left",
        va="top",
        fontsize=9,
        color=theme.colors[3],
    )
