from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.training import constant, cosine, linear, linear_after, with_warmup

PROGRESS = st.floats(0, 1)


@pytest.mark.parametrize(("schedule", "end"), [(constant, 1.0), (linear, 0.0), (cosine, 0.0)])
def test_schedules_start_at_1_and_reach_their_end(schedule, end):
    assert schedule(0.0) == 1.0
    assert schedule(1.0) == end
    assert with_warmup(schedule, 0.3)(1.0) == end


def test_known_values_of_schedules():
    assert linear(0.25) == 0.75
    assert cosine(0.5) == pytest.approx(0.5)
    assert cosine(1 / 3) == pytest.approx(0.75)
    assert cosine(1.5) == linear(1.5) == 0.0  # past the end they stay there
    assert [linear_after(0.2)(progress) for progress in (0.0, 0.5, 0.75, 1.0, 1.5)] == pytest.approx(
        [1, 1, 0.6, 0.2, 0.2]
    )


@pytest.mark.parametrize("end", [-0.1, 1.1, float("nan")])
def test_end_outside_0_to_1_is_an_error(end):
    with pytest.raises(ValueError, match="from 0 to 1"):
        linear_after(end)


@pytest.mark.parametrize("schedule", [constant, linear, cosine, linear_after(0.3)])
@given(first=PROGRESS, second=PROGRESS)
def test_schedules_never_rise(schedule, first, second):
    assert schedule(min(first, second)) >= schedule(max(first, second))


@pytest.mark.parametrize("schedule", [constant, linear, cosine])
@given(warmup=st.floats(0.01, 0.99), progress=PROGRESS)
def test_warmup_rises_linearly_into_the_schedule(schedule, warmup, progress):
    warmed = with_warmup(schedule, warmup)
    assert warmed(0.0) == 0.0
    assert warmed(warmup) == 1.0
    assert warmed(warmup - 1e-9) == pytest.approx(1.0, abs=1e-6)
    if progress < warmup:
        assert warmed(progress) == pytest.approx(progress / warmup)
    else:
        assert warmed(progress) == pytest.approx(schedule((progress - warmup) / (1 - warmup)))


def test_no_warmup_is_the_schedule_itself():
    assert [with_warmup(cosine, 0.0)(p / 10) for p in range(11)] == [cosine(p / 10) for p in range(11)]


@pytest.mark.parametrize("warmup", [-0.1, 1.0, 2.0])
def test_warmup_out_of_range_is_an_error(warmup):
    with pytest.raises(ValueError, match="warmup must be"):
        with_warmup(cosine, warmup)
