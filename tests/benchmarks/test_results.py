"""The page of results has each measured value, its ratio, and the reason where there is none."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def results(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("results")


def run_facts(values, *, threads=1, quick=False, date="2026-01-02T03:04:05+00:00"):
    row = {
        "name": "job",
        "unit": "texts/s",
        "values": values,
        "unavailable": {"peer": "not installed: no wheel"},
        "limit": {"work": 10.0, "unit": "FLOP", "rates": [100.0, 100.0]},
        "note": "peer: other batches",
    }
    return {
        "benchmark": "classification",
        "command": "classification.py --peers-folder /home/me/peers --threads 1 --results results.jsonl",
        "quick": quick,
        "threads": threads,
        "clock": "processor time",
        "date": date,
        "commit": "0123456789abcdef",
        "machine": {"processor": "CPU", "instruction_sets": ["avx2"], "cores": 2, "load": 0.1},
        "versions": {"python": "3.11", "torch": "2.13.0"},
        "product_gflops": 50.0,
        "bandwidth_gbs": 10.0,
        "peak_memory_mb": 400.0,
        "rows": [row],
    }


def test_the_last_whole_run_of_each_benchmark_is_a_table(results, tmp_path):
    values = {"nlprnn": [4.0, 6.0], "plain": [2.0, 2.0]}
    runs = [
        run_facts({"nlprnn": [1.0, 1.0], "plain": [9.0, 9.0]}),
        run_facts(values, date="2026-02-03T03:04:05+00:00"),
        run_facts(values, threads=2),
        run_facts({"nlprnn": [0.1, 0.1], "plain": [9.0, 9.0]}, quick=True),
    ]
    path = tmp_path / "results.jsonl"
    path.write_text("\n".join(map(json.dumps, runs)), encoding="utf-8")
    out = tmp_path / "RESULTS.md"
    CliRunner().invoke(results.main, [str(path), "--out", str(out)], catch_exceptions=False)
    page = out.read_text(encoding="utf-8")
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## classification, 1 thread",
        "## classification, 2 threads",
    ]
    assert page.count("| job | nlprnn | 5.00 (4.00 to 6.00) texts/s |  | 50% |") == 2
    assert page.count("| | peer | not installed: no wheel | | |") == 2
    assert "| plain | 2.00 (2.00 to 2.00) texts/s | 2.50 (2.00 to 3.00) | 20% |" in page
    assert "`python benchmarks/classification.py --threads 1`" in page
    assert "2026-02-03" in page
    assert "9.00" not in page
