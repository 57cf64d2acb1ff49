"""Tagged sentences from files in columns, tables of lists and folders, and every kind of damage with its place."""

from __future__ import annotations

import gzip
import json

import datasets
import pytest

from nlprnn.data import load_tagged, load_tagged_split, tag_labels
from nlprnn.data.tagged import check_tags
from nlprnn.errors import DataError

TOKENS = [["Anna", "sleeps"], ["Rome"]]
TAGS = [["B-PER", "O"], ["B-LOC"]]


@pytest.fixture
def write(tmp_path):
    """Write a file, packed where its name says so, and return its path."""

    def call(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return call


def read(path, **fields):
    split = load_tagged_split(str(path), **fields)
    return split.tokens, split.tags


COLUMNS = {
    "spaces": ("a.conll", "Anna B-PER\nsleeps O\n\nRome B-LOC\n"),
    "tabs": ("a.bio", "Anna\tB-PER\r\nsleeps\tO\r\n\r\n\r\nRome\tB-LOC"),
    "more columns": ("a.txt", "Anna NNP I-NP B-PER\nsleeps VB I-VP O\n \nRome NNP I-NP B-LOC\n"),
    "documents": (
        "a.iob",
        "-DOCSTART- -X- O\n\nAnna x B-PER\nsleeps x O\n\n-DOCSTART- -X- O\nRome x B-LOC\n",
    ),
    "documents of fewer columns": ("a.conll", "-DOCSTART- O\n\nAnna x B-PER\nsleeps x O\n\nRome x B-LOC\n"),
    "comments": ("a.conll", "# a = b c\n#text\nAnna B-PER\nsleeps O\n\n# id 2 3\nRome B-LOC\n"),
    "packed": ("a.tsv.gz", "Anna\tB-PER\nsleeps\tO\n\nRome\tB-LOC\n"),
    "byte order mark": ("a.iob2", "\ufeffAnna B-PER\nsleeps O\n\nRome B-LOC\n"),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_column_files_of_every_form(write, case):
    assert read(write(*COLUMNS[case])) == (TOKENS, TAGS)


def test_odd_words_are_kept(write):
    text = "#1\tO\n#\tO\n10\xa0000\tO\nNew York\tB-LOC\n-\tO\n\n#\tO\n"
    tokens, _ = read(write("a.conll", text))
    assert tokens == [["#1", "#", "10\xa0000", "New York", "-"], ["#"]]


def test_columns_are_chosen_by_number(write):
    path = write("a.conll", "1 Anna NNP B-PER x\n2 sleeps VB O y\n\n1 Rome NNP B-LOC z\n")
    assert read(path, token_field="2", tag_field="4") == (TOKENS, TAGS)
    assert read(path, token_field="-4", tag_field="3")[1] == [["NNP", "VB"], ["NNP"]]


CONLLU = """# sent_id = 1
# text = I haven't
1\tI\tI\tPRON\t_\t_\t0\t_\t_\t_
2-3\thaven't\t_\t_\t_\t_\t_\t_\t_\t_
2\thave\thave\tAUX\t_\t_\t1\t_\t_\t_
3\tn't\tnot\tPART\t_\t_\t1\t_\t_\t_
3.1\tdone\tdo\tVERB\t_\t_\t_\t_\t_\t_
"""


def test_conllu(write):
    assert read(write("a.conllu", CONLLU)) == ([["I", "have", "n't"]], [["PRON", "AUX", "PART"]])
    assert read(write("a.conllu", CONLLU), tag_field="3")[1] == [["I", "have", "not"]]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        (("tokens", "tags"), {}),
        (("words", "ner_tags"), {}),
        (("tokens", "marks"), {}),
        (("pieces", "marks"), {"token_field": "pieces", "tag_field": "marks"}),
        (("pieces", "labels"), {"token_field": "pieces"}),
    ],
)
def test_lists_of_json_lines(write, fields, options):
    rows = [{"id": 1, fields[0]: tokens, fields[1]: tags} for tokens, tags in zip(TOKENS, TAGS, strict=True)]
    assert read(write("a.jsonl", lines([*rows, {fields[0]: [], fields[1]: []}])), **options) == (TOKENS, TAGS)


