from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest

from nlprnn.errors import DataError
from nlprnn.series.times import parse_times


def place(row):
    return f"line {row + 2}"


def parse(cells, **options):
    return parse_times(cells, "ds", place=place, **options).values.astype(str).tolist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2016-01-31", "2016-02-01 13:05"], ["2016-01-31T00:00:00", "2016-02-01T13:05:00"]),
        (["2016/01/31", "2016.2.1T13:05:07.250"], ["2016-01-31T00:00:00", "2016-02-01T13:05:07"]),
        (["31/01/2016", "01/02/2016"], ["2016-01-31T00:00:00", "2016-02-01T00:00:00"]),
        (["01/31/2016", "02/01/2016"], ["2016-01-31T00:00:00", "2016-02-01T00:00:00"]),
        (["31.1.99", "1.2.16"], ["1999-01-31T00:00:00", "2016-02-01T00:00:00"]),
        (["01/31/2016 12:05:00 AM", "02/01/2016 1:30 pm"], ["2016-01-31T00:05:00", "2016-02-01T13:30:00"]),
        (["2016年1月31日", "2016年02月1日 13:05"], ["2016-01-31T00:00:00", "2016-02-01T13:05:00"]),
        (["2016年1月", "2016年2月"], ["2016-01-01T00:00:00", "2016-02-01T00:00:00"]),
        (["20160131", 20160201], ["2016-01-31T00:00:00", "2016-02-01T00:00:00"]),
        (["2016-01", "2016-02"], ["2016-01-01T00:00:00", "2016-02-01T00:00:00"]),
        (["2016-01-31T00:30:00+02:00", "2016-01-31T00:00Z"], ["2016-01-30T22:30:00", "2016-01-31T00:00:00"]),
        ([date(2016, 1, 31), datetime(2016, 2, 1, 5)], ["2016-01-31T00:00:00", "2016-02-01T05:00:00"]),
        (np.array(["2016-01-31T05"], dtype="datetime64[ns]"), ["2016-01-31T05:00:00"]),
        (["1454198400", 1454198460], ["2016-01-31T00:00:00", "2016-01-31T00:01:00"]),
        ([1454198400000], ["2016-01-31T00:00:00"]),
    ],
)
def test_forms_are_recognised(cells, expected):
    assert parse(cells) == expected


def test_small_integers_count_steps():
    assert parse_times(["1", "2", "5"], "t", place=place).values.tolist() == [1, 2, 5]


def test_integers_that_are_no_dates_count_steps():
    assert parse([20160131, 20160132]) == ["20160131", "20160132"]


def test_ambiguous_order_is_an_error_that_names_the_option():
    with pytest.raises(DataError, match=r"line 2: '04/03/2016' .* --date-order dmy or --date-order mdy"):
        parse(["04/03/2016", "05/03/2016"])
    assert parse(["04/03/2016"], order="mdy") == ["2016-04-03T00:00:00"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["2016-01-01", ""], "line 3: the time in column 'ds' is missing"),
        (["2016-01-01", "soon"], "line 3: 'soon' in column 'ds' is no time"),
        (["2016-01-01", "2016-02-30"], "line 3: there is no date '2016-02-30'"),
        (["13/01/2016", "01/13/2016"], "line 2: '13/01/2016' .* begins with the day, others with the month"),
    ],
)
def test_damaged_times_are_named(cells, message):
    with pytest.raises(DataError, match=message):
        parse(cells)


def test_hours_of_a_clock_that_changes_become_even():
    spring = ["2024-03-31 01:00", "2024-03-31 03:00"]  # 02:00 does not exist
    autumn = ["2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00"]  # the first hour is repeated
    for cells in (spring, autumn):
        times = parse_times(cells, "ds", place=place, zone="Europe/Berlin").values
        assert set(np.diff(times).astype(int).tolist()) == {3600}
    two = parse_times(autumn * 2, "ds", place=place, zone="Europe/Berlin", group=np.repeat([0, 1], 3)).values
    np.testing.assert_array_equal(two[:3], two[3:])  # each series has both hours
    with pytest.raises(DataError, match="--time-zone Moon is unknown"):
        parse(spring, zone="Moon")


def test_repeated_times_are_parsed_once():
    days = ["2016-01-31", "2016-02-01", "2016-02-02"]
    assert parse(days * 3) == parse(days) * 3
    with pytest.raises(DataError, match=r"^line 5: there is no date '2016-02-31'"):
        parse([*days, "2016-02-31", *days, "2016-02-31"] * 2)
    with pytest.raises(DataError, match=r"^line 3: the time in column 'ds' is missing"):
        parse(["2016-01-31", ""] * 4)


@pytest.mark.parametrize("cell", [[1], math.inf, 10**20])
def test_what_is_neither_text_nor_date_is_named(cell):
    for cells in ([1, cell], [1, cell] * 4):
        with pytest.raises(DataError, match=r"line 3: '.*' in column 'ds' is no time like those before it"):
            parse(cells)


@pytest.mark.parametrize("cells", [["20160131", "2016-02-01"], ["1", "2", "soon"], [1, 2, 2.5]])
def test_first_time_that_is_no_whole_number_is_named_where_others_are(cells):
    with pytest.raises(DataError, match=rf"line {len(cells) + 1}: '{cells[-1]}' in column 'ds' .*whole numbers"):
        parse(cells)


def test_dates_of_mixed_forms_have_a_mend():
    with pytest.raises(DataError, match=r"there is no date '2020-01-01' \(order: dmy\): .* all dates in one form"):
        parse(["2020-01-01", "2020-01-02", "1/2/2020"])
