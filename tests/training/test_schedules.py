from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.training.ema import moving_average
from nlprnn.training.schedules import constant, cosine, linear, linear_after, with_warmup

PROGRESS = st.floats(0, 1)


@pytest.mark.parametrize(("schedule", "end"), [(constant, 1.0), (linear, 0.0), (cosine, 0.0)])
def test_schedules_go_from_the_full_rate_to_their_end(schedule, end):
    assert schedule(0.0) == 1.0
    assert schedule(1.0) == end
    assert with_warmup(schedule, 0.3)(1.0) == end


def test_schedules_have_their_known_values_on_the_way():
    assert linear(0.25) == 0.75
    assert cosine(0.5) == pytest.approx(0.5)
    assert cosine(1 / 3) == pytest.approx(0.75)
    assert cosine(1.5) == linear(1.5) == 0.0  # past the end they stay there
    assert [linear_after(0.2)(progress) for progress in (0.0, 0.5, 0.75, 1.0, 1.5)] == pytest.approx(
        [1, 1, 0.6, 0.2, 0.2]
    )


@pytest.mark.parametrize("end", [-0.1, 1.1, float("nan")])
def test_a_schedule_ends_between_nothing_and_all(end):
    with pytest.raises(ValueError, match="from 0 to 1"):
        linear_after(end)


@pytest.mark.parametrize("schedule", [constant, linear, cosine, linear_after(0.3)])
@given(first=PROGRESS, second=PROGRESS)
def test_schedules_never_rise(schedule, first, second):
    assert schedule(min(first, second)) >= schedule(max(first, second))


@pytest.mark.parametrize("schedule", [constant, linear, cosine])
@given(warmup=st.floats(0.01, 0.99), progress=PROGRESS)
def test_warm_up_rises_straight_from_zero_and_joins_the_schedule_without_a_jump(schedule, warmup, progress):
    warmed = with_warmup(schedule, warmup)
    assert warmed(0.0) == 0.0
    assert warmed(warmup) == 1.0
    assert warmed(warmup - 1e-9) == pytest.approx(1.0, abs=1e-6)
    if progress < warmup:
        assert warmed(progress) == pytest.approx(progress / warmup)
    else:
        assert warmed(progress) == pytest.approx(schedule((progress - warmup) / (1 - warmup)))


def test_no_warm_up_is_the_schedule_itself():
    assert [with_warmup(cosine, 0.0)(p / 10) for p in range(11)] == [cosine(p / 10) for p in range(11)]


@pytest.mark.parametrize("warmup", [-0.1, 1.0, 2.0])
def test_a_warm_up_out_of_range_is_refused(warmup):
    with pytest.raises(ValueError, match="warmup must be"):
        with_warmup(cosine, warmup)


@pytest.mark.parametrize("decay", [-0.1, 1.0])
def test_a_decay_out_of_range_is_refused(decay):
    with pytest.raises(ValueError, match="decay"):
        moving_average(torch.nn.Linear(1, 1), decay)


def test_the_average_follows_closely_at_first_and_then_by_its_decay():
    model = torch.nn.Linear(1, 1, bias=False)
    average = moving_average(model, 0.5)
    expected = 0.0
    for count, weight in enumerate([4.0, 8.0, 2.0, *[6.0] * 20]):
        torch.nn.init.constant_(model.weight, weight)
        average.update_parameters(model)
        keep = min(0.5, (1 + count) / (10 + count)) if count else 0.0  # the first is taken as it is
        expected = keep * expected + (1 - keep) * weight
        assert float(average.module.weight.detach()) == pytest.approx(expected, rel=1e-6)
    assert keep == 0.5
