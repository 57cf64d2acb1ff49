"""The scores at the end: of all rows, or of those that a time limit leaves time for."""

from __future__ import annotations

import numpy as np
import pytest

from nlprnn.experiment import final_scores
from nlprnn.experiment.final_scores import score_splits
from nlprnn.training import validation


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves on by 0.01 s for each row that is scored."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

        def score(self, split, rows):
            size = len(np.arange(SIZES[split])[rows])
            self.now += 0.01 * size
            return {"accuracy": 100.0, "read": size}

    clock = Clock()
    monkeypatch.setattr(final_scores, "time", clock)
    monkeypatch.setattr(validation, "time", clock)
    return clock


SIZES = {"validation": 1000, "test": 3000}


@pytest.mark.parametrize("seconds", [None, 41.0, 1000.0])
def test_all_rows_are_scored_where_there_is_time(clock, seconds):
    said = []
    final = score_splits(clock.score, SIZES, seconds=seconds, report=said.append)
    assert final.scores == {split: {"accuracy": 100.0, "read": size} for split, size in SIZES.items()}
    assert final.rows == dict.fromkeys(SIZES, slice(None))
    assert not said


@pytest.mark.parametrize("passes", [1, 3])
@pytest.mark.parametrize("seconds", [0.001, 4.0, 12.0])
def test_rows_are_what_there_is_time_for(clock, seconds, passes):
    said, began = [], clock.now
    final = score_splits(clock.score, SIZES, seconds=seconds, passes=passes, report=said.append)
    number = {split: len(rows) for split, rows in final.rows.items()}
    fitting = seconds / passes / 0.01 / 4000
    for split, size in SIZES.items():
        assert number[split] == pytest.approx(max(16, size * fitting), abs=1)
        assert final.scores[split] == {"accuracy": 100.0, "read": number[split], "rows": number[split]}
        assert len(np.unique(final.rows[split])) == number[split]
        assert final.rows[split].max() < size
    assert clock.now - began <= max(seconds / passes, 0.32) * 1.5 + 0.16  # with the trials
    [sentence] = said
    for word in ("1,000 rows of validation", "3,000 rows of test", "nlprnn evaluate"):
        assert word in sentence


def test_small_splits_are_scored_whole(clock):
    final = score_splits(lambda split, rows: {"rows_read": 1}, {"test": 5}, seconds=0.001, report=print)
    assert final.rows == {"test": slice(None)}
    assert score_splits(clock.score, {}, seconds=1.0, report=print).scores == {}
