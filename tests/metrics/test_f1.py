from __future__ import annotations

import numpy as np
import pytest

from nlprnn.metrics import precision_recall_f1


def test_percentages_from_counts():
    scores = precision_recall_f1(np.array([3, 1]), np.array([4, 1]), np.array([6, 1]))
    np.testing.assert_allclose(scores.precision, [75, 100])
    np.testing.assert_allclose(scores.recall, [50, 100])
    np.testing.assert_allclose(scores.f1, [60, 100])
    assert scores.support.tolist() == [6, 1]
    assert scores.predicted.tolist() == [4, 1]
    assert scores.macro_f1 == 80


def test_absent_classes_do_not_count():
    scores = precision_recall_f1(np.array([2, 0, 0, 0]), np.array([2, 0, 1, 0]), np.array([2, 1, 0, 0]))
    assert scores.absent.tolist() == [False, False, False, True]
    assert scores.macro_f1 == pytest.approx(100 / 3)
    nothing = np.zeros(2, dtype=np.int64)
    assert precision_recall_f1(nothing, nothing, nothing).macro_f1 == 0


def test_zero_denominators_give_0():
    nothing = np.zeros(1, dtype=np.int64)
    assert [column.tolist() for column in precision_recall_f1(nothing, nothing, nothing)] == [[0]] * 5
