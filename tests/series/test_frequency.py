from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.errors import DataError, OptionError
from nlprnn.series.frequency import Frequency, recognised_frequency


def recognised(*texts):
    return recognised_frequency([np.array(texts, dtype="datetime64[s]")], ["y"])


@pytest.mark.parametrize(
    ("texts", "name", "seasons"),
    [
        (["2016-01-01T00:00", "2016-01-01T00:05", "2016-01-01T00:15"], "5min", (288, 2016)),
        (["2016-01-01T00:30", "2016-01-01T01:30", "2016-01-01T02:30"], "h", (24, 168)),
        (["2016-01-01", "2016-01-02", "2016-01-03"], "D", (7, 365)),
        (["2016-01-07", "2016-01-08", "2016-01-11", "2016-01-12"], "B", (5,)),
        (["2016-01-04", "2016-01-11", "2016-01-18"], "W", (52,)),
        (["2016-01-31", "2016-02-29", "2016-03-31"], "M", (12,)),
        (["2016-01-15", "2016-02-15", "2016-04-15"], "M", (12,)),
        (["2016-01-01", "2016-04-01", "2016-07-01"], "3M", (4,)),
        (["2015-01-01", "2016-01-01", "2017-01-01"], "12M", ()),
    ],
)
def test_times_give_the_frequency_and_come_back(texts, name, seasons):
    times = np.array(texts, dtype="datetime64[s]")
    frequency = recognised(*texts)
    assert str(frequency) == name
    assert frequency.seasons == seasons
    assert frequency.times(frequency.positions(times)).tolist() == times.tolist()


@pytest.mark.parametrize("name", ["5min", "30s", "h", "2h", "D", "W", "B", "M", "3M"])
@given(position=st.integers(0, 5000))
def test_positions_and_times_are_inverse(name, position):
    frequency = Frequency.parse(name)
    positions = np.array([position])
    assert frequency.positions(frequency.times(positions)).tolist() == [position]


@pytest.mark.parametrize("name", ["", "fortnight", "0h", "-1h", "2B"])
def test_unknown_frequency_is_an_error(name):
    with pytest.raises(OptionError, match="--frequency"):
        Frequency.parse(name)


def test_uneven_times_ask_for_a_frequency():
    with pytest.raises(DataError, match=r"uneven: the most common step is h, .* give --frequency"):
        recognised("2016-01-01T00:00", "2016-01-01T01:00", "2016-01-01T02:00", "2016-01-01T02:17", "2016-01-01T03:20")


def test_series_of_different_frequencies_are_an_error():
    hours, days = (np.datetime64("2016-01-01", "s") + np.arange(5) * step for step in (3600, 86400))
    with pytest.raises(DataError, match="different frequencies \\(h, and 'b' D\\)"):
        recognised_frequency([hours, days], ["a", "b"])


def test_single_rows_have_no_frequency():
    with pytest.raises(DataError, match="no series has two times"):
        recognised("2016-01-01")


def test_changed_frequency_and_sparse_times_are_errors():
    days, hours = np.arange(0, 960, 24), 960 + np.arange(200)
    start = np.datetime64("2024-01-01T00:00:00")
    with pytest.raises(DataError, match="the frequency changes: 40 steps in a row are D, most are h: give one"):
        recognised_frequency([start + 3600 * np.concatenate([days, hours])], ["a"])
    random = np.cumsum(np.random.default_rng(0).integers(1, 90, 80))
    with pytest.raises(DataError, match=r"uneven.*% of the steps are longer: give --frequency"):
        recognised_frequency([start + 60 * random], ["a"])


def test_nights_without_rows_are_gaps():
    opened = [24 * day + hour for day in range(30) for hour in range(9, 17)]
    hourly = np.datetime64("2024-01-01T00:00:00") + 3600 * np.array(opened)
    assert str(recognised_frequency([hourly], ["a"])) == "h"
