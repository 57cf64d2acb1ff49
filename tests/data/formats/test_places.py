"""Places in errors: the line of a damaged row, wherever it stands, in every format."""

from __future__ import annotations

import json

import pytest

from nlprnn.data import load_split, load_tagged_split
from nlprnn.errors import DataError

NUMBER = 12
CLASSIFY = {"text": "text", "label": "label"}


def csv_lines(bad):
    return ["text,label", *("a" if n == bad else f"text {n},ab" for n in range(NUMBER))]


def tsv_lines(bad):
    return ["text\tlabel", *(f"text {n}\tab" + "\tmore" * (n == bad) for n in range(NUMBER))]


def quoted_lines(bad):
    """Each row takes two lines."""
    rows = [[f'"text {n}', 'second",ab' + ",more" * (n == bad)] for n in range(NUMBER)]
    return ["text,label", *(line for row in rows for line in row)]


def json_lines(bad):
    return [json.dumps({"text": "a", "label": "b"}) + "}" * (n == bad) for n in range(NUMBER)]


def json_list(bad):
    rows = ['{"text": "a", "label": "b"' + ("" if n == bad else "}") for n in range(NUMBER)]
    return ["[", *(f"{row}," for row in rows[:-1]), rows[-1], "]"]


def fasttext_lines(bad):
    return [f"{'' if n == bad and n else '__label__a '}text {n}" for n in range(NUMBER)]


@pytest.mark.parametrize("bad", [1, 2, 7, NUMBER - 1])
@pytest.mark.parametrize(
    ("name", "lines", "first", "step"),
    [
        ("a.csv", csv_lines, 2, 1),
        ("a.tsv", tsv_lines, 2, 1),
        ("b.csv", quoted_lines, 2, 2),
        ("a.jsonl", json_lines, 1, 1),
        ("a.json", json_list, 2, 1),
        ("a.txt", fasttext_lines, 1, 1),
    ],
)
def test_error_names_the_line_of_the_damaged_row(tmp_path, name, lines, first, step, bad):
    path = tmp_path / name
    path.write_text("\n".join(lines(bad)) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_split(str(path), CLASSIFY)
    # An object that does not end is noticed where the next begins.
    expected = {first + step * bad, first + step * bad + 1} if name == "a.json" else {first + step * bad}
    assert any(f"{path}, line {number}:" in str(caught.value) for number in expected)


@pytest.mark.parametrize("bad", [1, 2, 7, NUMBER - 1])
def test_error_names_the_line_of_a_word_without_a_tag(tmp_path, bad):
    path = tmp_path / "a.conll"
    words = [f"w{n}{'' if n == bad else ' O'}" for n in range(NUMBER)]
    path.write_text("\n".join([*words[:5], "", *words[5:]]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=rf"a\.conll, line {1 + bad + (bad >= 5)}:"):
        load_tagged_split(str(path))
