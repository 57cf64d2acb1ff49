"""Shares that `benchmarks/overheads.py` measures: those of the calls of a method, and whether one is over its limit."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]


@pytest.fixture
def overheads(monkeypatch):
    """The benchmark, as a module, whose clocks go on by what is added to them."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("overheads")


def test_calls_of_a_method_add_up(overheads, monkeypatch):
    clock = [0.0]

    class Writer:
        def write(self, seconds):
            clock[0] += seconds
            return seconds

    monkeypatch.setattr(overheads.time, "monotonic", lambda: clock[0])
    seconds = {"clock": Counter(), "processor": Counter()}
    overheads.count_time(Writer, "write", "log", seconds, lambda: clock[0] / 2)
    assert [Writer().write(2.0), Writer().write(1.0)] == [2.0, 1.0]
    assert seconds == {"clock": {"log": 3.0}, "processor": {"log": 1.5}}


@pytest.mark.parametrize(("written", "code"), [(0.019, 0), (0.021, 1)])
def test_more_than_two_hundredths_for_checkpoints_fail(overheads, monkeypatch, written, code):
    counted = []

    @click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
    def recipe():
        for spent in counted[0].values():
            spent.update(training=1.0, checkpoints=written)

    monkeypatch.setattr(overheads, "count_overheads", counted.append)
    monkeypatch.setattr(overheads.runpy, "run_path", lambda path: {"main": recipe})
    monkeypatch.setenv("FORCE_COLOR", "")
    result = CliRunner().invoke(overheads.main, ["--recipe", "sentiment"])
    assert result.exit_code == code, result.output
    assert f"{written:.2%}" in result.output
