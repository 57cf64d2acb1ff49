"""Damage of `benchmarks/damage.py` to a tiny model and a tiny training: refused by name, or nothing is different."""

from __future__ import annotations

import importlib
import random
import shutil
import signal
from pathlib import Path

import pytest

import nlprnn
from nlprnn.errors import NlprnnError
from nlprnn.training import TrainingInterrupted
from nlprnn.training.files import WEIGHTS_FILE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def damage(monkeypatch):
    """The benchmark, as a module."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("damage")


def test_damaged_models_are_named_or_answer_the_same(damage, make_classifier, tmp_path):
    make_classifier().save(tmp_path / "model")
    make_classifier("bpe").save(tmp_path / "other")
    texts = ["The cat sat on the mat.", "naïve café"]
    answers, rng, outcomes = nlprnn.load(tmp_path / "model")(texts), random.Random(1), set()
    for path in sorted((tmp_path / "model").iterdir()):
        for kind in damage.KINDS:
            copy = shutil.copytree(tmp_path / "model", tmp_path / "copy")
            damage.damage(copy / path.name, kind, tmp_path / "other" / path.name, rng)
            code, text, same = 0, "", False
            try:
                same = nlprnn.load(copy)(texts) == answers
            except NlprnnError as error:
                code, text = 1, str(error)
            outcomes.add(damage.verdict(code, text, path, same=same))
            shutil.rmtree(copy)
    assert "refused by name" in outcomes
    assert outcomes <= {"refused by name", "nothing is different"}


def test_damaged_checkpoints_are_named_or_resume_the_same(damage, tiny, tmp_path):
    for name in ("run", "other"):
        loss = tiny.at_call(15, lambda: signal.raise_signal(signal.SIGINT), tiny.squared_error)
        with pytest.raises(TrainingInterrupted):
            tiny.linear_trainer(tmp_path / name, loss=loss, rate=0.1 if name == "run" else 0.2, run_id=name).fit()
    tiny.linear_trainer(tmp_path / "whole").fit()
    weights, rng, outcomes = (tmp_path / "whole" / WEIGHTS_FILE).read_bytes(), random.Random(1), set()
    for name in ("checkpoint/step-15.pt", "checkpoint/step-12.pt", WEIGHTS_FILE, "checksums.json"):
        for kind in damage.KINDS:
            copy = shutil.copytree(tmp_path / "run", tmp_path / "copy")
            damage.damage(copy / name, kind, tmp_path / "other" / name, rng)
            tiny.linear_trainer(copy, run_id="run").fit(resume=True)  # from the checkpoint before, if need be
            same = (copy / WEIGHTS_FILE).read_bytes() == weights
            outcomes.add(damage.verdict(0, "", copy / name, same=same))
            shutil.rmtree(copy)
    assert outcomes == {"nothing is different"}
