from __future__ import annotations

import pytest

from nlprnn.training import TrainingOptions
from nlprnn.training.precision import chosen_precision


@pytest.mark.parametrize("name", ["epochs", "accumulate", "evaluate_every", "patience", "log_every"])
def test_count_below_1_is_an_error(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        TrainingOptions(**{name: 0})


@pytest.mark.parametrize(
    ("launched", "precision", "expected"),
    [
        (None, None, "fp32"),
        ("bf16", None, "bf16"),
        ("bf16", "fp32", "fp32"),
        ("no", "fp16", "fp16"),
        ("no", None, "fp32"),
    ],
)
def test_precision_defaults_to_that_of_accelerate_launch(monkeypatch, launched, precision, expected):
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION", raising=False)
    if launched:
        monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", launched)
    assert chosen_precision(TrainingOptions(precision=precision).precision) == expected


def test_unknown_precision_is_an_error(monkeypatch):
    with pytest.raises(ValueError, match="unknown precision 'int8': choose fp32, bf16 or fp16"):
        TrainingOptions(precision="int8")
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "fp8")
    with pytest.raises(ValueError, match="unknown precision 'fp8'"):
        TrainingOptions()
