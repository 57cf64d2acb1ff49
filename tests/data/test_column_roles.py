"""Fields are found by name or guess; labels are checked, named and ordered."""

from __future__ import annotations

import pytest

from nlprnn.data import label_names, load_split, load_table
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}
TRANSLATE = {"source": None, "target": None}


class TestFields:
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
                r"no field looks like the text; choose with --text-field \(fields: x, y, label\)",
            ),
            (["review", "content", "label"], CLASSIFY, "the text could be the field 'review' or 'content'"),
            (
                ["text", "topic", "rating"],
                CLASSIFY,
                "the label could be .*'topic' or 'rating'; choose with --label-field",
            ),
            (["text", "x", "y"], CLASSIFY, "no field looks like the label"),
            (
                ["text", "label"],
                {"text": "Txt", "label": None},
                r"no field 'Txt' for the text \(--text-field\), did you mean 'text'\?",
            ),
            (
                ["en", "de", "fr"],
                {"source": "zz", "target": "de"},
                r"no field 'zz' for the source.*\(fields: en, de, fr\)",
            ),
            (
                ["en", "de", "fr"],
                TRANSLATE,
                r"the source or the target; choose with --source and --target \(fields: en, de, fr\)",
            ),
            (
                ["en", "de", "fr"],
                {"source": "de", "target": None},
                r"no field looks like the target; choose with --target \(fields: en, de, fr\)",
            ),
            (["en"], TRANSLATE, r"no field is left for the target; a translation needs two texts \(fields: en\)"),
            (
                ["en", "de"],
                {"source": "de", "target": "de"},
                r"'de' cannot be both the source and the target; choose another with .* \(fields: en, de\)",
            ),
        ],
    )
    def test_failed_guesses_and_wrong_names_list_fields(self, tmp_path, header, fields, message, write_csv):
        path = write_csv(tmp_path / "a.csv", header, [[f"{name} {n}" for name in header] for n in range(20)])
        with pytest.raises(DataError, match=message) as caught:
            load_table(str(path), fields)
        assert str(path) in str(caught.value)

    def test_a_field_missing_in_another_split_names_that_file(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", rows_of(20))
        write_jsonl(tmp_path / "test.jsonl", [{"sentence": "a", "label": "a"}])
        with pytest.raises(DataError, match=r"test\.jsonl: no field 'text' for the text"):
            load_table(str(tmp_path), CLASSIFY)

    def test_a_field_missing_in_a_shard_of_train_is_an_error(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train-00000-of-00002.jsonl", rows_of(20))
        write_jsonl(tmp_path / "train-00001-of-00002.jsonl", [{"text": "a"}])
        with pytest.raises(DataError, match=r"train-00001-of-00002\.jsonl: no field 'label' for the label"):
            load_table(str(tmp_path), CLASSIFY)

    @pytest.mark.parametrize("fields", [TRANSLATE, {"source": "de", "target": None}, {"source": "de", "target": "en"}])
    def test_two_text_columns_are_source_and_target(self, tmp_path, fields, write_csv):
        path = write_csv(tmp_path / "a.csv", ["id", "de", "en"], [(n, f"ja {n}", f"yes {n}") for n in range(20)])
        train = load_table(str(path), fields)["train"]
        assert train.column_names == ["source", "target"]
        assert all(row["source"].startswith("ja") and row["target"].startswith("yes") for row in train)

    @pytest.mark.parametrize(("source", "first"), [(None, "ja"), ("de", "ja"), ("en", "yes")])
    def test_a_translation_object_holds_the_fields(self, tmp_path, source, first, write_jsonl):
        rows = [{"translation": {"de": f"ja {n}", "en": f"yes {n}"}} for n in range(20)]
        table = load_table(str(write_jsonl(tmp_path / "a.jsonl", rows)), {"source": source, "target": None})
        assert all(row["source"].startswith(first) and row["source"] != row["target"] for row in table["train"])

    def test_a_field_may_be_inside_an_object_in_one_file_and_plain_in_another(self, tmp_path, write_jsonl):
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

    def test_an_object_that_is_null_in_a_row_is_no_field(self, tmp_path, caplog, write_jsonl):
        rows = [{"translation": {"de": f"ja {n}", "en": f"yes {n}"}} for n in range(5)]
        write_jsonl(tmp_path / "train.jsonl", [*rows, {"translation": None}])
        write_jsonl(tmp_path / "dev.jsonl", rows)
        assert list(load_table(str(tmp_path), TRANSLATE)["train"]["source"]) == [f"ja {n}" for n in range(5)]
        assert "1 rows without source or target are left out of train" in caplog.text

    def test_a_role_that_is_not_required_may_be_absent(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_text("\n".join(f"line {n}" for n in range(20)))
        assert load_table(str(path), CLASSIFY, required=False)["train"].column_names == ["text"]


class TestLabels:
    @pytest.fixture
    def names_of(self, tmp_path, write_jsonl):
        """Write labels, and perhaps their names, to a file and load its label names."""

        def load(labels, names=None):
            rows = [{"text": f"text {n}", "label": label} for n, label in enumerate(labels)]
            if names is not None:
                rows = [{**row, "label_name": name} for row, name in zip(rows, names, strict=True)]
            return label_names(load_table(str(write_jsonl(tmp_path / "a.jsonl", rows)), CLASSIFY))

        return load

    @pytest.mark.parametrize(
        ("values", "names"),
        [
            ([10, 9, 2] * 10, ["2", "9", "10"]),
            ([4.0, 1.0] * 10, ["1", "4"]),
            (["10", " 9"] * 10, ["9", "10"]),
            (["spam", "ham"] * 10, ["ham", "spam"]),
            ([True, False] * 10, ["false", "true"]),
        ],
    )
    def test_order_is_numeric_or_alphabetical(self, names_of, values, names):
        assert names_of(values) == names

    def test_a_column_of_names_gives_the_names_in_numeric_order(self, names_of):
        assert names_of([1, 0, 2] * 10, names=["bad", "good", "awful"] * 10) == [
            "good",
            "bad",
            "awful",
        ]

    def test_names_that_are_not_one_to_one_are_ignored(self, names_of):
        assert names_of([0, 1, 2] * 10, names=["a", "b", "b"] * 10) == ["0", "1", "2"]

    @pytest.mark.parametrize("missing", [None, "", "  "])
    def test_a_missing_label_is_named(self, names_of, missing):
        with pytest.raises(DataError, match=r"a\.jsonl, line 8: the label is missing"):
            names_of([*"abababa", missing, *"abababa"])

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([1, 2, 1, "bad", 2, 1] * 3, "line 4: the label 'bad' is a word among numbers such as '1'"),
            (
                ["good", "bad", "good", "bad", 1] * 3,
                "line 5: the label '1' is a number among words such as 'good'",
            ),
        ],
    )
    def test_mixed_kinds_of_labels_name_the_first_odd_one(self, names_of, values, message):
        with pytest.raises(DataError, match=message):
            names_of(values)

    def test_free_text_is_no_label(self, names_of):
        with pytest.raises(DataError, match=r"100 different labels in 100 rows.*--label-field"):
            names_of([f"word {n}" for n in range(100)])

    def test_many_classes_are_judged_by_what_is_learnt_from(self, tmp_path, rows_of, write_jsonl):
        many = [f"class {n}" for n in range(60)]
        write_jsonl(tmp_path / "train.jsonl", rows_of(600, labels=many))
        write_jsonl(tmp_path / "dev.jsonl", rows_of(60, labels=many))
        assert load_table(str(tmp_path), CLASSIFY).num_rows == {"train": 600, "validation": 60}
        assert len(load_split(str(tmp_path / "dev.jsonl"), CLASSIFY).rows) == 60

    def test_equal_numbers_that_are_written_differently_have_an_order(self, names_of):
        assert names_of([*["1.5", "01", "1", "001", "1.50", "2"] * 3]) == ["001", "01", "1", "1.5", "1.50", "2"]

    def test_labels_that_train_has_not_are_named(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", rows_of(20))
        write_jsonl(tmp_path / "dev.jsonl", rows_of(4, labels="axby"))
        with pytest.raises(DataError, match="the validation split has labels that train has not: 'x', 'y'"):
            load_table(str(tmp_path), CLASSIFY)
