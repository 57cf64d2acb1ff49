from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("gpu")


def test_whole_program_on_the_cpu(benchmark):
    result = CliRunner().invoke(benchmark.main, ["--device", "cpu", "--quick"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert sum("largest difference 0.0e+00" in line for line in lines) == len(benchmark.comparisons())
    for name in ("translation", "language model", "classification"):
        tokens, plain, ratio = next(line for line in lines if line.startswith(f"{name:<18}fp32"))[28:].split()[:3]
        assert float(tokens.replace(",", "")) > 0 < float(plain.replace(",", ""))
        assert float(ratio) > 0
    assert "a CPU cannot train in fp16" in result.output
    assert "sentences/s" in lines[-2]


def test_difference_from_the_cpu_is_an_error(benchmark, monkeypatch):
    results = iter([torch.zeros(3), torch.tensor([0.0, 0.1, 0.0])])
    monkeypatch.setattr(benchmark, "comparisons", lambda: {"lstm": lambda device: [next(results)]})
    monkeypatch.setattr(benchmark, "print_speed", lambda *arguments, **options: None)
    result = CliRunner().invoke(benchmark.main, ["--device", "cpu", "--quick"])
    assert result.exit_code == 1
    assert "a result differs by 1.0e-01 from that of the CPU" in result.output
    assert benchmark.distance(torch.zeros(2), torch.zeros(3)) == float("inf")
