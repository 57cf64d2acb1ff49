"""Names of integer labels: separated by commas, and in files of every form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import ReadOptions, load_tagged_split
from nlprnn.data.integer_labels import name_of_number, parse_label_names
from nlprnn.errors import DataError, OptionError

NAMES = ("O", "B-PER", "I-PER")
FILES = {
    "a line each": ("n.txt", "O\r\nB-PER\n\nI-PER"),
    "list": ("n.json", json.dumps(NAMES)),
    "name to number": ("n.json", json.dumps({"I-PER": 2, "O": 0, "B-PER": 1})),
    "number to name": ("n.json", json.dumps({"2": "I-PER", "0": "O", "1": "B-PER"})),
    "configuration": ("config.json", json.dumps({"id2label": {"0": "O", "1": "B-PER", "2": "I-PER"}})),
    "no suffix": ("classes", "O\nB-PER\nI-PER\n"),
}


@pytest.mark.parametrize("case", FILES)
def test_names_of_files(tmp_path, case):
    name, content = FILES[case]
    (tmp_path / name).write_text(content)
    assert parse_label_names(str(tmp_path / name), "--tag-names") == NAMES


@given(st.lists(st.text("abcÄ-_ ", min_size=1).map(str.strip).filter(bool), min_size=2, unique=True))
def test_names_between_commas(names):
    assert parse_label_names(" , ".join(names), "--tag-names") == tuple(names)


FAULTS = {
    "one": ("O", None, OptionError, "one name"),
    "empty": ("O,,B", None, OptionError, "empty"),
    "twice": ("O,B,O", None, OptionError, "'O' twice"),
    "no file": ("n.txt", None, DataError, "no such file"),
    "bad JSON": ("n.json", '["O", ', DataError, "not valid JSON"),
    "a gap": ("n.json", '{"O": 0, "B": 2}', OptionError, "0 to 1"),
    "true": ("n.json", '{"O": 0, "B": true}', OptionError, "0 to 1"),
    "words": ("n.json", '{"O": "B", "B": "O"}', OptionError, "0 to 1"),
    "nested": ("n.json", '[["O"]]', DataError, "list of names"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_are_one_sentence(tmp_path, monkeypatch, case):
    value, content, error, message = FAULTS[case]
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / value).write_text(content)
    with pytest.raises(error, match=f"^--tag-names.*{message}"):
        parse_label_names(value, "--tag-names")


def test_numbers_have_names():
    assert [name_of_number(label, NAMES) for label in ("0", "2", "3", "-1", "B-PER", "X", "²")] == [
        "O",
        "I-PER",
        None,
        None,
        "B-PER",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("suffix", "content"), [(".jsonl", '{"tokens": ["Anna", "runs"], "tags": [1, %d]}'), (".conll", "Anna 1\nruns %d")]
)
def test_tags_are_named(tmp_path, suffix, content):
    path = tmp_path / f"a{suffix}"
    path.write_text(content % 0)
    options = ReadOptions(label_names=NAMES)
    assert load_tagged_split(str(path), options=options).tags == [["B-PER", "O"]]
    path.write_text(content % 3)
    with pytest.raises(DataError, match=r"line 1: the tag '3' has none of the 3 names of --tag-names"):
        load_tagged_split(str(path), options=options)
