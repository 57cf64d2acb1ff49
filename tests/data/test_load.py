"""Tables and running text from folders and files, as splits of one form."""

from __future__ import annotations

import errno
import gzip
import logging
import os
from collections import Counter
from itertools import chain

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlprnn.data import label_names, load_split, load_table, load_text
from nlprnn.data.column_roles import Column
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}


class TestFolders:
    def test_two_class_folders_of_one_split_are_an_error(self, tmp_path):
        for place in ("train/neg", "train/pos", "dev/neg", "valid/pos"):
            (tmp_path / place).mkdir(parents=True)
            (tmp_path / place / "1.txt").write_text(place)
        with pytest.raises(DataError, match="several folders could be the validation split"):
            load_table(str(tmp_path), CLASSIFY)

    def test_files_named_after_splits_become_splits(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl.gz", rows_of(20))
        write_jsonl(tmp_path / "my-dev.jsonl", rows_of(4, start=20))
        write_jsonl(tmp_path / "Test_2016.jsonl", rows_of(5, start=24))
        (tmp_path / "README.txt").write_text("not data")
        table = load_table(str(tmp_path), CLASSIFY)
        assert {split: list(rows) for split, rows in table.items()} == {
            "train": rows_of(20),
            "validation": rows_of(4, start=20),
            "test": rows_of(5, start=24),
        }

    def test_no_test_split_is_made_of_train_and_validation(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", rows_of(20))
        write_jsonl(tmp_path / "valid.jsonl", rows_of(4))
        assert list(load_table(str(tmp_path), CLASSIFY)) == ["train", "validation"]

    def test_validation_is_a_tenth_of_train(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", rows_of(100))
        write_jsonl(tmp_path / "test.jsonl", rows_of(7))
        table = load_table(str(tmp_path), CLASSIFY)
        assert table.num_rows == {"train": 90, "validation": 10, "test": 7}
        assert Counter(table["validation"]["label"]) == {"a": 5, "b": 5}
        assert sorted([*table["train"]["text"], *table["validation"]["text"]]) == sorted(
            r["text"] for r in rows_of(100)
        )

    def test_shards_in_a_data_folder(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "data" / "train-00000-of-00002.jsonl", rows_of(20))
        write_jsonl(tmp_path / "data" / "train-00001-of-00002.jsonl", rows_of(20, start=20))
        write_jsonl(tmp_path / "data" / "validation-00000-of-00001.jsonl", rows_of(5))
        assert list(load_table(str(tmp_path), CLASSIFY)["train"]) == rows_of(40)

    def test_one_folder_a_class(self, tmp_path):
        for split, number in [("train", 20), ("test", 3)]:
            for label in ["neg", "pos"]:
                (tmp_path / split / label).mkdir(parents=True)
                for n in range(number):
                    (tmp_path / split / label / f"{n}.txt").write_text(f"{label}\n{split} {n}")
        table = load_table(str(tmp_path), CLASSIFY)
        assert table.num_rows == {"train": 36, "validation": 4, "test": 6}
        assert all(row["text"].startswith(row["label"] + "\n") for rows in table.values() for row in rows)

    def test_single_file_of_any_name_is_split(self, tmp_path, rows_of, write_jsonl):
        write_jsonl(tmp_path / "reviews.jsonl", rows_of(50))
        assert load_table(str(tmp_path), CLASSIFY).num_rows == {"train": 40, "validation": 5, "test": 5}

    @pytest.mark.parametrize(
        ("names", "message"),
        [
            (
                ["train.csv", "train.jsonl"],
                r"several files could be the train split \(train.csv, train.jsonl\)",
            ),
            (["a.csv", "dev.csv"], "no file named train to learn from; it has a.csv, dev.csv"),
            (["notes.md"], "it has notes.md"),
            ([], "the folder is empty"),
            (["dev.csv", "test.csv"], "no file named train to learn from"),
        ],
    )
    def test_unusable_folder_lists_its_files(self, tmp_path, names, message):
        for name in names:
            (tmp_path / name).write_text("text,label\na,b\n")
        with pytest.raises(DataError, match=message) as caught:
            load_table(str(tmp_path), CLASSIFY)
        assert str(tmp_path) in str(caught.value)

    def test_test_file_without_label_column_is_left_out(self, tmp_path, caplog, write_csv):
        write_csv(tmp_path / "train.csv", ["text", "label"], [(f"t{n}", n % 2) for n in range(20)])
        write_csv(tmp_path / "test.csv", ["text"], [["one"]])
        assert list(load_table(str(tmp_path), CLASSIFY)) == ["train", "validation", "test"]
        assert "test.csv has no column 'label': left out" in caplog.text

    @pytest.mark.parametrize("blind", [{"en": "x"}, {"en": "x", "de": None}, {"en": "x", "de": ""}])
    def test_test_file_without_targets_is_left_out(self, tmp_path, caplog, write_jsonl, blind):
        pairs = [{"en": f"yes {n}", "de": f"ja {n}"} for n in range(20)]
        write_jsonl(tmp_path / "train.jsonl", pairs)
        write_jsonl(tmp_path / "valid.jsonl", pairs[:2])
        write_jsonl(tmp_path / "test.jsonl", [blind] * 3)
        assert list(load_table(str(tmp_path), {"source": "en", "target": "de"})) == ["train", "validation"]
        assert "test.jsonl has no" in caplog.text

    def test_train_file_without_targets_is_an_error(self, tmp_path, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", [{"en": f"yes {n}", "de": None} for n in range(20)])
        with pytest.raises(DataError, match=r"train\.jsonl: no row has a target in 'de'; choose with --target"):
            load_table(str(tmp_path), {"source": "en", "target": "de"})


class TestFiles:
    def test_file_is_split_by_label_and_reproducibly(self, tmp_path, rows_of, write_jsonl):
        path = write_jsonl(tmp_path / "a.jsonl", rows_of(200, labels="aaab"))
        first, second = load_table(str(path), CLASSIFY), load_table(str(path), CLASSIFY)
        assert first.num_rows == {"train": 160, "validation": 20, "test": 20}
        assert Counter(first["test"]["label"]) == {"a": 15, "b": 5}
        assert {s: list(rows) for s, rows in first.items()} == {s: list(rows) for s, rows in second.items()}
        assert list(load_table(str(path), CLASSIFY, split_seed=1)["test"]) != list(first["test"])

    def test_changed_file_is_read_again(self, tmp_path, rows_of, write_jsonl):
        path = write_jsonl(tmp_path / "a.jsonl", rows_of(20))
        load_table(str(path), CLASSIFY)
        write_jsonl(path, rows_of(20, labels="cd"))
        assert label_names(load_table(str(path), CLASSIFY)) == ["c", "d"]

    def test_unchanged_file_is_read_once(self, tmp_path, rows_of, write_jsonl, monkeypatch):
        path = write_jsonl(tmp_path / "a.jsonl", rows_of(2000))
        first = load_table(str(path), CLASSIFY)
        monkeypatch.setattr("nlprnn.data.cells.RowConverter.__call__", None)
        second = load_table(str(path), CLASSIFY)
        assert {s: list(rows) for s, rows in first.items()} == {s: list(rows) for s, rows in second.items()}

    def test_parquet_keeps_class_names_and_their_order(self, tmp_path):
        features = datasets.Features(
            {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["z", "a", "never"])}
        )
        rows = {"text": [f"t{n}" for n in range(20)], "label": [n % 2 for n in range(20)]}
        datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "a.parquet")
        table = load_table(str(tmp_path / "a.parquet"), CLASSIFY)
        assert {row["label"] for row in table["train"]} == {"z", "a"}
        assert label_names(table) == ["z", "a", "never"]

    def test_full_disk_is_no_damaged_file(self, tmp_path, rows_of, write_jsonl, monkeypatch):
        import datasets.arrow_writer

        def full(*arguments, **options):
            raise OSError(errno.ENOSPC, "No space left on device")

        jsonl = write_jsonl(tmp_path / "a.jsonl", rows_of(20))
        pq.write_table(pa.table({"text": ["a", "b"], "label": ["x", "y"]}), tmp_path / "a.parquet")
        monkeypatch.setattr(datasets.arrow_writer.ArrowWriter, "write_table", full)
        monkeypatch.setattr(datasets.arrow_writer.ArrowWriter, "write", full)
        for path in (jsonl, tmp_path / "a.parquet"):
            with pytest.raises(OSError, match="No space left"):
                load_table(str(path), CLASSIFY)

    def test_held_out_rows_keep_their_numbers(self, tmp_path, rows_of):
        datasets.Dataset.from_list(rows_of(40)).to_parquet(tmp_path / "a.parquet")
        part = load_split(str(tmp_path / "a.parquet"), CLASSIFY, split="test")
        numbers = [int(text.removeprefix("text ")) + 1 for text in part.rows["text"]]
        assert [part.location(row) for row in range(4)] == [f"{tmp_path / 'a.parquet'}, row {n}" for n in numbers]

    def test_labels_of_typed_tables_are_normalised(self, tmp_path):
        rows = [{"text": f"text {n}", "label": ["pos", "pos ", "4.0 neg", " 4.0 neg"][n % 4]} for n in range(20)]
        datasets.Dataset.from_list(rows).to_parquet(tmp_path / "a.parquet")
        assert label_names(load_table(str(tmp_path / "a.parquet"), CLASSIFY)) == ["4.0 neg", "pos"]

    def test_numbers_of_hundreds_of_digits_are_numbers(self, tmp_path, rows_of, write_jsonl):
        rows = [{**row, "id": 10**400} for row in rows_of(20)]
        assert load_table(str(write_jsonl(tmp_path / "a.jsonl", rows)), CLASSIFY)["train"].num_rows == 16

    def test_tables_stay_memory_mapped(self, tmp_path, rows_of, write_jsonl):
        path = write_jsonl(tmp_path / "a.jsonl", rows_of(20))
        assert all(rows.cache_files for rows in load_table(str(path), CLASSIFY).values())

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("a.jsonl", b"", "is empty: it has no rows"),
            ("a.csv", b"text,label\n", "is empty: it has no rows"),
            ("a.jsonl", b'{"text": "a", "label": 1}\n' * 9 + b"{", "line 10: not valid JSON"),
            ("a.csv", b"text,label\na,b\n" + b"a,b\n" * 600 + b"a\n", "line 603: 1 cell"),
            ("a.csv", b"text,label\na,b\n\xff,b\n", "line 3: byte 0xFF"),
            ("a.parquet", b"no", "is not a Parquet file"),
            ("a.parquet", b"PAR1 and then nothing", "damaged Parquet"),
            ("a.docx", b"", "a document: save its text as"),
            ("a.txt", b"one\ntwo\n", "no column looks like the label; choose with --label-field"),
        ],
    )
    def test_damage_is_named(self, tmp_path, name, content, message):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(DataError, match=message) as caught:
            load_table(str(path), CLASSIFY)
        assert str(path) in str(caught.value)

    def test_too_few_rows_name_the_file(self, tmp_path, rows_of, write_jsonl):
        path = write_jsonl(tmp_path / "a.jsonl", rows_of(4))
        with pytest.raises(DataError, match=r"a\.jsonl: 4 different rows are too few"):
            load_table(str(path), CLASSIFY)

    def test_split_reports_what_was_read(self, tmp_path, rows_of, write_jsonl):
        path = write_jsonl(tmp_path / "a.jsonl", [{"title": f"t {n}", "body": "b", "label": "x"} for n in range(5)])
        split = load_split(str(path), {"text": "title,body", "label": None})
        assert (split.origin, len(split), split.unit) == (str(path), 5, "line")
        assert split.columns == {"text": Column(("title", "body")), "label": Column(("label",), guessed=True)}
        assert list(split.numbers) == [1, 2, 3, 4, 5]
        assert split.select([3]).location(0) == f"{path}, line 4"


