"""Training progress in the terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

_PLAIN_SECONDS = 30.0

_BAR_WIDTH = 12

_SPACES = 2
"""Between title, bar and figures."""

_GAP = "   "
"""Between figures."""


class Display:
    """Progress display: a live line in a terminal, elsewhere a plain line every 30 seconds.

    Args:
        console: prints the lines; None = standard error, which keeps standard output for results.
        enabled: False prints nothing.
    """

    def __init__(self, console: Console | None = None, *, enabled: bool = True) -> None:
        self.console = console or Console(stderr=True, quiet=not enabled, highlight=False)
        self._live = enabled and self.console.is_terminal
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=_BAR_WIDTH),
            TextColumn("{task.fields[text]}"),
            console=self.console,
            transient=True,
            disable=not self._live,
            refresh_per_second=2,  # each takes 2 ms of a core
        )
        self._task = self._bar.add_task("training", total=1.0, text="")
        self._printed = time.monotonic()

    def __enter__(self) -> Display:
        if self._live:  # rich before 14.3 prints an empty line at the end of a disabled bar
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._bar.stop()

    def progress(self, fraction: float, title: str, figures: Sequence[str]) -> None:
        """Show a progress bar, `fraction` 0 to 1 complete, with a title before it and figures after it.

        Args:
            fraction: of the training that is complete, 0 to 1.
            title: before the bar.
            figures: after it, the most important first: those that do not fit into the terminal are left out.
        """
        room = self.console.width - len(title) - _BAR_WIDTH - _SPACES
        lines = (_GAP.join(figures[:count]) for count in range(len(figures), 0, -1))
        text = next((line for line in lines if len(line) <= room), "")
        self._bar.update(self._task, completed=fraction, description=title, text=text)
        now = time.monotonic()
        if not self._live and now - self._printed > _PLAIN_SECONDS:
            self._printed = now
            self.line(f"{title}  {fraction:4.0%}  {_GAP.join(figures)}")

    def line(self, text: str) -> None:
        """Print a permanent line."""
        self.console.print(text, markup=False, soft_wrap=True)


def format_duration(seconds: float) -> str:
    """Return a duration for people: 45 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
