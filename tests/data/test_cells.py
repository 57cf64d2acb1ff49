"""Cells have the type that is asked for, the same from every format."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import datasets
import pyarrow as pa
import pytest

from nlprnn.data import ReadOptions, load_split, load_table
from nlprnn.data.cells import as_bool, as_float, as_int, as_label, as_labels, as_list, as_string, as_timestamp
from nlprnn.errors import DataError

FIELDS = {"time": "day", "sales": None, "stock": "stock", "open": "open", "last_week": "week"}
TYPES = {"time": "timestamp[us]", "sales": "float64", "stock": "int64", "open": "bool", "last_week": "list[float64]"}
ROWS = [
    {"day": datetime(2024, 5, 1 + n), "sales": n / 4, "stock": n, "open": n % 2 == 0, "week": [n / 2, 1.0]}
    for n in range(20)
]
VALUES = [dict(zip(FIELDS, row.values(), strict=True)) for row in ROWS]


def write(folder, suffix, rows):
    path = folder / f"shop.{suffix}"
    if suffix == "parquet":
        datasets.Dataset.from_list(rows).to_parquet(path)
    elif suffix == "jsonl":
        path.write_text("".join(json.dumps({**row, "day": row["day"].isoformat()}) + "\n" for row in rows))
    else:
        lines = [[*list(row.values())[:-1], f'"{row["week"]}"'] for row in rows]
        path.write_text("\n".join(",".join(map(str, line)) for line in [rows[0], *lines]))
    return path


class TestTypes:
    @pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
    def test_columns_have_the_types_asked_for(self, tmp_path, suffix):
        rows = load_split(str(write(tmp_path, suffix, ROWS)), FIELDS, options=ReadOptions(types=TYPES)).rows
        assert list(rows) == VALUES
        names = {role: feature.dtype for role, feature in rows.features.items() if role != "last_week"}
        assert names == {role: TYPES[role] for role in names}
        assert rows.features["last_week"] == datasets.Sequence(datasets.Value("float64"))

    @pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
    def test_numbers_are_float64_and_texts_are_strings(self, tmp_path, suffix):
        path = write(tmp_path, suffix, ROWS)
        table = load_table(str(path), {"text": "stock", "number": "sales"})
        assert table["train"].features == {"text": datasets.Value("string"), "number": datasets.Value("float64")}
        assert sorted(number for rows in table.values() for number in rows["number"]) == [n / 4 for n in range(20)]

    def test_missing_values_are_null(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("day,sales,stock,open,week\n2024-05-01,,,,\n" + "2024-05-02,1,2,true,[]\n" * 5)
        first = load_split(str(path), FIELDS, options=ReadOptions(types=TYPES)).rows[0]
        assert first == {"time": datetime(2024, 5, 1), "sales": None, "stock": None, "open": None, "last_week": None}

    @pytest.mark.parametrize(
        ("column", "cell", "message"),
        [
            ("sales", "much", "'much' is no number"),
            ("stock", "1.5", "'1.5' is no whole number"),
            ("open", "maybe", "'maybe' is neither true nor false"),
            ("day", "1st of May", "'1st of May' is no date or time"),
            ("week", "1 2", "'1 2' is no list"),
            ("week", "[x]", r"'\[x\]' is no list"),
        ],
    )
    def test_wrong_cell_names_line_and_column(self, tmp_path, column, cell, message):
        row = {"day": "2024-05-02", "sales": "1", "stock": "2", "open": "true", "week": "[]"}
        rows = [row] * 30 + [{**row, column: cell}]
        path = tmp_path / "a.csv"
        path.write_text("\n".join(",".join(line) for line in [row, *(row.values() for row in rows)]))
        with pytest.raises(DataError, match=rf"a\.csv, line 32, column '{column}': {message}.*choose another column"):
            load_table(str(path), FIELDS, options=ReadOptions(types=TYPES))

    def test_unknown_type_lists_the_types(self, tmp_path):
        path = write(tmp_path, "csv", ROWS)
        with pytest.raises(ValueError, match=r"no type 'float' of cells: choose string.*float64"):
            load_table(str(path), FIELDS, options=ReadOptions(types={"sales": "float"}))

    def test_typed_columns_that_fit_are_not_copied(self, tmp_path, monkeypatch):
        path = write(tmp_path, "parquet", ROWS)

        def refuse(*arguments, **options):
            raise AssertionError("copied")

        monkeypatch.setattr(datasets.Dataset, "map", refuse)
        fields = {"sales": "sales", "stock": "stock"}
        types = {"sales": "float64", "stock": "int64"}
        split = load_split(str(path), fields, options=ReadOptions(types=types))
        assert split.rows["sales"][:2] == [0.0, 0.25]
        assert isinstance(split.rows.data.table.schema.field("stock").type, pa.DataType)


class TestNumbers:
    @pytest.mark.parametrize(
        ("cell", "message"), [("", "the number is missing"), ("x", "'x' is no number"), ("nan", "'nan' is no number")]
    )
    def test_fault_names_line_and_option(self, tmp_path, write_csv, cell, message):
        rows = [(f"text {n}", n if n != 7 else cell) for n in range(30)]
        path = write_csv(tmp_path / "a.csv", ["text", "score"], rows)
        with pytest.raises(DataError, match=rf"a\.csv, line 9, column 'score': {message}; .*--label-field"):
            load_table(str(path), {"text": None, "number": None})

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    def test_typed_column_must_be_finite(self, tmp_path, number):
        rows = [{"text": f"text {n}", "score": number if n == 7 else n / 2} for n in range(30)]
        datasets.Dataset.from_list(rows).to_parquet(tmp_path / "a.parquet")
        with pytest.raises(DataError, match=r"row 8, column 'score': (the number is missing|inf is no number)"):
            load_table(str(tmp_path / "a.parquet"), {"text": None, "number": None})


@pytest.mark.parametrize(
    ("convert", "cell", "value"),
    [
        (as_string, 4.0, "4"),
        (as_string, True, "true"),
        (as_string, float("nan"), None),
        (as_string, ["two", "words"], "two words"),
        (as_label, " 4.0 ", "4"),
        (as_label, "4.0 stars", "4.0 stars"),
        (as_float, "1e3", 1000.0),
        (as_float, 7, 7.0),
        (as_float, " ", None),
        (as_int, 4.0, 4),
        (as_int, "-12", -12),
        (as_bool, "TRUE", True),
        (as_bool, 0, False),
        (as_bool, None, None),
        (as_timestamp, date(2024, 5, 1), datetime(2024, 5, 1)),
        (as_timestamp, "2024-05-01T12:30Z", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
        (as_timestamp, "", None),
    ],
)
def test_converted_cell(convert, cell, value):
    assert convert(cell) == value


@pytest.mark.parametrize(
    ("convert", "cell"),
    [(as_float, "1_000"), (as_float, 10**400), (as_float, True), (as_int, "9" * 19), (as_timestamp, 12)],
)
def test_cell_of_another_type_is_an_error(convert, cell):
    with pytest.raises(ValueError, match=r"is no"):
        convert(cell)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("a; b;a;", ["a", "b"]),
        (["a; b", " c ", None, ""], ["a; b", "c"]),
        (4.0, ["4"]),
        (None, []),
        ("", []),
    ],
)
def test_labels_of_a_cell(cell, labels):
    assert as_labels(cell, ";") == labels


def test_items_of_a_list_are_converted():
    assert as_list('[1, "2", null]', as_float) == [1.0, 2.0, None]
    assert as_list("", as_float) is None
    with pytest.raises(ValueError, match="'x' is no number"):
        as_list(["x"], as_float)