class TestTexts:
    def test_blank_texts_are_dropped_from_train_only(self, tmp_path, caplog, rows_of, write_jsonl):
        blank = [{"text": None, "label": "a"}, {"text": " \t", "label": "b"}]
        write_jsonl(tmp_path / "train.jsonl", rows_of(5) + blank)
        write_jsonl(tmp_path / "dev.jsonl", blank + rows_of(1))
        with caplog.at_level(logging.WARNING):
            table = load_table(str(tmp_path), CLASSIFY)
        assert list(table["train"]) == rows_of(5)
        assert list(table["validation"]["text"]) == ["", "", "text 0"]
        assert "left out: 2 rows without text" in caplog.text
        assert "train.jsonl, line 6" in caplog.text

    @pytest.mark.parametrize(
        ("half", "role"), [({"en": "x"}, "target"), ({"en": "x", "de": " "}, "target"), ({"de": "x"}, "source")]
    )
    def test_half_a_pair_is_dropped_and_its_line_named(self, tmp_path, caplog, write_jsonl, half, role):
        pairs = [{"en": f"yes {n}", "de": f"ja {n}"} for n in range(5)]
        write_jsonl(tmp_path / "train.jsonl", [*pairs, half])
        write_jsonl(tmp_path / "dev.jsonl", [half, *pairs])
        table = load_table(str(tmp_path), {"source": "en", "target": "de"})
        assert list(table["train"]["target"]) == [pair["de"] for pair in pairs]
        both = {"source": half.get("en", ""), "target": half.get("de", "").strip()}
        assert list(table["validation"])[0] == both  # noqa: RUF015 - a column of rows
        assert f"left out: 1 row without {role}" in caplog.text
        assert "train.jsonl, line 6" in caplog.text

    def test_numbers_and_word_lists_become_text(self, tmp_path, rows_of, write_jsonl):
        texts = [12, 1.5, "word", ["two", "words"], "half \ud83d pair"]
        write_jsonl(tmp_path / "train.jsonl", [{"text": text, "label": "ab"[n % 2]} for n, text in enumerate(texts)])
        write_jsonl(tmp_path / "dev.jsonl", rows_of(1))
        train = load_table(str(tmp_path), {"text": "text", "label": "label"})["train"]
        assert list(train["text"]) == ["12", "1.5", "word", "two words", "half ? pair"]


