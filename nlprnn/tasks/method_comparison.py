"""Table of a network beside simpler methods, and a sentence on which of them to use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NEAR_ERROR, _NEAR_POINTS = 0.01, 1.0
"""Advantage of the network, relative or in points, below which a simpler method is as good."""

Scores = Mapping[str, Mapping[str, float]]
"""Name of a method -> its scores."""


def method_table(scores: Scores, columns: Sequence[str]) -> list[str]:
    """Return the lines of a table: a method a row, a score a column, empty where a method has no such score."""
    width = max(map(len, scores))
    lines = [f"{'':<{width}}" + "".join(f"{name:>11}" for name in columns)]
    for method, values in scores.items():
        cells = (f"{values[name]:>11.4g}" if name in values else " " * 11 for name in columns)
        lines.append(f"{method:<{width}}" + "".join(cells).rstrip())
    return lines


def error_advice(scores: Scores, network: str, error: str) -> str:
    """Return a sentence on the method to use, by an error.

    Args:
        scores: of all methods.
        network: name of the network among them.
        error: name of the score, the smaller the better.
    """
    achieved = scores[network][error]
    name, best = min(((name, values[error]) for name, values in scores.items() if name != network), key=lambda x: x[1])
    if best <= achieved:
        return f"use {name}: its error is {_percent(achieved, best)} below the network's"
    if best <= (1 + _NEAR_ERROR) * achieved:
        return f"the network's error is only {_percent(best, achieved)} below that of {name}, which is simpler"
    return f"the network's error is {_percent(best, achieved)} below that of the best other method, {name}"


def accuracy_advice(scores: Scores, network: str) -> str:
    """Return a sentence on the method to use, by the accuracy in percent.

    Args:
        scores: of all methods.
        network: name of the network among them.
    """
    achieved = scores[network]["accuracy"]
    others = [(values["accuracy"], name) for name, values in scores.items() if name != network]
    best, name = max(others)
    if best == achieved:
        return f"use {name}: it is as accurate as the network, and simpler"
    if best > achieved:
        return f"use {name}: its accuracy is {best - achieved:.1f} points above the network's"
    if best > achieved - _NEAR_POINTS:
        return f"the network's accuracy is only {achieved - best:.1f} points above that of {name}, which is simpler"
    return f"the network's accuracy is {achieved - best:.1f} points above that of {name}"


def _percent(larger: float, smaller: float) -> str:
    return f"{100 * (1 - smaller / larger) if larger else 0:.1f} %"
