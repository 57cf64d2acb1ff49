from __future__ import annotations

import numpy as np

from nlprnn.metrics import precision_recall_f1


def test_percentages_from_counts():
    scores = precision_recall_f1(np.array([3, 1]), np.array([4, 1]), np.array([6, 1]))
    np.testing.assert_allclose(scores.precision, [75, 100])
    np.testing.assert_allclose(scores.recall, [50, 100])
    np.testing.assert_allclose(scores.f1, [60, 100])
    assert scores.support.tolist() == [6, 1]


def test_zero_denominators_give_0():
    nothing = np.zeros(1, dtype=np.int64)
    assert [column.tolist() for column in precision_recall_f1(nothing, nothing, nothing)] == [[0]] * 4
