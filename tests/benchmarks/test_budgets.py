"""Budgets of `benchmarks/budgets.py`: a run that takes longer than it may is late, and the command fails."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]


@pytest.fixture
def budgets(monkeypatch):
    """The benchmark, as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("budgets")


@pytest.mark.parametrize(("seconds", "late"), [(41.4, 0), (41.6, 1)])
def test_five_percent_and_ten_seconds_more_are_allowed(budgets, monkeypatch, seconds, late):
    clock = [0.0]

    def run(call, **options):
        data = Path(call[call.index("--dataset") + 1])
        assert {path.stem: len(path.read_text().splitlines()) for path in data.iterdir()} == {
            "train": 4,
            "validation": 3,
            "test": 3,
        }
        clock[0] += seconds

    monkeypatch.setattr(budgets.subprocess, "run", run)
    monkeypatch.setattr(budgets.time, "monotonic", lambda: clock[0])
    options = ["--minutes", "0.5", "--rows", "4", "--validation", "3", "--recipe", "sentiment"]
    result = CliRunner().invoke(budgets.main, options)
    assert (result.exit_code, result.output.count("LATE")) == (late, late), result.output
    assert f"sentiment{30:>17}{seconds:>10}{41.5:>10}" in result.output
