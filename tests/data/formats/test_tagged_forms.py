"""Forms of tagged words as people have them: headers, numbered words, a row a word, prefixes, empty words."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import ReadOptions, load_tagged_split
from nlprnn.errors import DataError

TOKENS = [["Anna", "sleeps", "in", "Rome"], ["Oslo"], ["Anna", "and", "Leo"]]
TAGS = [["B-PER", "O", "O", "B-LOC"], ["B-LOC"], ["B-PER", "O", "B-PER"]]


@pytest.fixture
def load(tmp_path):
    """Write a file and load its sentences."""

    def call(name, content, *, fields=(None, None), **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        token_field, tag_field = fields
        return load_tagged_split(
            str(path), token_field=token_field, tag_field=tag_field, options=ReadOptions(**options)
        )

    return call


def columns(row, *, header="", between="\n", start=1):
    """Write the sentences as lines; `row` makes one of sentence number, word number, word and tag."""
    sentences = [
        "".join(row(number, place, *pair) + "\n" for place, pair in enumerate(zip(*sentence, strict=True), start=start))
        for number, sentence in enumerate(zip(TOKENS, TAGS, strict=True), start=start)
    ]
    return header + between.join(sentences)


def noted(split, text):
    return any(text in note for note in (*split.files[0].notes, *split.notes))


PLAIN = "{2}\t{3}".format
FORMS = {
    "header": ("a.tsv", columns(PLAIN, header="word\ttag\n"), "line 1 names the columns (word, tag)"),
    "header and an empty line": ("a.conll", columns(PLAIN, header="Token\tNER\n\n"), "line 1 names the columns"),
    "header after comments": ("a.conll", columns(PLAIN, header="# x y\n\nTOKEN\tLABEL\n"), "line 3 names"),
    "Swedish header": ("a.conll", columns("{2} {3}".format, header="ord tagg\n"), "names the columns (ord, tagg)"),
    "header of four": ("a.txt", columns("{2} NN I-NP {3}".format, header="word pos chunk ner\n"), "line 1 names"),
    "tags not last": ("a.tsv", columns("{2}\t{3}\tx".format, header="token\tner\tlemma\n"), "line 1 names"),
    "numbered words": ("a.conll", columns("{1}\t{2}\t{3}".format), "numbers: the words are in column 2"),
    "numbered from 0": ("a.conll", columns("{1} {2} {3}".format, start=0), "the words are in column 2"),
    "numbers with a header": ("a.tsv", columns("{1}\t{2}\t{3}".format, header="id\tform\ttag\n"), "column 2"),
    "numbers and comments": ("a.tsv", columns("{1}\t{2}\t{3}".format, header="#\tnews/1\t[May]\n"), "column 2"),
    "numbered sentences": ("a.conll", columns("{0} {2} {3}".format), "column 2"),
    "numbered twice": ("a.conll", columns("{0} {1} {2} {3}".format), "column 3"),
    "no empty lines, words counted": ("a.tsv", columns("{1}\t{2}\t{3}".format, between=""), "counts from the start"),
    "no empty lines, sentences counted": ("a.tsv", columns("{0}\t{2}\t{3}".format, between=""), "number in the first"),
    "no empty lines, words empty": ("a.tsv", columns(PLAIN, between="\tO\n"), "a line without a word ends"),
    "tags first": ("a.bio", columns("{3}\t{2}".format), "the tags are in the first column"),
    "CSV with empty lines": ("a.csv", columns("{2},{3}".format, header="word,tag\n"), "line 1 names"),
    "CSV without a header": ("a.csv", columns("{2};{3}".format), ""),
    "CSV with empty rows": ("a.csv", columns("{2},{3}".format, between=",\n"), ""),
    "sentence in each row": (
        "a.csv",
        columns("{0},{2},{3}".format, header="sent_id,Word,Tag\n", between=""),
        "'sent_id' numbers the sentences",
    ),
    "sentence in the first row": (
        "a.csv",
        columns(
            lambda number, place, word, tag: f"{f'Sentence: {number}' if place == 1 else ''},{word},XX,{tag}",
            header="Sentence #,Word,POS,Tag\n",
            between="",
        ),
        "'Sentence #' numbers the sentences",
    ),
    "sentence in a TSV": (
        "a.tsv",
        columns(
            lambda number, place, word, tag: f"{number if place == 1 else ''}\t{word}\t{tag}",
            header="sentence_idx\tword\tner\n",
            between="",
        ),
        "'sentence_idx' numbers the sentences",
    ),
    "sentences counted in each document": (
        "a.csv",
        columns("doc{0},1,{2},{3}".format, header="doc_id,sent_id,word,tag\n", between=""),
        "'sent_id' numbers the sentences",
    ),
    "JSON with a row a word": (
        "a.jsonl",
        columns(lambda number, _, word, tag: json.dumps({"sentence_id": number, "word": word, "tag": tag}), between=""),
        "'sentence_id' numbers the sentences",
    ),
    "languages": (
        "a.conll",
        columns("de:{2} {3}".format) + "\n" + columns("de:x{2} {3}".format),
        "(de:), which is removed",
    ),
    "lists as text": (
        "a.csv",
        "tokens,ner_tags\n" + "".join(f'"{a}","{b}"\n' for a, b in zip(TOKENS, TAGS, strict=True)),
        "lists of words and of tags",
    ),
    "tags between commas": (
        "a.csv",
        "text,word_labels\n" + "".join(f'{" ".join(a)},"{",".join(b)}"\n' for a, b in zip(TOKENS, TAGS, strict=True)),
        "lists of words and of tags",
    ),
    "words between spaces": (
        "a.csv",
        "sentence,labels\n" + "".join(f"{' '.join(a)},{' '.join(b)}\n" for a, b in zip(TOKENS, TAGS, strict=True)),
        "lists of words and of tags",
    ),
}


@pytest.mark.parametrize("case", FORMS)
def test_forms_are_read_and_noted(load, case):
    name, content, note = FORMS[case]
    split = load(name, content)
    assert (split.tokens[: len(TOKENS)], split.tags[: len(TAGS)]) == (TOKENS, TAGS)
    assert noted(split, note) or not note


def test_parquet_with_a_row_a_word(tmp_path):
    rows = [(n, *pair) for n, s in enumerate(zip(TOKENS, TAGS, strict=True)) for pair in zip(*s, strict=True)]
    pd.DataFrame(rows, columns=["sentence", "token", "label"]).to_parquet(tmp_path / "a.parquet")
    split = load_tagged_split(str(tmp_path / "a.parquet"))
    assert (split.tokens, split.tags) == (TOKENS, TAGS)
    assert [split.location(row).rpartition(", ")[2] for row in range(3)] == ["row 1", "row 5", "row 6"]


def test_options_decide_what_may_be_a_header(load):
    content = columns(PLAIN, header="word\ttag\n")
    assert load("a.tsv", content, header=False).tokens[0][:2] == ["word", "Anna"]
    assert load("a.tsv", columns(PLAIN), header=True).tokens[0] == TOKENS[0][1:]
    assert load("a.tsv", columns(PLAIN), columns=("x", "y"), fields=("x", "y")).tokens == TOKENS
    with pytest.raises(DataError, match="2 columns, but --columns names 3"):
        load("a.tsv", columns(PLAIN), columns=("x", "y", "z"))
    odd = columns(PLAIN, header="sanat\tnimike\n")
    with pytest.raises(DataError, match=r"a\.tsv, line 1: 'sanat nimike' .* --header or --no-header"):
        load("a.tsv", odd)
    assert load("a.tsv", odd, header=True).tokens == TOKENS


def test_a_first_line_unlike_all_others_is_asked_for(load):
    chunked = columns("{2} I-NP {3}".format, header="sanat B-NP nimike\n")  # the last column has the tags
    with pytest.raises(DataError, match="line 1: 'sanat B-NP nimike' is unlike all other lines"):
        load("a.txt", chunked)
    with pytest.raises(DataError, match=r"a\.conll, line 1: 'sanat nimike' .* --header or --no-header"):
        load("a.conll", "sanat nimike\nAnna B-PER\nsleeps O\n")
    assert load("a.conll", "sleeps verb\nAnna NN\nRome NN\n").tags == [["verb", "NN", "NN"]]  # one of two tags


def test_a_first_word_is_no_header(load):
    assert load("a.conll", "word O\nAnna B-PER\n").tokens == [["word", "Anna"]]
    assert load("a.conll", "Tag NOUN\nsleeps VERB\n").tokens == [["Tag", "sleeps"]]
    assert load("a.conll", "word X1\nAnna NN\n\nform X2\n").tokens == [["word", "Anna"], ["form"]]


def test_columns_are_chosen_by_the_names_of_a_header(load):
    content = columns("{2} {3} NN".format, header="word ner pos\n")
    assert load("a.txt", content).tags == TAGS
    assert load("a.txt", content, fields=(None, "pos")).tags[1] == ["NN"]
    assert load("a.txt", content, fields=("1", "3")).tags[1] == ["NN"]
    with pytest.raises(DataError, match=r"word, ner, pos.*--tag-field.*'tag'"):
        load("a.txt", content, fields=(None, "tag"))


def test_sentences_of_a_named_column(load):
    content = columns("{0},{2},{3}".format, header="nr,word,tag\n", between="")
    assert load("a.csv", content, sentence_field="nr").tokens == TOKENS
    with pytest.raises(DataError, match=r"no column 'sentence' .*--sentence-field.*nr, word, tag"):
        load("a.csv", content, sentence_field="sentence")
    with pytest.raises(DataError, match=r"1,100 words are one sentence.*--sentence-field"):
        load("a.conll", "Anna B-PER\n" * 1_100)


def test_empty_words_are_reported(load):
    split = load("a.conll", columns(PLAIN) + "\n\tO\nLeo\tB-PER\n\n\tO\n")
    assert split.tokens == [*TOKENS, ["Leo"]]
    assert [str(omission) for omission in split.omissions] == [
        f"2 lines without a word (first: {split.origin}, line 12)"
    ]
    assert load("a.conll", "Anna B-PER\n O\n\nx O\n").tokens == [["Anna"], ["x"]]
    split = load("a.jsonl", '{"tokens": ["a", "", null], "tags": ["X", "O", "O"]}\n{"tokens": [" "], "tags": ["O"]}\n')
    assert (split.tokens, split.tags) == ([["a"]], [["X"]])
    assert [(omission.rows, omission.noun) for omission in split.omissions] == [(3, "word"), (1, "row")]


def test_prefixes_are_kept_where_a_word_has_none(load):
    assert load("a.conll", columns("de:{2} {3}".format) + "Anna O\n").tokens[0][0] == "de:Anna"
    for words in (["at:home"] * 9, ["at:home", "to:day"] * 20, [f"{a}a:b" for a in "abcdefghij"]):
        assert load("a.conll", "".join(f"{word} O\n" for word in words)).tokens == [words]
    assert load("a.conll", "at:home O\n" * 10).tokens == [["home"] * 10]
    assert load("a.conll", "at:home O\nto:day O\n" * 50).tokens == [["home", "day"] * 50]


def test_spans_of_characters_are_refused(load):
    with pytest.raises(DataError, match=r"'entities' holds spans of characters such as \[0, 4, 'PER'\]"):
        load("a.jsonl", json.dumps({"text": "Anna sleeps", "entities": [[0, 4, "PER"]]}))


COMMENTED = {
    "as many cells as a word": columns(
        "{2} _ _ {3}".format, between="\n# id {} domain=en\n", header="# id 0 domain=en\n"
    ),
    "two cells": columns("{2} {3}".format, between="\n# first\n", header="# first\n"),
    "a name before the number": columns("{2} {3}".format, between="\n#sent 2\n", header="#sent 1\n"),
    "one sentence of several": columns("{2} _ _ {3}".format, header="# id 0 domain=en\n"),
    "a document of several": columns("{2} {3}".format, header="# newdoc\n"),
    "a number before one": columns("{2}\t{3}".format, between="\n\n").replace("\nOslo", "\n#\t7\nOslo"),
    "numbers of few": columns("{2} x {3}".format, header="# id 1\n") + "\n# id 2\n" + "".join(["Leo x O\n\n"] * 9),
    "several lines": columns("{2} {3}".format, between="\n# id\n# text = Oslo\n", header="# id\n# text = x\n"),
}


@pytest.mark.parametrize("case", COMMENTED)
def test_comments_with_as_many_cells_as_a_word_are_noted(load, case):
    split = load("a.conll", COMMENTED[case])
    assert (split.tokens[:3], split.tags[:3]) == (TOKENS, TAGS)
    assert not any("#" in words for words in split.tokens)
    assert noted(split, "are comments")


def test_comments_before_few_sentences_end_in_no_tags(load):
    rest = "c x NN\n\n" * 9
    assert load("a.conll", f"# doc one\na x NN\n\n# doc two\nb x VB\n\n{rest}").tokens[:2] == [["a"], ["b"]]
    assert load("a.conll", f"# x SYM\na x NN\n\n# x SYM\nb x VB\n\n{rest}").tokens[:2] == [["#", "a"], ["#", "b"]]


@pytest.mark.parametrize("tag", ["O", "B-NUM", "SYM"])
def test_a_word_of_a_number_sign_stays_a_word(load, tag):
    first = f"# {tag}\n"
    assert load("a.conll", first + columns("{2} {3}".format)).tokens == [["#", *TOKENS[0]], *TOKENS[1:]]
    inside = load("a.conll", f"a O\n{first}1 O\n\nb O\n{first}2 O\n")
    assert inside.tokens == [["a", "#", "1"], ["b", "#", "2"]]
    if tag != "SYM":
        assert load("a.conll", f"{first}1 O\n\n{first}2 O\n").tokens == [["#", "1"], ["#", "2"]]


@pytest.mark.parametrize("separator", ["\t", " "])
def test_marks_of_documents_are_no_words(load, separator):
    text = columns(("{2}" + separator + "{3}").format)
    content = f"#begin document (a/b); part 000\n{text}#end document\n#begin document (c)\n{text}\n#end document\n"
    split = load("a.conll", content)
    assert (split.tokens, split.tags) == (TOKENS * 2, TAGS * 2)


def test_columns_that_fit_equally_as_tags_are_noted(load):
    remarks = columns("{2}\t{3}\t{3}\tNoSpaceAfter".format, header="TOKEN\tNE-COARSE-LIT\tNE-FINE-LIT\tMISC\n")
    split = load("a.tsv", remarks)
    assert (split.tokens, split.tags) == (TOKENS, TAGS)
    assert noted(
        split, "columns NE-COARSE-LIT, NE-FINE-LIT look like tags: without --tag-field, they are those of NE-C"
    )
    assert load("a.tsv", remarks, fields=(None, "MISC")).tags[1] == ["NoSpaceAfter"]
    split = load("a.tsv", columns("{2}\t{3}\t_".format, header="TOKEN\tNE-COARSE-LIT\tMISC\n"))
    assert (split.tokens, split.tags) == (TOKENS, TAGS)
    split = load("a.tsv", columns("{2}\tB-X\t{3}".format))
    assert split.tags == TAGS
    assert noted(split, "columns 2, 3 look like tags: without --tag-field, they are those of column 3")
    assert noted(load("a.tsv", columns("{2}\t{3}\tO".format)), "columns 2, 3 look like tags")
    assert load("a.tsv", columns("{2}\tNN\t_".format)).tags[1] == ["NN"]
    assert not load("a.tsv", columns("{2}\tNN\t{3}".format)).files[0].notes


def test_columns_of_conllu_under_another_name(load):
    row = "{1}\t{2}\tx\tNOUN\t{3}\t_\t0\troot\t_\t_".format
    split = load("a.txt", "# text = x\n" + columns(row) + "4-5\tzum\t_\t_\t_\t_\t_\t_\t_\t_\n")
    assert split.tokens == TOKENS
    assert split.tags[1] == ["NOUN"]


# Anything but what ends a line or a cell, and a "#" in front, which begins a comment.
_CELL = st.text(st.characters(exclude_categories=["Cs", "Zl", "Zp", "Zs", "Cc"]), min_size=1, max_size=8).filter(
    lambda cell: not cell.startswith("#") and cell.strip() == cell and "\ufeff" not in cell
)
_TAG = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC"])
_SENTENCES = st.lists(st.lists(st.tuples(_CELL, _TAG), min_size=1, max_size=5), min_size=1, max_size=6)


@given(
    sentences=_SENTENCES,
    separator=st.sampled_from(["\t", " "]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    numbered=st.booleans(),
    header=st.booleans(),
    last=st.booleans(),
)
def test_written_columns_come_back(tmp_path_factory, sentences, separator, line_end, numbered, header, last):
    if numbered and max(map(len, sentences)) < 2:
        numbered = False  # a single number a sentence may be a word
    blocks = [
        line_end.join(
            separator.join([*([str(place)] if numbered else []), word, tag]) for place, (word, tag) in enumerate(s, 1)
        )
        for s in sentences
    ]
    names = separator.join([*(["id"] if numbered else []), "token", "tag"]) + line_end
    text = (names if header else "") + (line_end * 2).join(blocks) + (line_end if last else "")
    path = tmp_path_factory.mktemp("columns") / "a.conll"
    path.write_bytes(text.encode())
    split = load_tagged_split(str(path), options=ReadOptions(header=header))
    expected = [([word for word, _ in sentence], [tag for _, tag in sentence]) for sentence in sentences]
    assert list(zip(split.tokens, split.tags, strict=True)) == expected


@given(
    sentences=_SENTENCES, delimiter=st.sampled_from(",;"), quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
)
def test_written_rows_of_words_come_back(tmp_path_factory, sentences, delimiter, quoting):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=quoting)
    writer.writerow(["sentence_id", "word", "tag"])
    writer.writerows([n, *pair] for n, sentence in enumerate(sentences) for pair in sentence)
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    split = load_tagged_split(str(path))
    expected = [([word for word, _ in sentence], [tag for _, tag in sentence]) for sentence in sentences]
    assert list(zip(split.tokens, split.tags, strict=True)) == expected


@given(data=st.data())
def test_mutations_end_in_sentences_and_a_report_or_one_error(tmp_path_factory, data):
    text = bytearray(columns("{1}\t{2}\t{3}".format).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b"\n", b"\t", b"#", b"7", b"\xff"])
        )
    path = tmp_path_factory.mktemp("mutated") / "a.conll"
    path.write_bytes(bytes(text))
    message = ""
    try:
        split = load_tagged_split(str(path))
    except DataError as error:
        message = str(error)
    if message:
        assert message.startswith(str(path))
        return
    words = sum(map(len, split.tokens)) + sum(omission.rows for omission in split.omissions)
    lines = [line for line in bytes(text).decode().split("\n") if line.strip()]
    comments = [line for line in lines if line.lstrip().startswith("#")]
    assert len(lines) - len(comments) <= words + 1  # a first line may name the columns
