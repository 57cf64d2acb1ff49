"""Comparison of nlprnn with a plain script and with the machine's peak, measured in turn."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

import click


class Job(NamedTuple):
    """A job to compare: functions that each take one measurement, in examples per second."""

    nlprnn: Callable[[], float]
    plain: Callable[[], float]
    limit: Callable[[], float]


def print_comparison(jobs: dict[str, Job], rounds: int) -> None:
    """Measure each job for `rounds` rounds, after one that warms up, and print medians and ratios.

    The ratio to the plain script is the median over the rounds, with its range in parentheses.
    """
    width = max(map(len, jobs)) + 1
    click.echo(f"{'':{width}}{'nlprnn':>10}{'plain':>10}{'limit':>10}{'nlprnn/plain':>22}{'nlprnn/limit':>14}")
    for name, job in jobs.items():
        rates = [(job.nlprnn(), job.plain(), job.limit()) for _ in range(rounds + 1)][1:]
        medians = "".join(f"{median(column):10,.1f}" for column in zip(*rates, strict=True))
        ratios = sorted(ours / plain for ours, plain, _ in rates)
        spread = f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        share = median(ours / limit for ours, _, limit in rates)
        click.echo(f"{name:{width}}{medians}{spread:>22}{share:14.0%}")
