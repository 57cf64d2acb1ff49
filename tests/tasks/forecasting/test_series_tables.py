"""Splits of series by the files of a folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nlprnn.series.columns import SeriesColumns
from nlprnn.series.table import TableForm
from nlprnn.tasks.forecasting.series_tables import load_series


def test_test_split_may_begin_in_an_hour_that_occurs_twice(tmp_path):
    first = datetime(2024, 10, 25, tzinfo=UTC)
    hours = [(first + timedelta(hours=hour)).astimezone(ZoneInfo("Europe/Berlin")) for hour in range(80)]
    assert [hours[hour].hour for hour in (48, 49)] == [2, 2]
    for split, rows in (("train", hours[:49]), ("test", hours[49:])):
        lines = [f"{hour:%Y-%m-%d %H:%M},{name},{number}" for name in "ab" for number, hour in enumerate(rows)]
        (tmp_path / f"{split}.csv").write_text("\n".join(["ds,id,y", *lines]) + "\n")
    columns, form = SeriesColumns(("y",), ("ds",), "id"), TableForm(time_zone="Europe/Berlin")
    splits = load_series(str(tmp_path), lambda names, kind: columns, form=form)
    assert splits.test == splits.data.starts[0] + 49
    assert splits.data.lengths.tolist() == [80, 80]
