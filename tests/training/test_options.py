from __future__ import annotations

import pytest

from nlprnn.training.options import TrainingOptions


@pytest.mark.parametrize("name", ["epochs", "accumulation", "evaluate_every", "patience", "log_every"])
def test_a_count_below_one_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        TrainingOptions(**{name: 0})
