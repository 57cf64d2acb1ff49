"""What a study shows: a table of its trials, the spread over seeds, and the importance of each option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

from nlprnn.serialization.atomic_files import replacing
from nlprnn.tuning.study import Study

IMPORTANCE_FILE = "importance.png"


def leaderboard(study: Study) -> list[str]:
    """Return a table of all trials as Markdown, the best first, those without a score last."""
    record = study.record
    ranked = record.candidates()
    others = [trial for trial in record.trials if trial not in ranked]
    rows = [("trial", record.metric or "score", "loss", "minutes", "MB", "options", "note")]
    for trial in (*ranked, *others):
        score = "" if trial.score is None else f"{trial.score:.4g}"
        loss = "" if trial.loss is None else f"{trial.loss:.4g}"
        state = "" if trial.state == "complete" else trial.state
        note = ": ".join(filter(None, [state, trial.reason]))
        minutes, size = f"{trial.seconds / 60:.2f}", f"{trial.model_mb:.1f}"
        rows.append((str(trial.number), score, loss, minutes, size, study.describe(trial), note))
    return _table(rows)


def seeds_table(study: Study) -> list[str]:
    """Return mean and standard deviation of the scores of the winner and of the defaults over seeds, as Markdown."""
    winner, first = study.winner(), study.record.trials[0]
    if winner is None:
        return []
    names = {"the defaults": first} if winner is first else {f"trial {winner.number}": winner, "the defaults": first}
    metric = study.record.metric
    rows = [("setting", "seeds", f"validation {metric}", f"test {metric}")]
    for name, trial in names.items():
        runs = study.runs_of(trial)
        validation = _spread([run.score for run in runs if run.score is not None])
        rows.append(
            (name, str(len(runs)), validation, _spread([run.test[metric] for run in runs if metric in run.test]))
        )
    return _table(rows)


def draw_importances(shares: Mapping[str, float], folder: Path) -> Path:
    """Plot the importance of each option as bars.

    Args:
        shares: option -> its share, the largest first.
        folder: of the picture.

    Raises:
        ImportError: matplotlib is not installed.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 1 + 0.3 * len(shares)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    bars = list(shares.items())[::-1]
    axes.barh([name.replace("_", " ") for name, _ in bars], [share for _, share in bars], color="0.4")
    axes.set_xlabel("importance for the validation score (PED-ANOVA)")
    path = folder / IMPORTANCE_FILE
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path


def _spread(scores: list[float]) -> str:
    """Return mean and standard deviation of scores, and the scores themselves."""
    if len(scores) < 2:
        return " ".join(f"{score:.4g}" for score in scores)
    return f"{mean(scores):.4g} ± {stdev(scores):.2g} ({', '.join(f'{score:.4g}' for score in scores)})"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
