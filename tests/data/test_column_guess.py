"""Guess of the text by names and content, and the columns of a training in place of a guess."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import ReadOptions, load_split
from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_guess import prose_length
from nlprnn.data.column_roles import Kind, Schema
from nlprnn.errors import DataError

SHORT, LONG, WORD = "Note {}", "We waited for an hour and nobody came to room {}.", "n{}"


def guess(texts, roles=("text", "label"), **more):
    """The columns that are guessed in a table of texts, by column a pattern of its cells, beside a label."""
    kinds = dict.fromkeys(texts, Kind.TEXT) | {"label": Kind.NUMBER} | more
    lengths = {name: prose_length([pattern.format(n) for n in range(9)]) for name, pattern in texts.items()}
    columns = resolve_columns(dict.fromkeys(roles), Schema("a.csv", kinds, lengths=lengths))
    return columns["text"].names


@pytest.mark.parametrize(
    ("texts", "column"),
    [
        ({"Title": SHORT, "Visit Report": LONG}, "Visit Report"),
        ({"Visit Report": LONG, "headline": SHORT}, "Visit Report"),
        ({"subject": SHORT, "what happened": LONG, "city": WORD}, "what happened"),
        ({"title": SHORT, "text": LONG}, "text"),
        ({"title": LONG, "text": SHORT}, "text"),
        ({"title": LONG, "author": SHORT}, "title"),
        ({"review": LONG, "product": LONG + " and so on" * 20}, "review"),
        ({"review": WORD, "notes": LONG}, "notes"),
        ({"full_text": LONG, "headline": LONG}, "full_text"),
        ({"rider.description": LONG, "relato": SHORT}, "relato"),
        ({"data.text": LONG, "data.title": SHORT}, "data.text"),
        ({"link": "https://example.org/a/very/long/address/of/page/{}", "words": SHORT}, "words"),
        ({"标题": "第{}条", "评论内容": "这家店的服务很好我下次还会再来一次真的很推荐给大家吃饭{}"}, "评论内容"),
    ],
)
def test_text_is_guessed_by_name_and_content(texts, column):
    assert guess(texts) == (column,)
    assert guess(dict(reversed(texts.items()))) == (column,)


@pytest.mark.parametrize("name", ["gold_label", "airline sentiment"])
def test_label_may_end_with_a_usual_name(name):
    kinds = {"text": Kind.TEXT, "airline": Kind.TEXT, name: Kind.TEXT, "confidence": Kind.NUMBER}
    assert resolve_columns({"text": None, "label": None}, Schema("a.csv", kinds))["label"].names == (name,)


@pytest.mark.parametrize("pair", [("premise", "hypothesis"), ("sentence1", "sentence2"), ("text_a", "text_b")])
def test_both_texts_of_a_pair_are_read(pair):
    assert guess(dict.fromkeys(pair, LONG)) == pair


@pytest.mark.parametrize("names", [("headline", "question"), ("notes", "remarks")])
def test_texts_of_one_length_are_asked_for(names):
    with pytest.raises(DataError, match="--text-field"):
        guess(dict.fromkeys(names, LONG))


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_content_counts_in_every_format(tmp_path, suffix):
    rows = [{"Title": SHORT.format(n), "Report": LONG.format(n), "label": "ab"[n % 2]} for n in range(20)]
    path = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        header = ",".join(rows[0])
        cells = [",".join(row.values()) for row in rows]
        lines = map(json.dumps, rows) if suffix == ".jsonl" else [header, *cells]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    split = load_split(str(path), {"text": None, "label": None})
    assert (split.columns["text"].names, split.columns["text"].note) == (("Report",), "longer than 'Title'")


def test_columns_of_the_training_come_before_a_guess(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": f"t {n}", "other": f"o {n}", "label": n % 2}) + "\n" for n in range(9)))
    fields, options = {"text": None, "label": None}, ReadOptions(trained_columns={"text": "other"})
    assert load_split(str(path), fields, options=options).rows["text"][0] == "o 0"
    assert load_split(str(path), {**fields, "text": "text"}, options=options).rows["text"][0] == "t 0"
    absent = ReadOptions(trained_columns={"text": "body", "label": "stars"})
    assert load_split(str(path), fields, options=absent).rows["text"][0] == "t 0"


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), st.integers()), max_size=9))
def test_length_of_any_cells_is_a_number(cells):
    assert prose_length(cells) >= 0.0
