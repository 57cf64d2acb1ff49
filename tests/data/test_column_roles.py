"""Columns are chosen by name or by guess."""

from __future__ import annotations

import pytest

from nlprnn.data import load_table
from nlprnn.data.column_choice import resolve_columns
from nlprnn.data.column_roles import Column, Kind, Schema
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}
TRANSLATE = {"source": None, "target": None}


class TestTables:
    @pytest.mark.parametrize(
        ("header", "text", "label"),
        [
            (["Text", "LABEL"], "Text", "LABEL"),
            (["id", "title", "sentence", "category"], "sentence", "category"),
            (["Class Index", "Title"], "Title", "Class Index"),
            (["review", "sentiment"], "review", "sentiment"),
            (["word0", "num0"], "word0", "num0"),
            (["idx", "word0", "num0"], "word0", "num0"),
            (["word0", "topic"], "word0", "topic"),
            (["text", "title", "label", "label_text"], "text", "label_text"),
            (["text", "text.1", "label"], "text", "label"),
        ],
    )
    def test_usual_names_and_single_columns_are_guessed(self, tmp_path, header, text, label, write_csv):
        numeric = {"id", "idx", "num0", "label", "Class Index"}
        rows = [[n % 2 if name in numeric else f"{name} {n % 2}" for name in header] for n in range(12)]
        for n, row in enumerate(rows):
            row[header.index(text)] = f"text {n}"
        write_csv(tmp_path / "train.csv", header, rows)
        write_csv(tmp_path / "dev.csv", header, rows[:2])
        train = load_table(str(tmp_path), CLASSIFY)["train"]
        assert train.column_names == ["text", "label"]
        assert list(train["text"]) == [f"text {n}" for n in range(12)]
        assert list(train["label"]) == [str(row[header.index(label)]) for row in rows]

    @pytest.mark.parametrize(
        ("header", "fields", "message"),
        [
            (
                ["x", "y", "label"],
                CLASSIFY,
                r"no column looks like the text; choose with --text-field \(columns: x, y, label\)",
            ),
            (["review", "content", "label"], CLASSIFY, "the text could be the column 'review' or 'content'"),
            (
                ["text", "topic", "rating"],
                CLASSIFY,
                "the label could be .*'topic' or 'rating'; choose with --label-field",
            ),
            (["text", "x", "y"], CLASSIFY, "no column looks like the label"),
            (
                ["text", "label"],
                {"text": "Txt", "label": None},
                r"no column 'Txt' for the text \(--text-field\), did you mean 'text'\?",
            ),
            (
                ["en", "de", "fr"],
                {"source": "zz", "target": "de"},
                r"no column 'zz' for the source.*\(columns: en, de, fr\)",
            ),
            (
                ["en", "de", "fr"],
                TRANSLATE,
                r"the source or the target; choose with --source and --target \(columns: en, de, fr\)",
            ),
            (
                ["en", "de", "fr"],
                {"source": "de", "target": None},
                r"no column looks like the target; choose with --target \(columns: en, de, fr\)",
            ),
            (["en"], TRANSLATE, r"no column is left for the target; a translation needs two texts \(columns: en\)"),
            (
                ["en", "de"],
                {"source": "de", "target": "de"},
                r"'de' cannot be both the source and the target; choose another with .* \(columns: en, de\)",
            ),
        ],
    )
    def test_failed_guess_lists_columns(self, tmp_path, header, fields, message, write_csv):
        path = write_csv(tmp_path / "a.csv", header, [[f"{name} {n}" for name in header] for n in range(20)])
        with pytest.raises(DataError, match=message) as caught:
            load_table(str(path), fields)
        assert str(path) in str(caught.value)

    def test_column_missing_in_a_split_names_the_file(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", rows_of(20))
        write_jsonl(tmp_path / "test.jsonl", [{"sentence": "a", "label": "a"}])
        with pytest.raises(DataError, match=r"test\.jsonl: no column 'text' for the text"):
            load_table(str(tmp_path), CLASSIFY)

    def test_column_missing_in_a_shard_is_an_error(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train-00000-of-00002.jsonl", rows_of(20))
        write_jsonl(tmp_path / "train-00001-of-00002.jsonl", [{"text": "a"}])
        with pytest.raises(DataError, match=r"train-00001-of-00002\.jsonl: no column 'label' for the label"):
            load_table(str(tmp_path), CLASSIFY)

    @pytest.mark.parametrize("fields", [TRANSLATE, {"source": "de", "target": None}, {"source": "de", "target": "en"}])
    def test_two_text_columns_are_source_and_target(self, tmp_path, fields, write_csv):
        path = write_csv(tmp_path / "a.csv", ["id", "de", "en"], [(n, f"ja {n}", f"yes {n}") for n in range(20)])
        train = load_table(str(path), fields)["train"]
        assert train.column_names == ["source", "target"]
        assert all(row["source"].startswith("ja") and row["target"].startswith("yes") for row in train)

    @pytest.mark.parametrize(("source", "first"), [(None, "ja"), ("de", "ja"), ("en", "yes")])
    def test_columns_inside_an_object(self, tmp_path, source, first, write_jsonl):
        rows = [{"translation": {"de": f"ja {n}", "en": f"yes {n}"}} for n in range(20)]
        table = load_table(str(write_jsonl(tmp_path / "a.jsonl", rows)), {"source": source, "target": None})
        assert all(row["source"].startswith(first) and row["source"] != row["target"] for row in table["train"])

    def test_nested_in_one_file_and_plain_in_another(self, tmp_path, write_jsonl):
        rows = [{"de": f"ja {n}", "en": f"yes {n}"} for n in range(5)]
        nested = [{"translation": row} for row in rows]
        for train, dev in [(rows, nested), (nested, rows)]:
            write_jsonl(tmp_path / "train.jsonl", train)
            write_jsonl(tmp_path / "dev.jsonl", dev)
            table = load_table(str(tmp_path), {"source": "en", "target": "de"})
            assert (
                list(table["validation"])
                == list(table["train"])
                == [{"source": row["en"], "target": row["de"]} for row in rows]
            )

    def test_null_object_is_no_column(self, tmp_path, caplog, write_jsonl):
        rows = [{"translation": {"de": f"ja {n}", "en": f"yes {n}"}} for n in range(5)]
        write_jsonl(tmp_path / "train.jsonl", [*rows, {"translation": None}])
        write_jsonl(tmp_path / "dev.jsonl", rows)
        assert list(load_table(str(tmp_path), TRANSLATE)["train"]["source"]) == [f"ja {n}" for n in range(5)]
        assert "left out: 1 row without source or target" in caplog.text

    def test_optional_role_may_be_absent(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_text("\n".join(f"line {n}" for n in range(20)))
        assert load_table(str(path), CLASSIFY, required=False)["train"].column_names == ["text"]


class TestResolve:
    def columns(self, fields, kinds, **options):
        resolved = resolve_columns(
            fields, Schema("a.csv", {name: Kind(kind) for name, kind in kinds.items()}, **options)
        )
        return {role: (str(column), column.guessed) for role, column in resolved.items()}

    def test_guessed_columns_are_marked(self):
        kinds = {"body": "text", "label": "text", "title": "text"}
        fields = {"text": "title,body", "label": None}
        assert self.columns(fields, kinds) == {"text": ("title,body", False), "label": ("label", True)}

    def test_label_names_come_with_numeric_labels(self):
        kinds = {"text": "text", "label": "number", "label_name": "text"}
        columns = self.columns(CLASSIFY, kinds)
        assert columns["label_name"] == ("label_name", True)
        assert "label_name" not in self.columns(CLASSIFY, {**kinds, "label": "text"})

    def test_column_of_the_table_comes_before_one_inside_an_object(self):
        kinds = {"meta.text": "text", "text": "text", "label": "text"}
        assert self.columns(CLASSIFY, kinds)["text"] == ("text", True)

    def test_numbered_columns(self):
        kinds = {"1": "list", "2": "list", "3": "list"}
        usual = {"tokens": "1", "tags": "-1"}
        options = {"noun": "column", "numbered": True, "usual": usual}
        assert self.columns({"tokens": None, "tags": None}, kinds, **options) == {
            "tokens": ("1", True),
            "tags": ("3", True),
        }
        assert self.columns({"tokens": "-2", "tags": "1"}, kinds, **options)["tokens"] == ("2", False)
        with pytest.raises(DataError, match="3 columns, so there is no column 0; choose another with --tag-field"):
            self.columns({"tokens": None, "tags": "0"}, kinds, **options)

    def test_columns_of_one_role_for_two(self):
        column = resolve_columns({"text": ("b", "a")}, Schema("a.csv", {"a": Kind.TEXT, "b": Kind.TEXT}))["text"]
        assert column == Column(("b", "a"))

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"label": "tags"}, "the column 'tags' holds lists; a label is one word or number a row, .*--multi-label"),
            ({"tokens": "text"}, "the column 'text' holds no lists, but the words must be one list a sentence"),
            ({"tokens": "tags", "tags": "tags"}, "'tags' cannot be both the words and the tags; .*--token-field"),
            ({"labels": "labels"}, r"no column 'labels' for the labels \(--label-field\)"),
        ],
    )
    def test_column_that_does_not_fit_is_an_error(self, fields, message):
        with pytest.raises(DataError, match=rf"a\.csv: {message}"):
            self.columns(fields, {"text": "text", "tags": "list"})
