"""Reliability diagram: how often predictions are right, over the probability that the model gives them."""

from __future__ import annotations

from pathlib import Path

from nlprnn.interpret.line_plot import Line, Panel, plot_lines
from nlprnn.metrics import Reliability
from nlprnn.picture_style import LIGHT, Theme


def plot_reliability(before: Reliability, after: Reliability, path: Path, *, theme: Theme = LIGHT) -> None:
    """Plot the shares of right predictions before and after calibration, and where the predictions are.

    A curve on the diagonal is honest; one below it promises too much. At the right is the share of the predictions in
    each bin: a point on the left is only as good as its bin is full.

    Args:
        before: bins without the calibration.
        after: as many bins with it.
        path: of the file; its suffix, such as .png, is its format.
        theme: colours, `nlprnn.picture_style.LIGHT` or `DARK`.

    Raises:
        OptionError: the suffix is another, or matplotlib is not installed (extra `plot`).
        OSError: the disk is full or the folder cannot be written.
    """
    pairs = ((before, "before", 1), (after, "after", 0))
    curves, filled = [Line("honest", (0, 1), (0, 1), "--", color=5, width=1.0)], []
    for bins, name, color in pairs:
        used = bins.counts > 0
        error = f"{name} (error {bins.error:.1f} %)"
        curves.append(Line(error, bins.probabilities[used], bins.shares[used], "o-", color=color))
        shares = bins.counts[used] / bins.counts.sum()
        filled.append(Line(name, bins.probabilities[used], shares, "o-", color=color))
    axis = "probability of the prediction"
    panels = [
        Panel("Reliability", axis, "share of right predictions", curves),
        Panel("Predictions", axis, "share of the predictions", filled),
    ]
    plot_lines(panels, path, theme=theme)