class TestRunningText:
    story = "".join(f"Line {n} of it.\n{'' if n % 4 else chr(10)}" for n in range(400))

    def test_one_file_is_cut_at_paragraphs(self, tmp_path):
        (tmp_path / "a.txt.gz").write_bytes(gzip.compress(self.story.replace("\n", "\r\n").encode()))
        documents = load_text(str(tmp_path / "a.txt.gz"))
        assert list(documents) == ["train", "validation", "test"]
        assert "".join(text for texts in documents.values() for text in texts) == self.story
        assert all(texts[0].endswith("\n\n") for texts in documents.values() if texts is not documents["test"])

    def test_split_files_are_used_as_they_are(self, tmp_path):
        (tmp_path / "train.txt").write_text("short\n\ntext")
        (tmp_path / "validation.txt").write_text("other")
        assert load_text(str(tmp_path)) == {"train": ["short\n\ntext"], "validation": ["other"]}

    def test_validation_is_cut_off_train(self, tmp_path):
        (tmp_path / "train.txt").write_text(self.story)
        (tmp_path / "test.txt").write_text("other")
        documents = load_text(str(tmp_path))
        assert documents["test"] == ["other"]
        assert documents["train"][0] + documents["validation"][0] == self.story

    @pytest.mark.parametrize("number", [3, 25])
    def test_folder_has_one_document_a_file(self, tmp_path, number):
        stories = [f"Story {n:02}\n" + "Once upon a time.\n" * 60 for n in range(number)]
        for n, story in enumerate(stories):
            (tmp_path / f"{n:02}.txt").write_text(story)
        documents = load_text(str(tmp_path))
        if number == 25:
            assert sorted(chain.from_iterable(documents.values())) == stories
            assert [len(texts) for texts in documents.values()] == [23, 1, 1]
        else:
            assert "".join(chain.from_iterable(documents.values())) == "".join(stories)
            assert documents["train"][:2] == stories[:2]

    def test_table_has_one_document_a_row(self, tmp_path, write_jsonl):
        write_jsonl(tmp_path / "train.jsonl", [{"story": f"one\r\ntwo {n}", "id": n} for n in range(20)])
        write_jsonl(tmp_path / "dev.jsonl", [{"story": "x", "id": 0}])
        documents = load_text(str(tmp_path), text_field="story")
        assert documents == {"train": [f"one\ntwo {n}" for n in range(20)], "validation": ["x"]}

    def test_short_text_names_the_file(self, tmp_path):
        (tmp_path / "a.txt").write_text("short")
        with pytest.raises(DataError, match=r"a\.txt: 5 characters are too few"):
            load_text(str(tmp_path / "a.txt"))


@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.conll", "data"])
def test_pipe_or_device_is_no_data_set(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataError, match="is a named pipe: data are read several times, so write them to a file"):
        load_table(str(tmp_path / name), {"text": None})
    with pytest.raises(DataError, match="/dev/zero is a device"):
        load_table("/dev/zero", {"text": None})
