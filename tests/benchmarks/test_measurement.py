"""The frame of the benchmarks: rounds in turn, ratios within a round, results file, list of benchmarks."""

from __future__ import annotations

import importlib
import itertools
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]


@pytest.fixture
def frame(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("measurement")


def counting_row(frame, calls, **arguments):
    """A row whose ways record their calls: `a` measures 2, 4, 6..., `b` always 2."""
    values = itertools.count(2, 2)

    def way(name, value):
        calls.append(name)
        return float(value)

    ways = {"a": lambda: way("a", next(values)), "b": lambda: way("b", 2)}
    return frame.Row(name="job", unit="texts/s", ways=ways, **arguments)


def test_ways_alternate_and_the_warm_up_is_not_counted(frame):
    calls = []
    measured = frame.measure(counting_row(frame, calls), rounds=3, warm_up=1)
    assert calls == ["a", "b"] * 4
    assert measured.values == {"a": [4.0, 6.0, 8.0], "b": [2.0, 2.0, 2.0]}


def test_ratios_are_those_within_a_round(frame):
    measured = frame.measure(counting_row(frame, []), rounds=3, warm_up=0)
    assert measured.ratios("b") == [1.0, 2.0, 3.0]
    lines = list(frame.table_lines(measured))
    assert "4.00 (2.00 to 6.00) texts/s" in lines[0]
    assert lines[1].endswith("2.00 (1.00 to 3.00)")


def test_less_is_better_for_seconds(frame):
    row = frame.Row(name="start", unit="s", ways={"nlprnn": lambda: 2.0, "other": lambda: 6.0})
    assert frame.measure(row, rounds=1).ratios("other") == [3.0]


def test_share_of_the_limit_is_items_times_work_over_rate(frame):
    row = counting_row(frame, [], limit=frame.Limit(10.0, lambda: 100.0))
    assert frame.measure(row, rounds=2, warm_up=0).shares("a") == [0.2, 0.4]


def test_reason_of_a_missing_way_is_printed_and_recorded(frame):
    row = frame.Row(name="job", unit="texts/s", ways={"nlprnn": lambda: 1.0, "peer": "not installed: no wheel"})
    measured = frame.measure(row, rounds=1)
    assert "not installed: no wheel" in list(frame.table_lines(measured))[1]
    assert measured.as_json()["unavailable"] == {"peer": "not installed: no wheel"}


@pytest.fixture
def command(frame, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the command sets it for processes of its own
    monkeypatch.setattr(frame, "square_rate", lambda: 1e9)
    monkeypatch.setattr(frame, "bandwidth", lambda: 1e9)

    @frame.benchmark(rounds=2, threads=1, quick={"size": 1})
    @click.option("--size", default=5)
    @click.option("--folder", default=Path("peers"), type=click.Path(path_type=Path))
    def main(size, folder):
        """Measure nothing."""
        yield frame.Row(name="job", unit="texts/s", ways={"nlprnn": lambda: float(size)})

    return main


@pytest.mark.parametrize(
    ("arguments", "values"),
    [([], [5.0, 5.0]), (["--quick"], [1.0]), (["--quick", "--size", "3"], [3.0]), (["--rounds", "1"], [5.0])],
)
def test_quick_changes_defaults_only(command, arguments, values, tmp_path):
    results = tmp_path / "new" / "results.jsonl"
    done = CliRunner().invoke(command, [*arguments, "--results", str(results)])
    assert done.exit_code == 0, done.output
    run = json.loads(results.read_text(encoding="utf-8"))
    assert run["rows"][0]["values"] == {"nlprnn": values}


def test_results_file_is_appended_to(command, tmp_path):
    results = tmp_path / "results.jsonl"
    for _ in range(2):
        CliRunner().invoke(command, ["--results", str(results)], catch_exceptions=False)
    first, second = map(json.loads, results.read_text(encoding="utf-8").splitlines())
    assert first.keys() == second.keys()
    assert {"commit", "date", "machine", "versions", "threads", "command", "bandwidth_gbs"} <= first.keys()
    assert {"processor", "instruction_sets", "cores"} <= first["machine"].keys()


def test_benchmarks_are_listed_with_a_line_each():
    code = "import runpy, sys; sys.argv[1:] = []\ntry: runpy.run_path('benchmarks', run_name='__main__')\n"
    code += "finally: assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    for name in ("batching", "classification", "generation", "language_model", "recurrent", "startup", "translation"):
        assert f"\n  {name} " in done.stdout, done.stderr
