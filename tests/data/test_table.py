"""Columns of tables, and what reading them leaves as it was."""

from __future__ import annotations

import logging

import datasets
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.table import arrow_column, column_values, quiet_datasets


@pytest.mark.parametrize("shown", [True, False])
def test_progress_bars_and_log_are_as_before(shown):
    datasets.enable_progress_bars() if shown else datasets.disable_progress_bars()
    level = logging.getLogger("datasets").level
    try:
        with quiet_datasets():
            assert datasets.are_progress_bars_disabled()
            assert logging.getLogger("datasets").level == logging.CRITICAL
        assert datasets.are_progress_bars_disabled() is not shown
        assert logging.getLogger("datasets").level == level
    finally:
        datasets.enable_progress_bars()


@given(st.lists(st.lists(st.text(max_size=3), max_size=4), min_size=1, max_size=5).filter(any), st.data())
def test_selected_rows_are_taken_in_their_order(chunks, data):
    texts = [text for chunk in chunks for text in chunk]
    table = datasets.Dataset(pa.table({"text": pa.chunked_array(chunks, pa.string())}))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=9))
    for selected in (rows, rows[::2]):
        assert column_values(table.select(selected), "text") == [texts[row] for row in selected]
    assert column_values(table, "text") == texts
    assert arrow_column(table.select(rows), "text").type == pa.string()