def test_named_integers_become_names(tmp_path):
    names = ["O", "B-PER", "B-LOC"]
    features = datasets.Features(
        {
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=names)),
            "pos_tags": datasets.Sequence(datasets.Value("int64")),
        }
    )
    numbers = [[names.index(tag) for tag in tags] for tags in TAGS]
    rows = {"tokens": TOKENS, "ner_tags": numbers, "pos_tags": numbers}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == (TOKENS, TAGS)
    assert read(tmp_path / "a.parquet", tag_field="pos_tags")[1] == [["1", "0"], ["2"]]


def test_hub_data_set(monkeypatch):
    rows = datasets.Dataset.from_dict({"tokens": TOKENS, "tags": TAGS})
    monkeypatch.setattr("nlprnn.data.sources.load_hub", lambda name, unknown, streaming: {"train": rows, "dev": rows})
    splits = load_tagged("someone/names")
    assert {name: split.tokens for name, split in splits.items()} == {"train": TOKENS, "validation": TOKENS}
    assert splits["validation"].locations[1] == "someone/names (validation), row 2"


def many(number):
    return "".join(f"Anna{n} B-PER\nsleeps O\n\n" for n in range(number))


def test_train_decides_the_tagging_scheme(write):
    write("data/train.bio", "Anna B-PER\nLee E-PER\nsleeps O\n\nPaul S-PER\n\n" * 10)
    write("data/dev.bio", "Paul S-PER\nsleeps O\n\n")
    path = write("data/test.bio", "Paul U-PER\n\nodd NOUN\n\n")
    splits = load_tagged(str(path.parent))
    assert splits["validation"].tags == [["B-PER", "O"]]
    assert splits["test"].tags == [["B-PER"], ["NOUN"]]  # what does not belong there is named, and not lost
    with pytest.raises(DataError, match="'NOUN' of the word 'odd'"):
        tag_labels(splits)


def test_file_is_split_and_folder_keeps_its_splits(write, tmp_path):
    sizes = {name: len(split) for name, split in load_tagged(str(write("all.conll", many(50)))).items()}
    assert sizes == {"train": 40, "validation": 5, "test": 5}
    for name, number in (("eng.train", 30), ("eng.dev", 3), ("eng.test", 4)):
        write(f"data/{name}.bio", many(number))
    splits = load_tagged(str(tmp_path / "data"))
    assert {name: len(split) for name, split in splits.items()} == {"train": 30, "validation": 3, "test": 4}
    assert len(load_tagged_split(str(tmp_path / "data"))) == 4
    assert len(load_tagged_split(str(tmp_path / "data"), split="validation")) == 3
    (tmp_path / "data" / "eng.dev.bio").unlink()
    assert {name: len(split) for name, split in load_tagged(str(tmp_path / "data")).items()} == {
        "train": 27,
        "validation": 3,
        "test": 4,
    }


