"""Line-aligned texts: found by their names, read line by line, and never out of step."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlprnn.data import load_table
from nlprnn.data.column_roles import Column
from nlprnn.data.formats.parallel import ParallelText
from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError

EN_DE = {"source": "en", "target": "de"}
GUESS = {"source": None, "target": None}


def lines(language, number=20, start=0):
    return [f"{language} {n}" for n in range(start, start + number)]


def pair(stem, number=20, start=0, languages=("en", "de")):
    return {f"{stem}.{language}": lines(language, number, start) for language in languages}


def rows_of(number, start=0, source="en", target="de"):
    return [{"source": f"{source} {n}", "target": f"{target} {n}"} for n in range(start, start + number)]


def fails(dataset, fields, message):
    with pytest.raises(DataError, match=message) as caught:
        load_table(str(dataset), fields)
    return str(caught.value)


class TestFolders:
    @pytest.mark.parametrize("packing", ["", ".gz", ".txt", ".txt.gz", ".TXT"])
    @pytest.mark.parametrize(
        ("train", "validation", "test"),
        [
            ("train", "valid", "test"),
            ("train.en-de", "val.en-de", "test.en-de"),
            ("train.tok", "dev.tok", "test_2016_flickr.tok"),
            ("data/train", "data/validation", "data/newstest2014.test"),
            ("train/corpus", "dev/corpus", "test/corpus"),
        ],
    )
    def test_usual_names_of_splits(self, tmp_path, write_lines, train, validation, test, packing):
        files = {**pair(train), **pair(validation, 3, 20), **pair(test, 4, 30)}
        write_lines(tmp_path, {f"{name}{packing}": text for name, text in files.items()})
        table = load_table(str(tmp_path), EN_DE)
        assert {split: list(rows) for split, rows in table.items()} == {
            "train": rows_of(20),
            "validation": rows_of(3, 20),
            "test": rows_of(4, 30),
        }

    def test_validation_is_a_tenth_of_train(self, tmp_path, write_lines):
        write_lines(tmp_path, {**pair("train", 100), **pair("test", 7)})
        table = load_table(str(tmp_path), EN_DE)
        assert table.num_rows == {"train": 90, "validation": 10, "test": 7}
        assert sorted([*table["train"]["source"], *table["validation"]["source"]]) == sorted(lines("en", 100))

    def test_only_pair_of_any_name_and_shards(self, tmp_path, write_lines):
        others = {name: ["x"] for name in ("README.en", "README.de", "notes.en")}
        write_lines(tmp_path / "one", {**pair("europarl-v7.de-en", 50), **others})
        assert load_table(str(tmp_path / "one"), EN_DE).num_rows == {"train": 40, "validation": 5, "test": 5}
        shards = {**pair("train-00000-of-00002", 5), **pair("train-00001-of-00002", 5, 5), **pair("dev")}
        write_lines(tmp_path / "two", shards)
        assert list(load_table(str(tmp_path / "two"), EN_DE)["train"]) == rows_of(10)

    def test_other_files_are_ignored(self, tmp_path, write_lines):
        others = ["README.en", "README.de", "vocab.en", "vocab.de", "train.log", "train.fr", "train.mono.en"]
        more = ["codes.json", "notes.txt", "train.en.vec", ".train.en.swp", "en", "data/a.en", "data/a.de"]
        write_lines(tmp_path, {**pair("train"), **pair("dev", 3), **{name: ["x"] for name in [*others, *more]}})
        (tmp_path / "train.bpe.de").mkdir()
        assert load_table(str(tmp_path), EN_DE).num_rows == {"train": 20, "validation": 3}

    def test_tables_without_train_are_ignored(self, tmp_path, write_lines):
        write_lines(tmp_path, {**pair("train"), "test.results.jsonl": ["x"]})
        assert load_table(str(tmp_path), EN_DE).num_rows == {"train": 16, "validation": 2, "test": 2}
        fails(tmp_path, GUESS, "choose with --source and --target")

    def test_other_roles_do_not_see_them(self, tmp_path, write_lines):
        write_lines(tmp_path, pair("train"))
        fails(tmp_path, {"text": None, "label": None}, "no data file named train, validation or test")

    def test_changed_file_is_read_again(self, tmp_path, write_lines):
        write_lines(tmp_path, {**pair("train"), **pair("dev")})
        load_table(str(tmp_path), EN_DE)
        write_lines(tmp_path, {"train.de": lines("du")})
        assert list(load_table(str(tmp_path), EN_DE)["train"]) == rows_of(20, target="du")


class TestSuffixes:
    @pytest.mark.parametrize(
        ("there", "fields", "sides"),
        [
            (["en", "de"], {"source": "de", "target": "en"}, ("de", "en")),
            (["en", "de"], {"source": "de", "target": None}, ("de", "en")),
            (["en", "de"], {"source": None, "target": "de"}, ("en", "de")),
            (["tgt", "src"], GUESS, ("src", "tgt")),
            (["target", "source", "log"], GUESS, ("source", "target")),
            (["en", "de", "fr"], {"source": "fr", "target": "en"}, ("fr", "en")),
            (["zh-CN", "pt_BR"], {"source": "zh-CN", "target": None}, ("zh-CN", "pt_BR")),
            (["en", "de", "tok.en", "tok.de"], {"source": "tok.en", "target": "tok.de"}, ("tok.en", "tok.de")),
            (["en", "pe.en"], {"source": "en", "target": "pe.en"}, ("en", "pe.en")),
        ],
    )
    def test_suffixes_are_named_or_guessed(self, tmp_path, write_lines, there, fields, sides):
        write_lines(tmp_path, {**pair("train", languages=there), **pair("dev", languages=there)})
        assert list(load_table(str(tmp_path), fields)["train"]) == rows_of(20, source=sides[0], target=sides[1])

    @pytest.mark.parametrize(
        ("there", "fields", "message"),
        [
            (
                ["en", "de"],
                GUESS,
                r"train\.\*: which suffix is the source and which the target cannot be known; "
                r"choose with --source and --target \(suffixes: de, en\)",
            ),
            (
                ["en", "de", "fr"],
                {"source": "fr", "target": None},
                r"which suffix is the target cannot be known; choose with --target \(suffixes: de, en, fr\)",
            ),
            (
                ["en", "de"],
                {"source": "en", "target": "fr"},
                r"no suffix 'fr' for the target \(--target\) \(suffixes: de, en\)",
            ),
            (["EN", "DE"], EN_DE, r"no suffix 'en' for the source \(--source\), did you mean 'EN'\?"),
            (["en", "de"], {"source": "en", "target": "en"}, "'en' cannot be both the source and the target"),
            (["en"], EN_DE, r"train\.\*: no suffix 'de' for the target \(--target\) \(suffixes: en\)"),
            (["en"], {"source": "en", "target": None}, r"no suffix is left for the target; .* \(suffixes: en\)"),
            (["en"], GUESS, r"nor line-aligned texts .* --source en --target de; it has dev.en, train.en"),
        ],
    )
    def test_unknown_suffix_names_the_option(self, tmp_path, write_lines, there, fields, message):
        write_lines(tmp_path, {**pair("train", languages=there), **pair("dev", languages=there)})
        assert str(tmp_path) in fails(tmp_path, fields, message)

    @pytest.mark.parametrize(
        ("files", "message"),
        [
            ([*pair("train"), *pair("train.tok")], r"several files could be the train split \(train\.\*, train\.tok"),
            ([*pair("train"), "train.en.gz"], r"several files could be the suffix 'en' \(train\.en, train\.en\.gz\)"),
            ([*pair("train"), "train.jsonl"], r"several files could be the train split \(train\.jsonl, train\.\*\)"),
            ([*pair("a"), "b.csv"], r"several files could be the train split \(b\.csv, a\.\*\)"),
            ([*pair("dev"), *pair("test")], "no file named train to learn from"),
            (["src-train.txt", "tgt-train.txt"], "neither a table nor line-aligned texts named train"),
            (["dev.csv"], "neither a table nor line-aligned texts named train, .*; it has dev.csv"),
        ],
    )
    def test_ambiguous_folder_is_an_error(self, tmp_path, write_lines, files, message):
        write_lines(tmp_path, {name: ["x"] for name in files})
        assert str(tmp_path) in fails(tmp_path, EN_DE, message)

    @pytest.mark.parametrize(
        ("others", "fields"),
        [
            (["train.en", "train.de", "train.sh"], GUESS),
            (["test.en", "test.de"], EN_DE),
            (["output.en", "output.de"], EN_DE),
            (["test.en", "train.en"], EN_DE),
            (["run.en", "run.log"], {"source": "translation.en", "target": "de"}),
        ],
    )
    def test_table_comes_first_without_a_named_pair(self, tmp_path, write_jsonl, write_lines, others, fields):
        write_lines(tmp_path, {name: ["x"] for name in others})
        pairs = [{"translation": {"en": f"en {n}", "de": f"de {n}"}} for n in range(20)]
        write_jsonl(tmp_path / "train.jsonl", pairs)
        write_jsonl(tmp_path / "dev.jsonl", pairs)
        assert list(load_table(str(tmp_path), fields)["train"]) == rows_of(20)

    def test_test_set_without_translation_is_left_out(self, tmp_path, write_lines, caplog):
        write_lines(tmp_path, {**pair("train"), **pair("dev"), "test.en": ["x"], "dev.mono.en": ["x"]})
        assert list(load_table(str(tmp_path), EN_DE)) == ["train", "validation"]
        assert "test.* has no suffix 'de': left out" in caplog.text


class TestStems:
    @pytest.mark.parametrize("fields", [EN_DE, {"source": "en", "target": None}])
    def test_stem_is_split_as_a_file(self, tmp_path, write_lines, fields):
        others = ["up.to.date.html.en", "up.to.date.txt", "up.to.date.jsonl", "up.to.day.de"]
        write_lines(tmp_path, {**pair("up.to.date", 50), **pair("up.to", 10), **{name: ["x"] for name in others}})
        table = load_table(str(tmp_path / "up.to.date"), fields)
        assert table.num_rows == {"train": 40, "validation": 5, "test": 5}
        rows = sorted((row["source"], row["target"]) for split in table.values() for row in split)
        assert rows == sorted(zip(lines("en", 50), lines("de", 50), strict=True))

    def test_file_and_sample_come_before_stem(self, tmp_path, write_lines, write_jsonl, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        for stem in ("corpus/train", "translation"):
            write_lines(tmp_path, pair(stem, 50))
        assert load_table("corpus/train", EN_DE).num_rows["train"] == 40
        assert load_table("./translation", EN_DE).num_rows["train"] == 40
        assert load_table("~/translation", EN_DE).num_rows["train"] == 40
        assert load_table("translation", EN_DE).num_rows["train"] == 6000
        write_jsonl(tmp_path / "corpus" / "train", [])
        fails("corpus/train", EN_DE, "corpus/train is empty")

    def test_stem_with_two_suffixes_names_the_options(self, tmp_path, write_lines):
        write_lines(tmp_path, pair("corpus"))
        fails(tmp_path / "corpus", GUESS, r"corpus\.\*: which suffix is the source and which the target")

    def test_empty_name_is_an_error(self, tmp_path, write_lines, monkeypatch):
        monkeypatch.chdir(tmp_path)
        write_lines(tmp_path, pair("train"))
        fails("", EN_DE, "'': no such file or folder")

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("train", r"train\.\*: no suffix 'de' for the target"),
            ("train.en", r"train\.en: unknown kind of file; .*corpus/train for corpus/train\.en and corpus/train\.de"),
            ("trian", "no such file or folder"),
            ("none/train", "no such file or folder"),
        ],
    )
    def test_half_a_pair_and_wrong_stem_are_errors(self, tmp_path, write_lines, name, message):
        write_lines(tmp_path, {"train.en": lines("en")})
        assert str(tmp_path) in fails(tmp_path / name, EN_DE, message)


class TestLines:
    @settings(max_examples=40, deadline=None)
    @given(
        rows=st.lists(
            st.tuples(*[st.text(st.sampled_from("ab \t\r\x0b\x0c\x1c\x85\u2028\u2029ñ\x00\ufeff"), max_size=4)] * 2),
            min_size=1,
            max_size=6,
        ),
        ends=st.tuples(*[st.sampled_from(["\n", "\r\n"])] * 2),
        marks=st.tuples(*[st.sampled_from(["", "\ufeff"])] * 2),
        closed=st.booleans(),
    )
    def test_only_line_feeds_end_lines(self, tmp_path_factory, rows, ends, marks, closed):
        folder = tmp_path_factory.mktemp("texts")
        rows = [tuple(text.rstrip("\r") for text in row) for row in rows]  # \r before a line feed belongs to it
        sides = zip(*rows, strict=True)
        for name, texts, end, mark in zip(["a.x", "a.y.gz"], sides, ends, marks, strict=True):
            # A byte order mark is dropped once. An empty last line needs its end to be one.
            last = end if closed or not texts[-1] else ""
            first = mark if mark or not texts[0].startswith("\ufeff") else "\ufeff"
            data = (first + end.join(texts) + last).encode()
            (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        text = ParallelText.of(folder / "a.*", {"x": [folder / "a.x"], "y": [folder / "a.y.gz"]}, ReadOptions())
        table = text.read({"source": Column(("y",)), "target": Column(("x",))}).rows
        assert list(zip(table["target"], table["source"], strict=True)) == rows

    @pytest.mark.parametrize("packing", ["", ".gz"])
    @pytest.mark.parametrize(("english", "german"), [(20, 19), (19, 20), (0, 3), (2300, 1)])
    def test_unequal_numbers_of_lines(self, tmp_path, write_lines, english, german, packing):
        texts = {f"train.en{packing}": lines("en", english), "train.de": lines("de", german)}
        write_lines(tmp_path, texts)
        told = fails(tmp_path, EN_DE, "lines do not match")
        assert f"{tmp_path / f'train.en{packing}'} has {english:,}, but {tmp_path / 'train.de'} has {german:,};" in told

    def test_invalid_utf8_names_file_and_line(self, tmp_path, write_lines):
        write_lines(tmp_path, pair("train"))
        data = "".join(f"{line}\n" for line in lines("de")).encode()
        (tmp_path / "train.de").write_bytes(data.replace(b"de 7", b"d\xe9"))
        assert f"{tmp_path / 'train.de'}, line 8: byte 0xE9" in fails(tmp_path, EN_DE, "is not UTF-8")

    def test_empty_files_are_named(self, tmp_path, write_lines):
        write_lines(tmp_path, {"train.en": [], "train.de": []})
        told = fails(tmp_path, EN_DE, "are empty: they have no lines")
        assert all(str(tmp_path / name) in told for name in ("train.en", "train.de"))

    def test_empty_lines_are_dropped_from_train_only(self, tmp_path, write_lines, caplog):
        english = [*lines("en", 5), "", "en", " \t"]
        german = [*lines("de", 5), "", "", "de"]
        for name in ("train", "dev"):
            write_lines(tmp_path, {f"{name}.en": english, f"{name}.de": german})
        table = load_table(str(tmp_path), EN_DE)
        assert list(table["train"]) == rows_of(5)
        assert list(table["validation"]["source"]) == [*lines("en", 5), "", "en", ""]
        assert list(table["validation"]["target"]) == german
        told = f"left out: 3 rows without source or target (first: {tmp_path / 'train.*'}, line 6)"
        assert told in caplog.text

    def test_too_few_lines_name_the_files(self, tmp_path, write_lines):
        write_lines(tmp_path, pair("train", 4))
        fails(tmp_path / "train", EN_DE, r"train\.\*: 4 different rows are too few")
