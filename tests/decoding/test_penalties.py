from __future__ import annotations

import math

import pytest
import torch

from nlprnn.decoding import average_length_penalty, coverage_penalty, wu_length_penalty

LENGTHS = torch.tensor([1.0, 2.0, 7.0, 31.0])


def test_length_penalties_match_their_formulas():
    torch.testing.assert_close(
        wu_length_penalty(0.5)(LENGTHS), torch.tensor([1.0, math.sqrt(7 / 6), math.sqrt(2), 6**0.5])
    )
    torch.testing.assert_close(average_length_penalty()(LENGTHS), LENGTHS)
    torch.testing.assert_close(average_length_penalty(0.5)(LENGTHS), LENGTHS.sqrt())
    for penalty in (wu_length_penalty, average_length_penalty):
        assert (penalty(0.0)(LENGTHS) == 1).all()


def test_coverage_penalty_matches_the_paper_without_padding():
    coverage = torch.tensor([[0.5, 1.0, 0.25, 0.0], [2.0, 1.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [1e-9, 3.0, 1.0, 1.0]])
    expected = torch.tensor([math.log(0.125), 0.0, 0.0, math.log(1e-9)])
    torch.testing.assert_close(coverage_penalty(0.2)(coverage), 0.2 * expected)
    assert (coverage_penalty(0.0)(coverage) == 0).all()


@pytest.mark.parametrize("build", [wu_length_penalty, average_length_penalty, coverage_penalty])
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_values_out_of_range_are_an_error(build, value):
    with pytest.raises(ValueError, match=f"0 or more.*{value}"):
        build(value)
