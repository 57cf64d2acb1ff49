"""Kills of `benchmarks/kills.py` at instants of a tiny training: each is resumed bit for bit."""

from __future__ import annotations

import importlib
import os
import signal
from pathlib import Path

import pytest

from nlprnn.experiment.run_folder import can_resume
from nlprnn.training import read_metrics
from nlprnn.training.files import WEIGHTS_FILE

ROOT = Path(__file__).parents[2]
CLOCKS = ("minutes", "tokens_per_second", "peak_memory_mb")


@pytest.fixture
def kills(monkeypatch):
    """The benchmark, as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("kills")


def results(folder):
    records = [{name: value for name, value in record.items() if name not in CLOCKS} for record in read_metrics(folder)]
    return (folder / WEIGHTS_FILE).read_bytes(), records


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_run_killed_at_any_instant_resumes_bit_for_bit(kills, tiny, tmp_path):
    def train(folder, *, resume):
        tiny.linear_trainer(folder, epochs=2, save_minutes=0).fit(resume=resume)

    def killed(folder, fatal, counts=None):
        def run():
            kills.arm(fatal, counts)
            train(folder, resume=False)

        return kills.trials.wait([kills.trials.forked(run, tmp_path / "log")])

    (tmp_path / "counts").touch()
    assert killed(tmp_path / "whole", None, tmp_path / "counts") == [0], (tmp_path / "log").read_text()
    whole, instants = results(tmp_path / "whole"), (tmp_path / "counts").stat().st_size
    assert instants > 200
    begun_again = 0
    for fatal in range(5, instants - 9, 37):  # the first process alone made PyTorch's folder for compiled code
        folder = tmp_path / str(fatal)
        assert killed(folder, fatal) == [-signal.SIGKILL], (fatal, instants)
        resume = can_resume(folder)
        begun_again += not resume
        train(folder, resume=resume)
        assert results(folder) == whole, f"killed at instant {fatal}"
        assert not list(folder.rglob("*.tmp"))
        assert len(list((folder / "checkpoint").iterdir())) <= 3
    assert 0 < begun_again < 4
