"""What a training tells: a live line in the terminal, `metrics.jsonl`, TensorBoard and a learning curve."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from nlprnn.errors import TrainingError
from nlprnn.files import replacing, write_text

METRICS_FILE = "metrics.jsonl"
CURVE_FILE = "learning_curve.png"
_PLAIN_SECONDS = 30.0


class MetricsLog:
    """`metrics.jsonl`: one JSON object a line, each with its `step`.

    Args:
        folder: where the file lies.
        step: lines of later steps are dropped: training goes on from here and will write them again.
        tensorboard: also write TensorBoard's files to the folder's `tensorboard/`.

    Raises:
        TrainingError: TensorBoard is not installed (extra `tensorboard`).
    """

    def __init__(self, folder: Path, *, step: int = 0, tensorboard: bool = False) -> None:
        self.path = Path(folder) / METRICS_FILE
        kept = [record for record in read_metrics(folder) if record["step"] <= step] if step else []
        write_text(self.path, "".join(json.dumps(record) + "\n" for record in kept))
        self._writer = None
        if tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                raise TrainingError('TensorBoard is not installed: pip install "nlprnn[tensorboard]"') from None
            self._writer = SummaryWriter(str(Path(folder) / "tensorboard"), purge_step=step)

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record and see it to the disk."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if self._writer is not None:
            for name, value in _flat(record).items():
                self._writer.add_scalar(name, value, record["step"])
            self._writer.flush()

    def close(self) -> None:
        """End TensorBoard's files."""
        if self._writer is not None:
            self._writer.close()


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """Read the records of `metrics.jsonl`; a last line cut off by a crash is left out, no file gives none."""
    path = Path(folder) / METRICS_FILE
    records = []
    if path.exists():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                records.append(json.loads(line))
            except ValueError:
                break
    return records


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    flat: dict[str, float] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{name}/"))
        elif name != "step":
            flat[prefix + name] = value
    return flat


class Display:
    """Progress in the terminal: one live line where there is a terminal, a plain line now and then elsewhere.

    Args:
        console: where to print; None = standard error, so that standard output stays for results.
        enabled: False prints nothing at all.
    """

    def __init__(self, console: Console | None = None, *, enabled: bool = True) -> None:
        self.console = console or Console(stderr=True, quiet=not enabled, highlight=False)
        self._live = enabled and self.console.is_terminal
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[text]}"),
            console=self.console,
            transient=True,
            disable=not self._live,
            refresh_per_second=4,
        )
        self._task = self._bar.add_task("training", total=1.0, text="")
        self._printed = time.monotonic()

    def __enter__(self) -> Display:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def progress(self, fraction: float, title: str, text: str) -> None:
        """Show how far training is, 0 to 1, under a title, with a text of figures beside the bar."""
        self._bar.update(self._task, completed=fraction, description=title, text=text)
        now = time.monotonic()
        if not self._live and now - self._printed > _PLAIN_SECONDS:
            self._printed = now
            self.line(f"{title}  {fraction:4.0%}  {text}")

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self.console.print(text, markup=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """Write seconds as people do: 45 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def draw_learning_curve(folder: Path) -> Path | None:
    """Draw loss and validation scores over the steps from `metrics.jsonl`.

    Returns:
        the path of the picture, or None where there is nothing to draw yet.

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
    # Fixed margins, in inches: to have them fitted takes as long as the drawing.
    margins = {"left": 0.8 / 7, "right": 1 - 0.15 / 7, "bottom": 0.5 / height, "top": 1 - 0.15 / height, "hspace": 0.06}
    axes = figure.subplots(1 + bool(others), 1, sharex=True, squeeze=False, gridspec_kw=margins)[:, 0]
    axes[0].plot([r["step"] for r in records], [r["loss"] for r in records], label="training", color="0.6")
    steps = [record["step"] for record in evaluated]
    if "loss" in names:
        axes[0].plot(steps, [r["validation"]["loss"] for r in evaluated], "o-", label="validation", markersize=3)
    axes[0].set_ylabel("loss")
    for name in others:
        axes[1].plot(steps, [r["validation"][name] for r in evaluated], "o-", label=name, markersize=3)
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.legend()
    axes[-1].set_xlabel("step")
    path = Path(folder) / CURVE_FILE
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path
