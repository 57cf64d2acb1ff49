"""A column of a table as a sequence of texts."""

from __future__ import annotations

import datasets
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data.column_sequence import ColumnSequence


@given(st.lists(st.lists(st.text(max_size=3), max_size=4), min_size=1, max_size=5).filter(any), st.data())
def test_column_is_the_list_of_its_texts(chunks, data):
    texts = [text for chunk in chunks for text in chunk]
    table = datasets.Dataset(pa.table({"text": pa.chunked_array(chunks, pa.string())}))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), min_size=1, max_size=9))
    place, step = data.draw(st.integers(-len(rows), len(rows) - 1)), data.draw(st.integers(1, 4))
    for column, expected in ((table, texts), (table.select(rows), [texts[row] for row in rows])):
        sequence = ColumnSequence(column, "text")
        assert (len(sequence), list(sequence)) == (len(expected), expected)
        assert sequence[::step] == expected[::step]
        assert sequence[place:] == expected[place:]
    assert sequence[place] == expected[place]
