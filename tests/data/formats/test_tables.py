"""Tables: delimiter, quotation marks, header and names of columns, and whatever the writers of tables write."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nlprnn.data.column_roles import Column
from nlprnn.data.formats.header import guess_header
from nlprnn.data.formats.registry import TABLES, TAGGED
from nlprnn.data.formats.source import LeftOut
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError


def read(path, **options):
    """Return rows, columns, form and notes of a file."""
    source = TABLES.open(path, ReadOptions(**options))
    rows = [row for _, row in source.rows({})]
    dialect = source.dialect()
    return rows, list(source.schema().kinds), dialect.format, " ".join(dialect.notes)


@pytest.fixture
def write(tmp_path):
    def make(content, name="a.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return tmp_path / name

    return make


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\x1f"), max_size=12)
WIDTHS = st.integers(2, 4)


@given(
    data=st.data(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_csv_writes_comes_back(tmp_path_factory, data, delimiter, quoting, end, encoding):
    width = data.draw(WIDTHS)
    names = ["text", "label", "topic", "note"][:width]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12))
    if end == "\r":  # csv quotes no other line ends than those that it writes
        rows = [[cell.replace("\n", "") for cell in row] for row in rows]
    assume(any(any(row) for row in rows))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows([names, *rows])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    read_rows, columns, _, notes = read(path)
    expected = [dict(zip(names, row, strict=True)) if any(row) else LeftOut("without any value") for row in rows]
    if "quotation marks" not in notes:  # else lines in quotation marks look like rows, which is told
        assert read_rows == expected
        assert columns == names


@given(st.lists(st.tuples(CELLS, st.sampled_from(["a", "b"])), min_size=1), st.sampled_from(["lines", "list", "frame"]))
def test_what_json_writes_comes_back(tmp_path_factory, rows, form):
    objects = [{"text": text, "label": label} for text, label in rows]
    path = tmp_path_factory.mktemp("json") / "a.json"
    if form == "lines":
        content = "".join(json.dumps(row) + "\n" for row in objects)
    elif form == "list":
        content = json.dumps(objects, ensure_ascii=False, indent=1)
    else:
        columns = {name: {str(n): row[name] for n, row in enumerate(objects)} for name in ("text", "label")}
        content = json.dumps(columns)
    path.write_text(content, encoding="utf-8")
    assert read(path)[0] == objects


@pytest.mark.parametrize("seed", range(60))
def test_mutated_tables_lose_no_row_without_a_word(tmp_path, seed):
    chance = random.Random(seed)
    delimiter = chance.choice(",;\t|")
    lines = ["text,label".replace(",", delimiter)]
    lines += [f"text number {n} of the file{delimiter}{'ab'[n % 2]}" for n in range(40)]
    characters = list("\n".join(lines) + "\n")
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(characters))
        new = chance.choice(['"', "\n", "\r", delimiter, "x", "", "\0", "'"])
        characters[place : place + chance.randint(0, 2)] = new
    content = "".join(characters)
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    try:
        rows, _, form, notes = read(path)
    except DataError as error:
        assert str(path) in str(error)  # noqa: PT017
        assert len(str(error)) < 400  # noqa: PT017
        return
    ends = [[line for line in io.StringIO(content, newline=end) if line.strip(" \r\n")] for end in ("", "\n")]
    sizes = {len(lines) - ("no header" not in form) for lines in ends}  # lines may end with carriage returns alone
    assert len(rows) in sizes or "quotation marks" in notes


SENTENCES = [f"The pump number {n} rattles all day, and leaks." for n in range(12)]


@pytest.mark.parametrize(
    ("first", "rows", "header"),
    [
        (["1", SENTENCES[0]], [(str(n % 2), text) for n, text in enumerate(SENTENCES[1:])], False),
        (["good", SENTENCES[0]], [(["good", "bad"][n % 2], text) for n, text in enumerate(SENTENCES[1:])], False),
        (["A cat sat there.", "Da saß eine Katze."], [(text, text[::-1] + ".") for text in SENTENCES], False),
        (["de", "Guten Tag zusammen"], [(["de", "en"][n % 2], text) for n, text in enumerate(SENTENCES)], False),
        (["Hi.", "Hallo!"], [(f"Go{n}.", f"Geh{n}!") for n in range(9)], False),
        (["text", "label"], [(text, "ab"[n % 2]) for n, text in enumerate(SENTENCES)], True),
        (["", "comment", "mood"], [(str(n), text, "ab"[n % 2]) for n, text in enumerate(SENTENCES)], True),
        (["0", "1"], [(text, "ab"[n % 2]) for n, text in enumerate(SENTENCES)], True),
        (["评论", "标签"], [("这部电影非常好看我很喜欢它" * (1 + n % 2), "正负"[n % 2]) for n in range(9)], True),
        (["text", "topic"], [(text, ["topic", "news"][n % 2]) for n, text in enumerate(SENTENCES)], True),
        (["remarks", "stars"], [(text, str(n % 5)) for n, text in enumerate(SENTENCES)], True),
        (["en", "de"], [(text, text[::-1]) for text in SENTENCES], True),
        (["dog", "Hund"], [("cat", "Katze"), ("cow", "Kuh")], False),
        (["dog", "собака"], [("cat", "кошка"), ("cow", "корова")], False),
        (["狗", "dog"], [("猫", "cat"), ("牛", "cow")], False),
        (["...", "!"], [("cat", "Katze"), ("cow", "Kuh")], True),  # without a letter
        (["dog", "perro"], [("cat", "gato"), ("cow", "vaca")], True),  # either; the note names the option
        (["term", "meaning"], [("cat", "Katze"), ("cow", "Kuh")], True),
        (["Wort", "Bedeutung"], [("cat", "кошка"), ("cow", "корова")], True),
        (["kind", SENTENCES[0]], [("ab"[n % 2], text) for n, text in enumerate(SENTENCES[1:11])], True),
        (["kind", SENTENCES[0]], [("ab"[n % 2], text) for n, text in enumerate(SENTENCES[1:9])], False),
        (
            ["How was the pump then?", "Again"],
            [(text, "YN"[n % 2]) for n, text in enumerate(SENTENCES)],
            True,
        ),
        (["When", SENTENCES[0]], [(f"2024/3/1 9:05:{n:02} PM GMT+1", text) for n, text in enumerate(SENTENCES)], True),
        (["2024/3/1 9:05:59 PM GMT+1", "x"], [(f"2024/3/2 9:05:{n:02} PM UTC", "xy"[n % 2]) for n in range(9)], False),
    ],
)
def test_header(first, rows, header):
    assert guess_header(first, rows).header is header


@pytest.mark.parametrize("rows", ["remarks,mood", "Good morning,Guten Morgen", "note,Bemerkung"])
def test_doubtful_header_is_noted(write, rows):
    path = write(rows + "\n" + "".join(f"how are you all {n},wie geht es euch {n}\n" for n in range(5)))
    assert "--no-header if it is data" in read(path)[3] or "is read as data" in read(path)[3]


def test_options_decide_on_the_header(write):
    path = write("dog,perro\ncat,gato\n")
    assert "--no-header if it is data" in read(path)[3]
    assert read(path, header=False)[:2] == ([{"1": "dog", "2": "perro"}, {"1": "cat", "2": "gato"}], ["1", "2"])
    assert read(path, header=True)[0] == [{"dog": "cat", "perro": "gato"}]
    assert TABLES.open(path, ReadOptions(header=False)).schema().numbered
    assert read(path, header=False, columns=("en", "es"))[0][0] == {"en": "dog", "es": "perro"}
    assert read(path, header=False, columns=("dog", "perro"))[0] == [{"dog": "cat", "perro": "gato"}]
    with pytest.raises(DataError, match="--columns names 1 column, but a row has 2 cells"):
        read(path, header=False, columns=("en",))


@pytest.mark.parametrize(
    ("content", "names", "first", "number", "note"),
    [
        (
            "sep=;\ntext;label\na, b;x\nc, d;y\n",
            ["text", "label"],
            ["a, b", "x"],
            2,
            "its first line, sep=;, is no data",
        ),
        (
            "# written by a tool\n# on Monday, at noon, twice\n\ntext,label\none,x\ntwo,y\n",
            ["text", "label"],
            ["one", "x"],
            2,
            "comments above the table (# ...) are no data: 3 lines",
        ),
        ("#text,label\n#one,x\n#two,y\n", ["#text", "label"], ["#one", "x"], 2, ""),
        ("#text\n#one\n#two\n#three\n", ["#text"], ["#one"], 3, ""),
        ("text;label\nwell, a;x\nso, c;y\n", ["text", "label"], ["well, a", "x"], 2, ""),
        ("1;well, yes\n2;so, no\n" * 3, ["1", "2"], ["1", "well, yes"], 6, "is read as data"),
        ("text,label\rone,x\rtwo,y\r", ["text", "label"], ["one", "x"], 2, ""),
        ("text,label\r\none,x\rtwo,y\nthree,z\n", ["text", "label"], ["one", "x"], 3, ""),
        ("text;label;\none;x;\ntwo;y;\n", ["text", "label"], ["one", "x"], 2, ""),
        ("text,label\none,x,\ntwo,y,\n", ["text", "label"], ["one", "x"], 2, ""),
        ('"x","y"\n"1","one","a"\n"2","two","b"\n', ["", "x", "y"], ["1", "one", "a"], 2, "no name in the header"),
        ("text\nit is, so\nit is not\n", ["text"], ["it is, so"], 2, ""),
        ("text,label\n\none,x\n   \ntwo,y\n\n", ["text", "label"], ["one", "x"], 2, ""),
        ('text,label\n5" pipe,x\n"Great" film,y\n', ["text", "label"], ['5" pipe', "x"], 2, "line 3"),
        ('text,label\n"one \\"two\\", three",x\n', ["text", "label"], ['one "two", three', "x"], 1, "backslash"),
    ],
)
def test_forms_of_tables(write, content, names, first, number, note):
    rows, columns, _, notes = read(write(content))
    assert (columns, list(rows[0].values()), len(rows)) == (names, first, number)
    assert note in notes


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_open_quotation_swallows_no_lines(write, delimiter):
    rows = [[f"a tent of kind {n}", ["keep", "return"][n % 2]] for n in range(20)]
    rows[5][0] = '"My tent is torn'
    rows[9][0] = 'and gone."'
    lines = [delimiter.join(row) for row in [["notes", "verdict"], *rows]]
    cells, _, _, notes = read(write("\n".join(lines)))
    assert [list(row.values()) for row in cells] == rows
    assert "quotation marks are plain characters, as line 7" in notes
    quoted = f'"a{delimiter} b"{delimiter}keep'
    cells, _, _, notes = read(write("\n".join([*lines, quoted])))
    assert [list(row.values()) for row in cells] == [*rows, [f"a{delimiter} b", "keep"]]
    assert "plain characters in 2 rows (first: line 7)" in notes or "in 1 row (first: line 7)" in notes


def test_quotation_over_lines_that_are_no_rows(write):
    rows = [[f"text, {n}\nsecond line, of it\nend", "ab"[n % 2]] for n in range(6)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["text", "label"], *rows])
    assert [list(row.values()) for row in read(write(text.getvalue()))[0]] == rows


def test_rows_without_a_value_are_reported(write):
    rows = read(write("text;label\none;x\n;\ntwo;y\n;\n"))[0]
    assert [isinstance(row, LeftOut) for row in rows] == [False, True, False, True]


@pytest.mark.parametrize(
    ("name", "row"),
    [("a.csv", "It rattles {}, and leaks,{}"), ("a.csv", "'it rattles {}, badly','{}'"), ("a.tsv", "so {}\tso\t{}")],
)
def test_texts_with_delimiters_are_no_names_of_rows(write, name, row):
    header = "remark\tmood" if name.endswith("tsv") else "remark,mood"
    path = write("\n".join([header, *(row.format(n, "ab"[n % 2]) for n in range(12))]), name)
    with pytest.raises(DataError, match=r"line 2: 3 cells, but the header has 2 .*quotation marks"):
        read(path)


def test_commas_after_backslashes(write):
    path = write("remark,mood\n" + "".join(f"it rattles {n}\\, and leaks,{'ab'[n % 2]}\n" for n in range(12)))
    rows, names, _, notes = read(path)
    assert (rows[0], names) == ({"remark": "it rattles 0, and leaks", "mood": "a"}, ["remark", "mood"])
    assert "a backslash escapes" in notes


def test_header_in_the_middle_is_left_out(write):
    part = "remark,mood\none,x\ntwo,y\n"
    rows, names, _, _ = read(write(2 * part))
    assert names == ["remark", "mood"]
    assert [row.reason if isinstance(row, LeftOut) else row["mood"] for row in rows] == [
        *("x", "y"),
        "with the header again",
        *("x", "y"),
    ]
    part = "remark,mood\n" + "".join(f"it rattles all day {n},{'xy'[n % 2]}\n" for n in range(20))
    assert [isinstance(row, LeftOut) for row in read(write(3 * part))[0]].count(True) == 2
    assert read(write("so,so\nwell,well\nso,so\n"), header=False)[0][2] == {"1": "so", "2": "so"}


def test_line_without_a_tab_is_named(write):
    lines = [f"it rattles, day {n}\t{'xy'[n % 2]}" for n in range(30)]
    with pytest.raises(DataError, match=r"line 8: 1 cell, but the .* has 2"):
        read(write("\n".join([*lines[:7], "no tab, here", *lines[7:]]), "a.txt"))


def test_lines_after_comments_keep_their_numbers(write):
    path = write("# a comment\ntext,label\n" + "a b,x\n" * 20 + "a, b, c\n")
    with pytest.raises(DataError, match="line 23: 3 cells, but the header has 2"):
        read(path)
    path = write('# a comment\ntext,label\n"a b",x\n"c\nd",y\n')
    assert [number for number, _ in TABLES.open(path, ReadOptions()).rows({})] == [3, 4]


def test_last_line_of_a_short_column_has_a_comma(write):
    assert read(write("remarks\nfine\nslow, but fine"))[0] == [{"remarks": "fine"}, {"remarks": "slow, but fine"}]


def test_errors_are_short(write):
    names = ",".join(f"column number {n}" for n in range(500))
    path = write(names + "\n" + ",".join(["x"] * 500) + "\n")
    listed = TABLES.open(path, ReadOptions()).schema().listed()
    assert len(listed) < 300
    assert listed.endswith(f" and {500 - listed.count('column number'):,} more")


@pytest.mark.parametrize("orient", ["columns", "index", "split", "table", "records", "values", "lists"])
def test_data_frames_as_json(write, orient):
    rows = [{"text": f"a text number {n}", "label": "ab"[n % 2]} for n in range(6)]
    numbered = {str(n): row for n, row in enumerate(rows)}
    values = [list(row.values()) for row in rows]
    content = {
        "columns": {name: {n: row[name] for n, row in numbered.items()} for name in rows[0]},
        "index": numbered,
        "split": {"columns": list(rows[0]), "index": list(range(6)), "data": values},
        "table": {"schema": {"fields": []}, "data": rows},
        "records": rows,
        "values": values,
        "lists": {name: [row[name] for row in rows] for name in rows[0]},
    }[orient]
    for indent in (None, 2):
        path = write(json.dumps(content, indent=indent), "a.json")
        cells, columns, _, _ = read(path)
        assert [list(row.values()) for row in cells] == values
        if isinstance(content, dict):
            assert [number for number, _ in TABLES.open(path, ReadOptions()).rows({})] == [1, 2, 3, 4, 5, 6]
        assert columns == (["1", "2"] if orient == "values" else ["text", "label"])


def test_lists_of_cells_may_begin_with_the_names_of_the_columns(write):
    rows = [[f"a text number {n}", "ab"[n % 2]] for n in range(6)]
    cells, columns, _, _ = read(write(json.dumps([["text", "label"], *rows]), "a.json"))
    assert [list(row.values()) for row in cells] == rows
    assert columns == ["text", "label"]
    typed = [["price", 1], ["cost", 2], ["value", 3]]  # a number is no name
    cells, columns, _, _ = read(write(json.dumps(typed), "b.json"))
    assert [list(row.values()) for row in cells] == typed
    assert columns == ["1", "2"]


@pytest.mark.parametrize("as_objects", [False, True])
def test_json_whose_keys_are_splits(write, as_objects):
    def rows(number):
        pairs = itertools.islice(zip(map("text {}".format, itertools.count()), itertools.cycle("ab")), number)
        return [{"text": text, "label": label} if as_objects else [text, label] for text, label in pairs]

    content = {"oos_val": rows(3), "val": rows(4), "train": rows(20), "oos_test": rows(6), "version": 1}
    splits = TABLES.open_splits(write(json.dumps(content), "a.json"), ReadOptions())
    assert {name: len(list(source.rows({}))) for name, source in splits.items()} == {
        "train": 20,
        "validation": 4,
        "test": 6,
    }
    assert "left out of its keys: oos_val, version" in splits["train"].dialect().notes[0]
    content |= {"ood_test": rows(2)}
    with pytest.raises(DataError, match=r"several keys could be the test split \(oos_test, ood_test\)"):
        TABLES.open_splits(write(json.dumps(content), "a.json"), ReadOptions())


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters="#-"), min_size=1)


@given(st.lists(st.lists(st.tuples(WORDS, st.sampled_from(["B-x", "I-x", "O"])), min_size=1), min_size=1))
def test_words_with_tags_come_back(tmp_path_factory, sentences):
    path = tmp_path_factory.mktemp("conll") / "a.bio"
    path.write_text("\n\n".join("\n".join(map("\t".join, sentence)) for sentence in sentences), encoding="utf-8")
    source = TAGGED.open(path, ReadOptions(header=False))
    columns = {"tokens": Column(("1",)), "tags": Column(("2",))}
    rows = [(row["1"], row["2"]) for _, row in source.rows(columns)]
    assert rows == [tuple(map(list, zip(*sentence, strict=True))) for sentence in sentences]
