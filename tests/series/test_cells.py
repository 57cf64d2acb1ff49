"""Cells in compact blocks."""

from __future__ import annotations

import tracemalloc
from datetime import date
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.series import cells as module
from nlprnn.series.cells import CellColumn, cell_blocks

CELL = st.one_of(
    st.none(),
    st.text(st.characters(), max_size=5),
    st.integers(),
    st.floats(allow_nan=False),
    st.dates(),
    st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.one_of(st.lists(CELL), *(st.lists(one) for one in (st.text(max_size=3), st.integers(), st.floats(0, 9)))))
def test_cells_come_back_as_they_are(cells):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BLOCK", 8)
        patch.setattr(module, "_SHARED", 3)
        column = CellColumn()
        for cell in cells:
            column.append(cell)
        assert len(column) == len(cells)
        last_to_first = [column[-1 - index] for index in range(len(cells))]
        for read in (
            list(column),
            [column[index] for index in range(len(cells))],
            last_to_first[::-1],
            list(chain(*cell_blocks(column))),
        ):
            assert [(type(cell), cell) for cell in read] == [(type(cell), cell) for cell in cells]
        assert list(chain(*cell_blocks(cells))) == cells


def test_cells_of_a_long_table_take_few_bytes(monkeypatch):
    def taken(rows):
        tracemalloc.start()
        group, time, value = CellColumn(), CellColumn(), CellColumn()
        for row in range(rows):
            group.append(f"s{row // 200}")
            time.append(f"2024-01-01 {row // 3600 % 24:02}:{row // 60 % 60:02}:{row % 60:02}")
            value.append(f"{row * 7919 % 10_007 / 100}")
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size

    monkeypatch.setattr(module, "BLOCK", 4096)
    monkeypatch.setattr(module, "_SHARED", 512)
    assert taken(3 * 4096) < 16 * 3 * 4096  # a str alone takes more than 50


def test_dates_are_kept():
    column = CellColumn()
    column.append(date(2024, 1, 31))
    assert list(column) == [date(2024, 1, 31)]