DAMAGES = {
    "empty": ("a.conll", "", {}, ["a.conll is empty"]),
    "blank": ("a.conll", "\n\n# x\n", {}, ["a.conll is empty"]),
    "one column": ("a.conll", "Anna\nsleeps\n", {}, ["a.conll", "'Anna'", "one column"]),
    "uneven": ("a.conll", "Anna B-PER\n\nRome B-LOC x\n", {}, ["a.conll, line 3", "3 columns", "has 2"]),
    "missing tag": ("a.conll", "Anna\tB-PER\nRome\t\n", {}, ["a.conll, line 2", "tag is missing"]),
    "bad bytes": ("a.conll", b"Anna B-PER\ncaf\xe9 O\n", {}, ["a.conll, line 2", "UTF-8"]),
    "no such column": ("a.conll", "Anna B-PER\n", {"tag_field": "3"}, ["a.conll", "2 columns", "--tag-field"]),
    "column nought": ("a.conll", "Anna B-PER\n", {"token_field": "0"}, ["a.conll", "no column 0", "--token-field"]),
    "a name": ("a.conll", "Anna B-PER\n", {"tag_field": "tags"}, ["a.conll", "--tag-field", "1 to 2", "'tags'"]),
    "same column": (
        "a.conll",
        "Anna B-PER\n",
        {"tag_field": "1"},
        ["a.conll", "'1' cannot be both", "columns: 1, 2"],
    ),
    "no such file": ("b/a.conll", None, {}, ["a.conll", "no such file"]),
    "unknown suffix": ("a.xyz", "PK", {}, ["a.xyz", ".conll"]),
    "csv": ("a.csv", "word,tag\n", {}, ["a.csv is empty"]),
    "no sentences": ("a.csv", "word,tag\nAnna,B-PER\n", {}, ["a.csv", "'word'", "--sentence-field", "word, tag"]),
    "no lists": ("a.jsonl", lines([{"text": "a", "label": "b"}]), {}, ["a.jsonl", "--token-field", "text, label"]),
    "a string": (
        "a.jsonl",
        lines([{"tokens": ["a"], "tags": ["O"]}, {"tokens": "a", "tags": ["O"]}]),
        {},
        ["a.jsonl, line 2", "'tokens'", "list"],
    ),
    "null": ("a.jsonl", lines([{"tokens": ["a"], "tags": [None]}]), {}, ["a.jsonl, line 1", "'tags'"]),
    "unequal": ("a.jsonl", lines([{"tokens": ["a", "b"], "tags": ["O"]}]), {}, ["line 1", "2 words", "1 tags"]),
    "mistyped": (
        "a.jsonl",
        lines([{"tokens": ["a"], "tags": ["O"]}]),
        {"tag_field": "tgas"},
        ["'tgas'", "did you mean 'tags'", "--tag-field"],
    ),
    "no list": ("a.jsonl", lines([{"tokens": ["a"], "id": 1}]), {"tag_field": "id"}, ["'id'", "no lists"]),
    "ambiguous": (
        "a.jsonl",
        lines([{"tokens": ["a"], "tags": ["O"], "ner": ["O"]}]),
        {},
        ["'tags' or 'ner'", "--tag-field"],
    ),
    "bad json": ("a.jsonl", '{"tokens": ["a"], "tags": ["O"]}\n{\n', {}, ["a.jsonl, line 2", "JSON"]),
    "empty json": ("a.jsonl", lines([{"tokens": [], "tags": []}]), {}, ["a.jsonl is empty"]),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_damage_names_its_place(write, tmp_path, case):
    name, content, options, words = DAMAGES[case]
    path = tmp_path / name if content is None else write(name, content)
    with pytest.raises(DataError) as caught:
        read(path, **options)
    for word in words:
        assert word in str(caught.value)


def test_missing_files_and_splits(write, tmp_path):
    write("data/notes.md", "x")
    with pytest.raises(DataError, match=r"no data file named train.*\.conll.*notes\.md"):
        load_tagged(str(tmp_path / "data"))
    for name in ("train", "dev"):
        write(f"splits/{name}.conll", many(30))
    with pytest.raises(DataError, match=r"no test split \(splits: train, validation\).*--split"):
        load_tagged_split(str(tmp_path / "splits"))
    with pytest.raises(DataError, match=r"a\.conll.*too few"):
        load_tagged(str(write("a.conll", many(3))))


def test_labels_of_spans_and_of_words(write):
    spans = load_tagged(str(write("a.conll", "Anna I-PER\nsleeps O\nRome I-LOC\n\n" + many(30))))
    assert tag_labels(spans) == ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
    assert spans["train"].tags[0] == ["B-PER", "O", "B-LOC"]
    words = load_tagged(str(write("b.conll", "".join(f"dog{n} NOUN\nruns VERB\n\n" for n in range(30)))))
    assert words["train"].bio() == words["train"]
    assert words["validation"].numbers(["NOUN", "VERB"])[0] == [0, 1]
    assert tag_labels(words) == ["NOUN", "VERB"]


def test_tag_missing_in_train_names_word_and_place(write, tmp_path):
    write("data/train.conll", many(9))
    write("data/dev.conll", "Anna B-PER\n\nRome B-LOC\n")
    splits = load_tagged(str(tmp_path / "data"))
    with pytest.raises(DataError, match=r"dev\.conll, line 3: the tag 'B-LOC' of the word 'Rome'.*validation"):
        tag_labels(splits)
    with pytest.raises(DataError, match=r"'O'.*nothing to tell apart"):
        tag_labels(load_tagged(str(write("a.conll", "".join(f"w{n} O\n\n" for n in range(40))))))
    with pytest.raises(DataError, match="'sleeps' is odd"):
        check_tags(splits["train"], ["B-PER"], "odd")
