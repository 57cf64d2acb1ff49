"""Folders as people have them: class folders of every form, a file a class, files without the names of splits."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlprnn.data import load_documents, load_documents_split, load_tagged, load_text
from nlprnn.data.load import load_split, load_splits
from nlprnn.data.report import DataReport
from nlprnn.data.table import column_values
from nlprnn.data.table_splits import read_splits
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}


@pytest.fixture
def folder(tmp_path):
    """Write files by name, and return their folder."""

    def write(files):
        for name, content in files.items():
            path = tmp_path / "corpus" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(tmp_path / "corpus")

    return write


def rows_of(splits):
    """Return the texts and labels of all splits."""
    return sorted(
        pair
        for split in splits.values()
        for pair in zip(column_values(split.rows, "text"), column_values(split.rows, "label"), strict=True)
    )


def documents(*places, number=12, suffix=".txt"):
    """Return files in class folders, whose texts name their place."""
    return {f"{place}/{n}{suffix}": f"text {n} of {place}" for place in places for n in range(number)}


def labelled(files, depth=-2):
    return sorted((text, name.split("/")[depth]) for name, text in files.items())


LAYOUTS = {
    "any suffix": ({**documents("pos", suffix=".html"), **documents("neg", suffix="")}, -2),
    "deeper": ({**documents("pos/2019", "pos/2020/may"), **documents("neg")}, -2),
    "names of notes": ({**documents("pos", "neg"), "pos/README.txt": "of pos", "neg/License 3.txt": "of neg"}, -2),
    "numbered parts": (documents("box1/ok", "box1/fault", "box2/ok", "box2/fault"), -2),
    "years in classes": (documents("ok/2019", "fault/2019", "ok/2020", "fault/2020"), -3),
    "a wrapper": (documents("mail/ok", "mail/fault"), -2),
    "splits": (documents("mail-train/ok", "mail-train/fault", "mail-test/ok", "mail-test/fault"), -2),
    "parts in splits": (documents("train/a1/ok", "train/a1/fault", "train/a2/ok", "train/a2/fault"), -2),
    "classes named as splits": (documents("testing", "production"), -2),
    "a file beside": ({**documents("ok", "fault")}, -2),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_every_document_of_class_folders_is_read(folder, case):
    files, depth = LAYOUTS[case]
    splits = load_splits(folder(files), CLASSIFY)
    expected = labelled(files, depth)
    if case == "deeper":
        expected = sorted((text, name.split("/")[0]) for name, text in files.items())
    if case == "names of notes":
        assert len(expected) == 26
    assert rows_of(splits) == expected


def test_files_that_are_no_documents_are_reported(folder):
    files = documents("train/pos", "train/neg")
    others = {
        "train/pos/.DS_Store": b"\0\1",
        "train/pos/._1": b"\0\1",
        "train/neg/scan.png": b"\x89PNG\0\0",
        "train/neg/paper.pdf": b"%PDF-1.4",
        "train/urls.txt": "a\nb\n",
        "train/unsup/1.txt": "who knows",
    }
    splits = load_splits(folder({**files, **others}), CLASSIFY)
    assert rows_of(splits) == labelled(files)
    left_out = {str(omission).partition(" (first")[0] for omission in DataReport.of(splits).left_out}
    assert left_out == {
        "2 files hidden (.DS_Store, ._1)",
        "2 files without text (paper.pdf, scan.png)",
        "2 files outside the class folders (urls.txt, 1.txt)",
    }


def test_documents_without_text_are_reported_by_name(folder):
    path = folder({**documents("ok", "fault"), "ok/blank.txt": " \n"})
    splits = load_splits(path, CLASSIFY)
    assert [omission.first for omission in DataReport.of(splits).left_out] == [f"{path}/ok/blank.txt"]
    train = splits["train"]
    assert train.location(3).endswith(f"{column_values(train.rows, 'text')[3].split()[1]}.txt")


def test_undecided_levels_are_an_option(folder):
    corpus = folder(documents("books/pos", "books/neg", "music/pos", "music/neg"))
    with pytest.raises(DataError, match=r"--label-field.*text, folder1, folder2"):
        load_splits(corpus, CLASSIFY)
    for number, labels in (("1", {"books", "music"}), ("2", {"pos", "neg"})):
        splits = load_splits(corpus, {"text": None, "label": f"folder{number}"})
        assert {label for _, label in rows_of(splits)} == labels
        assert len(rows_of(splits)) == 48


def test_decided_levels_are_noted(folder):
    splits = load_splits(folder(documents("box1/ok", "box1/fault", "box2/ok", "box2/fault")), CLASSIFY)
    assert "the classes are the folders fault, ok" in splits["train"].files[0].notes[0]


def lines(name, number=30):
    return "".join(f"line {n} of {name}\n" for n in range(number))


CLASS_FILES = {
    "plain": {"pos.txt": lines("a"), "neg.txt": lines("b")},
    "suffixes": {"rt.pos": lines("a"), "rt.neg": lines("b")},
    "no suffix": {"pos": lines("a"), "neg": lines("b")},
    "splits": {
        "train/pos.txt": lines("a"),
        "train/neg.txt": lines("b"),
        "test/pos.txt": lines("a2"),
        "test/neg.txt": lines("b2"),
    },
    "names with splits": {
        "train_pos.txt": lines("a"),
        "train_neg.txt": lines("b"),
        "test_pos.txt": lines("a2"),
        "test_neg.txt": lines("b2"),
    },
    "beside notes": {"pos.txt": lines("a"), "neg.txt": lines("b"), "README.txt": "both"},
}


@pytest.mark.parametrize("case", CLASS_FILES)
def test_a_file_a_class_has_a_text_a_line(folder, case):
    files = {name: text for name, text in CLASS_FILES[case].items() if "README" not in name}
    splits = load_splits(folder(CLASS_FILES[case]), CLASSIFY)
    assert rows_of(splits) == sorted(
        (line, "pos" if "pos" in name else "neg") for name, text in files.items() for line in text.splitlines()
    )
    if "splits" in case:
        assert len(splits["test"]) == 60
    assert "all with the label" in splits["train"].files[0].format


LABELS = "".join(f"{'pos' if row % 3 else 'neg'}\n" for row in range(30))


@pytest.mark.parametrize(
    "names",
    ["X_train y_train", "texts labels", "data target", "corpus/a_text corpus/a_labels", "train/in train/out"],
)
def test_labels_beside_their_texts_are_no_class(folder, names):
    texts, labels = names.split()
    files = {f"{texts}.txt": lines("a"), f"{labels}.txt": LABELS}
    with pytest.raises(DataError, match=r"look like texts and the label of each line.* join them as one table"):
        read_splits(folder(files), {"text": None, "label": None})


def test_labels_are_known_by_name_where_the_lines_differ(folder):
    with pytest.raises(DataError, match=r"texts\.txt and labels\.txt look like texts"):
        read_splits(folder({"texts.txt": lines("a", 31), "labels.txt": LABELS}), {"text": None, "label": None})


def test_classes_of_recurring_lines_stay_classes(folder):
    files = {"yes.txt": "sure\nyes\n" * 15, "no.txt": "never\nno\n" * 15}
    assert set(column_values(read_splits(folder(files), {"text": None, "label": None})["train"].rows, "label")) == {
        "yes",
        "no",
    }


def test_running_text_of_several_files_is_no_class(folder):
    assert len(load_text(folder({f"{name}.txt": lines(name, 200) for name in ("one", "two")}))["train"]) > 0


def test_files_beside_running_text_are_reported(folder):
    texts = {f"{number}.txt": lines(number) for number in range(30)}
    reports = load_documents(folder({**texts, "c.md": "c", "e.epub": b"PK", "README.txt": "r"}))["train"].files
    assert [report.notes for report in reports] == [("not read: c.md, e.epub",), *[()] * 29]
    assert load_documents_split(f"{folder(texts)}/1.txt").files[0].notes == ()


def test_documents_of_each_split_are_loaded(folder):
    path = folder({f"{split}.jsonl": json.dumps({"text": split}) for split in ("train", "validation", "test")})
    assert load_documents_split(path).texts == ["test"]
    for split in ("train", "validation", "test"):
        assert load_documents_split(path, split=split).texts == [split]


def test_running_text_without_a_suffix_is_one_document(folder):
    novel = "".join(f"Chapter {n}\n\nIt was, {'as ever, ' * (n % 3)}late.\n\n" for n in range(200))
    path = folder({"novel": novel, "novel.txt": novel})
    for split in (None, "train"):
        texts = [load_documents_split(f"{path}/{name}", split=split).texts for name in ("novel", "novel.txt")]
        assert texts[0] == texts[1]
        assert len(texts[0]) == 1
    assert len(load_documents_split(folder({"rows": "".join(f"{n},a b\n" for n in range(20))}) + "/rows")) == 20


def table(start, number=20):
    return "text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(start, start + number))


@pytest.mark.parametrize("names", [("a.csv", "b.csv", "c.csv"), ("part1.csv", "part2.csv", "part3.csv")])
def test_tables_without_names_of_splits_are_one_data_set(folder, names):
    splits = load_splits(folder({name: table(20 * n) for n, name in enumerate(names)}), CLASSIFY)
    assert len(rows_of(splits)) == 60
    assert "the 3 files are one data set" in splits["train"].files[0].notes[-1]


def test_shards_of_a_split(folder):
    files = {"train1.csv": table(0), "train2.csv": table(20), "test/x.csv": table(40), "dev.csv": table(60)}
    splits = load_splits(folder(files), CLASSIFY)
    assert {name: len(split) for name, split in splits.items()} == {"train": 40, "validation": 20}
    assert splits["train"].files[0].notes == ("not read: test/",)


def test_all_files_of_a_split_are_one_table(folder):
    files = {f"train/{name}.csv": table(n * 20) for n, name in enumerate("xyz")}
    splits = load_splits(folder({**files, "test/x.csv": table(60), "test/y.csv": table(80)}), CLASSIFY)
    assert {name: len(split) for name, split in splits.items()} == {"train": 54, "validation": 6, "test": 40}


def test_tables_with_other_columns_are_refused(folder):
    with pytest.raises(DataError, match=r"a\.csv and b\.csv have different columns \(text, label; x, y\).*train"):
        load_splits(folder({"a.csv": table(0), "b.csv": "x,y\n1,2\n"}), CLASSIFY)


def test_files_of_no_split_are_reported(folder):
    splits = load_splits(folder({"train.csv": table(0, 40), "test.csv": table(40), "extra.csv": table(60)}), CLASSIFY)
    assert "not read: extra.csv" in splits["train"].files[0].notes


def test_tagged_files_without_names_of_splits(folder):
    files = {f"{name}.conll": "".join(f"Anna{name}{n} B-PER\nruns O\n\n" for n in range(10)) for name in "abcd"}
    splits = load_tagged(folder(files))
    assert sum(map(len, splits.values())) == 40
    assert len(splits["train"].files) == 4
    with pytest.raises(DataError, match="different columns"):
        load_tagged(folder({"e.conll": "Anna x B-PER\n"}))


@pytest.mark.parametrize("trace", ["run.json", "model.safetensors"])
def test_the_folder_of_a_run_is_no_data_set(folder, tmp_path, monkeypatch, trace):
    path = folder({trace: "{}"})
    with pytest.raises(DataError, match=r"is the folder of a run or a model .*--out"):
        load_splits(path, CLASSIFY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").rename("sentiment")
    assert len(load_splits("sentiment", CLASSIFY)["train"]) == 5_000
    (tmp_path / "sentiment" / trace).unlink()
    assert len(load_splits("sentiment", CLASSIFY)["train"]) == 5_000
    (tmp_path / "sentiment" / "mine.csv").write_text(table(0))
    assert len(load_split("sentiment", CLASSIFY, split="train")) == 16


def test_the_folder_of_a_translation_run_is_no_data_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "translation").mkdir()
    (tmp_path / "translation" / "run.json").write_text("{}")
    assert len(load_splits("translation", {"source": None, "target": None})["train"]) > 1_000
    (tmp_path / "translation" / "run.json").unlink()
    for language in ("en", "is"):
        (tmp_path / "translation" / f"train.{language}").write_text(lines(language))
    pairs = load_splits("translation", {"source": "en", "target": "is"})
    assert sum(map(len, pairs.values())) == 30


@given(
    names=st.lists(
        st.text("abcXYZ ä.-_0123", min_size=1, max_size=8).filter(lambda name: name.strip(" .") == name),
        min_size=4,
        max_size=12,
        unique_by=str.lower,
    )
)
def test_documents_of_any_name_come_back(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("documents")
    for label in ("pos", "neg"):
        (root / label).mkdir()
        for name in names:
            (root / label / name).write_text(f"{name} of {label}", encoding="utf-8")
    expected = [(f"{name} of {label}", label) for name in names for label in ("pos", "neg")]
    assert rows_of(read_splits(str(root), CLASSIFY)) == sorted(expected)
