"""Problems and levels of `benchmarks/long_memory.py`, and the norms of `benchmarks/gradient_norms.py`."""

from __future__ import annotations

import importlib
import math
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from torch.nn import functional

from nlprnn.reference import GRU, SimpleRNN

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")


@pytest.fixture
def memory():
    return importlib.import_module("long_memory")


def test_adding_marks_one_number_in_each_half(memory):
    x, sums = memory.adding(4000, 10, torch.Generator().manual_seed(1))
    numbers, marks = x.unbind(2)
    assert torch.equal(marks[:, :5].sum(1), torch.ones(4000))
    assert torch.equal(marks[:, 5:].sum(1), torch.ones(4000))
    torch.testing.assert_close(sums[:, 0], (numbers * marks).sum(1))
    error = functional.mse_loss(torch.ones_like(sums), sums).item()  # of who predicts the mean
    assert error == pytest.approx(memory.chance("adding", 10), rel=0.05)


def test_copying_ends_with_the_symbols_and_knows_its_chance(memory):
    x, targets = memory.copying(50, 7, torch.Generator().manual_seed(1))
    ids = x.argmax(dim=2)
    assert ids.shape == targets.shape == (50, 27)
    assert torch.equal(ids[:, :10], targets[:, 17:])
    assert (targets[:, :17] == memory.BLANK).all()
    assert (ids[:, 10:] == memory.BLANK).sum() == 50 * 16
    assert (ids[:, 16] == memory.START).all()  # the step before the first symbol is due
    log_p = torch.full((50, 27, 9), -math.inf)
    log_p[:, :17, memory.BLANK] = 0.0
    log_p[:, 17:, :8] = -math.log(8)
    loss = functional.nll_loss(log_p.flatten(0, 1), targets.flatten()).item()  # of who remembers nothing
    assert loss == pytest.approx(memory.chance("copying", 7), rel=1e-6)


def test_lstm_learns_to_add_and_is_drawn(memory, tmp_path):
    arguments = ["--length", "6", "--cells", "lstm", "--updates", "100", "--out", str(tmp_path / "curve.svg")]
    result = CliRunner().invoke(memory.main, arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "chance has a mean squared error of 0.1667" in result.output
    (row,) = [line for line in result.output.splitlines() if line.startswith("lstm")]
    assert float(row.split()[1]) < 0.05
    assert (tmp_path / "curve.svg").exists()


def test_gradients_vanish_and_explode():
    norms = importlib.import_module("gradient_norms").gradient_norms
    sizes = {"hidden_size": 16, "length": 40, "seed": 1}
    assert norms(SimpleRNN("sigmoid"), gain=1.0, bias=0.0, **sizes)[30] < 1e-12
    assert norms(SimpleRNN("relu"), gain=3.0, bias=0.0, **sizes)[30] > 1e3
    kept = norms(GRU(), gain=1.0, bias=3.0, **sizes)
    assert kept[0] == 1.0
    assert kept[30] > 0.1


def test_curriculum_doubles_the_length_when_it_is_learnt(memory):
    lengths = memory.Curriculum("copying", 1, 5)
    seen = []
    for _ in range(400):
        lengths.add(0.05 * memory.chance("copying", lengths.length))
        seen.append(lengths.length)
    assert sorted(set(seen)) == [1, 2, 4, 5]
    assert seen == sorted(seen)
    assert seen.count(1) > 20  # not by one lucky batch
    unlearnt = memory.Curriculum("copying", 1, 5)
    for _ in range(400):
        unlearnt.add(0.2 * memory.chance("copying", 1))
    assert unlearnt.length == 1


def test_training_ends_at_its_goal_and_reports_the_whole_length(memory):
    torch.manual_seed(1)
    network = memory.Network("adding", "lstm", 16, memory=4)
    sizes = {"length": 4, "updates": 400, "batch_size": 32, "learning_rate": 0.01}
    curve = list(memory.train(network, "adding", **sizes, curriculum=True, goal=0.3))
    assert (curve[0].length, curve[-1].length) == (2, 4)
    assert curve[-1].loss < 0.3 / 6 <= min(point.loss for point in curve[:-1])
    assert curve[-1].update < 400


@pytest.mark.parametrize(("option", "value"), [("--cells", "lstm,mamba"), ("--length", "1")])
def test_unknown_cells_and_lengths_are_refused(memory, option, value):
    result = CliRunner().invoke(memory.main, [option, value])
    assert result.exit_code == 2
    assert option in result.output
