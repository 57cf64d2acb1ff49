"""Validation within a time limit."""

from __future__ import annotations

import numpy as np
import pytest

from nlprnn.training import SplitValidation
from nlprnn.training import validation as module


class Clock:
    """Time that passes with the rows that are scored."""

    def __init__(self, seconds_per_row, start=0.0):
        self.now, self.seconds_per_row, self.start = 0.0, seconds_per_row, start
        self.scored = []

    def monotonic(self):
        return self.now

    def score(self, model, rows):
        assert model == "model"
        assert np.all(np.diff(rows) > 0)
        self.scored.append(rows)
        self.now += self.start + self.seconds_per_row * len(rows)
        return {"loss": float(len(rows))}


@pytest.fixture
def make(monkeypatch):
    def build(num_rows, seconds_per_row, *, limit=None, start=0.0):
        clock = Clock(seconds_per_row, start)
        monkeypatch.setattr(module, "time", clock)
        validation, lines = SplitValidation(clock.score, num_rows), []
        if limit is not None:
            validation.limit(limit, lines.append)
        return validation, clock, lines

    return build


@pytest.mark.parametrize("limit", [None, 1e6])
def test_all_rows_are_scored_where_time_allows(make, limit):
    validation, clock, lines = make(5000, 0.01, limit=limit)
    assert not validation.changed
    assert validation("model") == {"loss": 5000}
    assert clock.scored[-1].tolist() == list(range(5000))
    assert lines == []
    assert clock.now < 51


def test_time_after_training_follows_from_the_last_speed(monkeypatch):
    clock = Clock(0.01)
    monkeypatch.setattr(module, "time", clock)
    validation = SplitValidation(clock.score, 100, final_rows=300)
    assert validation.final_seconds == 0
    validation.measure("model")
    assert validation.final_seconds == pytest.approx(3.0)
    assert len(clock.scored[-1]) == 16
    clock.seconds_per_row = 0.02
    validation("model")
    assert validation.final_seconds == pytest.approx(6.0)


def test_rows_that_take_no_measurable_time_are_all_scored(make):
    validation, _, _ = make(5000, 0.0, limit=10.0)
    assert validation("model") == {"loss": 5000}


@pytest.mark.parametrize("seconds_per_row", [1e-4, 1e-3, 0.01, 0.1, 0.3])
@pytest.mark.parametrize("start", [0.0, 0.5])
@pytest.mark.parametrize("num_rows", [1, 16, 17, 400, 1_000_000])
def test_time_limit_is_kept(make, seconds_per_row, start, num_rows):
    limit = 10.0
    validation, clock, lines = make(num_rows, seconds_per_row, limit=limit, start=start)
    scores = validation("model")
    assert clock.now < 2 * limit
    used = int(scores["loss"])
    if seconds_per_row * num_rows + start < limit / 2:
        assert used == num_rows
    if used < num_rows:
        assert lines == [f"validation on {used:,} of {num_rows:,} rows, which take about 10 s of the time limit"]
        assert used * seconds_per_row + start > limit / 8  # the time is used
    else:
        assert lines == []


def test_rows_stay_the_same_and_come_from_the_whole_split(make):
    validation, clock, lines = make(10_000, 0.01, limit=10.0)
    scores = [validation("model")["loss"] for _ in range(4)]
    assert len(set(scores)) == 1
    finals = [rows.tolist() for rows in clock.scored if len(rows) == scores[0]]
    assert len(finals) == 4
    assert all(rows == finals[0] for rows in finals)
    assert np.mean(finals[0]) == pytest.approx(5000, rel=0.1)
    assert len(lines) == 1
    assert not validation.changed


def test_slower_and_faster_models_change_the_rows(make):
    validation, clock, lines = make(1000, 0.001, limit=10.0)
    assert validation("model") == {"loss": 1000}
    assert not validation.changed
    clock.seconds_per_row *= 100
    before = clock.now
    fewer = validation("model")["loss"]
    assert 50 < fewer < 1000
    assert clock.now - before < 20
    assert validation.changed
    assert len(lines) == 1

    clock.seconds_per_row /= 4
    assert validation("model")["loss"] == fewer  # its speed is known now
    assert not validation.changed
    assert fewer < validation("model")["loss"] < 1000
    assert validation.changed
    clock.seconds_per_row /= 1000
    sizes = [validation("model")["loss"] for _ in range(3)]
    assert sizes[-1] == 1000
    assert not validation.changed
    assert len(lines) == 3
