"""Feature sequences of tables, array files and folders: one content in every form, and the sentence for what is odd."""

from __future__ import annotations

import csv
import json

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlprnn.data.read_options import ReadOptions
from nlprnn.errors import DataError
from nlprnn.tasks.sequences.columns import ColumnRequest
from nlprnn.tasks.sequences.data import SequenceData
from nlprnn.tasks.sequences.sources import find_sequences

ROWS, FEATURES = 24, ("ax", "ay")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """Keep the tables that tests make out of the user's cache."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def rows():
    """Sequences with label, subject and number; a value is missing."""
    rng = np.random.default_rng(0)
    made = []
    for number in range(ROWS):
        steps = np.round(rng.normal(size=(3 + number % 4, 2)), 3)
        if number == 2:
            steps[1, 0] = np.nan
        label = ("walk", "run")[number % 2]
        made.append({"label": label, "subject": f"s{number % 6}", "load": number / 4, "steps": steps})
    return made


def nested(steps):
    return [[None if np.isnan(value) else value for value in step] for step in steps.tolist()]


def write_parquet(path, rows):
    columns = {name: [row[name] for row in rows] for name in ("label", "subject", "load")}
    pq.write_table(pa.table({**columns, "signal": [nested(row["steps"]) for row in rows]}), path)


def write_channels(path, rows):
    columns = {name: [row[name] for row in rows] for name in ("label", "subject", "load")}
    channels = {
        name: [[None if np.isnan(value) else value for value in row["steps"][:, index].tolist()] for row in rows]
        for index, name in enumerate(FEATURES)
    }
    pq.write_table(pa.table({**columns, **channels}), path)


def write_jsonl(path, rows):
    plain = ({**row, "steps": nested(row["steps"])} for row in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in plain))


def write_long(path, rows, *, shuffled=False, extra=""):
    """A row a step; the trials of each subject are numbered anew."""
    trials, lines = {}, []
    for row in rows:
        trial = trials[row["subject"]] = trials.get(row["subject"], 0) + 1
        for time, step in enumerate(row["steps"]):
            cells = ["" if np.isnan(value) else value for value in step]
            lines.append([row["subject"], trial, time / 50, *cells, row["label"], row["load"]])
    if shuffled:
        np.random.default_rng(1).shuffle(lines := np.array(lines, dtype=object))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["subject", "trial", "time", *FEATURES, "label", "load"])
        writer.writerows(lines)


def write_files(folder, rows):
    """Array files with a table of their paths."""
    folder.mkdir()
    lines = ["path,label,subject,load"]
    for number, row in enumerate(rows):
        save = np.save if number % 2 else np.savez
        name = f"{number}.np{'y' if number % 2 else 'z'}"
        save(folder / name, row["steps"])
        lines.append(f"{name},{row['label']},{row['subject']},{row['load']}")
    (folder / "clips.csv").write_text("\n".join(lines) + "\n")


FORMS = {
    "lists.parquet": write_parquet,
    "channels.parquet": write_channels,
    "lists.jsonl": write_jsonl,
    "steps.csv": write_long,
    "files": write_files,
}
LOAD = ColumnRequest(target="label")


def request_of(name, **named):
    sequence = ("subject", "trial") if name == "steps.csv" else ()
    features = FEATURES if name == "steps.csv" else ()
    return ColumnRequest(**{"features": features, "sequence": sequence, "target": "label", **named})


@pytest.mark.parametrize("name", FORMS)
def test_every_form_holds_the_same_sequences(rows, tmp_path, name):
    FORMS[name](tmp_path / name, rows)
    found = find_sequences(str(tmp_path / name), request_of(name), ReadOptions())["train"]
    assert len(found) == ROWS
    for number, row in enumerate(rows):
        np.testing.assert_allclose(found.values[number], row["steps"], atol=1e-6)
    assert list(found.targets) == [row["label"] for row in rows]
    assert list(found.subjects) == [row["subject"] for row in rows]
    assert found.locations[2].startswith(str(tmp_path / name))


def test_steps_are_sorted_by_their_time(rows, tmp_path):
    write_long(tmp_path / "a.csv", rows)
    write_long(tmp_path / "b.csv", rows, shuffled=True)
    one, other = (
        find_sequences(str(tmp_path / name), request_of("steps.csv"), ReadOptions())["train"]
        for name in ("a.csv", "b.csv")
    )
    locations = [other.identities.index(name) for name in one.identities]
    for number, place in enumerate(locations):
        np.testing.assert_array_equal(one.values[number], other.values[place])


def test_folder_of_arrays_by_class(rows, tmp_path):
    for split, chosen in (("train", rows[:16]), ("test", rows[16:])):
        for number, row in enumerate(chosen):
            folder = tmp_path / split / row["label"]
            folder.mkdir(parents=True, exist_ok=True)
            np.save(folder / f"{number:02}.npy", row["steps"])
    data = SequenceData.load(str(tmp_path), ColumnRequest())
    assert data.labels == ["run", "walk"]
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 15, "validation": 1, "test": 8}


def test_subjects_are_never_in_two_splits(rows, tmp_path):
    write_parquet(tmp_path / "a.parquet", rows)
    data = SequenceData.load(str(tmp_path / "a.parquet"), LOAD)  # the column is guessed
    subjects = [set(split.subjects) for split in data.splits.values()]
    assert sum(map(len, subjects)) == len(set.union(*subjects)) == 6
    assert "held out by 'subject'" in data.report.render()
    mixed = SequenceData.load(str(tmp_path / "a.parquet"), ColumnRequest(target="label", subject="none"))
    assert set(mixed.splits["train"].subjects) == set()


def test_subject_in_files_of_two_splits(rows, tmp_path, caplog):
    write_parquet(tmp_path / "train.parquet", rows[:12])
    write_parquet(tmp_path / "test.parquet", rows[12:])
    SequenceData.load(str(tmp_path), LOAD)
    assert "of 'subject' are in train and in test, whose scores may flatter" in caplog.text
    with pytest.raises(DataError, match="are in train and in test: move their rows into one of them"):
        SequenceData.load(str(tmp_path), ColumnRequest(target="label", subject="subject"))


def test_targets_that_are_no_classes_are_numbers(rows, tmp_path):
    write_parquet(tmp_path / "a.parquet", rows)
    data = SequenceData.load(str(tmp_path / "a.parquet"), ColumnRequest(target="load"))
    assert not data.labels
    assert "numbers: from 0 to 5.75" in data.report.render()
    as_classes = SequenceData.load(str(tmp_path / "a.parquet"), ColumnRequest(target="label"), regression=False)
    assert as_classes.labels == ["run", "walk"]


def test_column_names_the_split(rows, tmp_path):
    splits = ["train"] * 16 + ["val"] * 4 + ["test"] * 4
    columns = {"label": [row["label"] for row in rows], "signal": [nested(row["steps"]) for row in rows]}
    pq.write_table(pa.table({**columns, "split": splits}), tmp_path / "a.parquet")
    data = SequenceData.load(str(tmp_path / "a.parquet"), ColumnRequest())
    assert {name: len(split) for name, split in data.splits.items()} == {"train": 16, "validation": 4, "test": 4}


def lines_of(*steps, header="id,t,x,label"):
    return "\n".join([header, *steps]) + "\n"


BAD = {
    "text in numbers": (
        lines_of("a,0,1,u", "a,1,much,u", *(f"b,{n},{n},u" for n in range(9))),
        {},
        "line 3: 'much' in column 'x' is no number",
    ),
    "infinity": (lines_of("a,0,1,u", "a,1,inf,u"), {}, "line 3: column 'x' is infinite"),
    "all missing": (lines_of("a,0,1,u", "b,0,,v"), {}, r"line 3 \(sequence b\) has no value at all"),
    "label missing": (lines_of("a,0,1,u", "b,0,2,"), {}, r"line 3 \(sequence b\): the label is missing"),
    "label changes": (lines_of("a,0,1,u", "a,1,2,v"), {}, "line 3: column 'label' changes from 'u' to 'v'"),
    "one class": (lines_of(*(f"{n},0,{n},u" for n in range(30))), {}, "all sequences have the label 'u'"),
    "no name": (lines_of("a,0,1,u", ",1,2,u"), {}, "line 3: the row names no sequence"),
    "time twice": (lines_of("a,0,1,u", "a,0,2,u"), {}, "line 3: the time 0 occurs twice in the sequence a: check"),
    "no time": (lines_of("a,0,1,u", "a,,2,u"), {}, "line 3: the time in column 't' is missing"),
    "no group": (lines_of("0,1,u", header="t,x,label"), {}, "has a row a step: name the column.*with --group"),
    "unknown column": (lines_of("a,0,1,u"), {"features": ("acc",)}, "no column 'acc' for --features"),
    "two roles": (lines_of("a,0,1,u"), {"features": ("x",), "target": "x"}, "column 'x' has two roles"),
    "texts as features": (lines_of("a,0,1,u"), {"features": ("label",)}, "'label' holds texts"),
    "too few": (lines_of("a,0,1,u", "b,0,1,v"), {}, "too few to hold out"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_table_is_one_sentence(tmp_path, name):
    content, named, message = BAD[name]
    (tmp_path / "steps.csv").write_text(content)
    with pytest.raises(DataError, match=message):
        SequenceData.load(str(tmp_path / "steps.csv"), ColumnRequest(**named))


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([[[1, 2]], []], "line 2 has no steps: leave the sequence out"),
        ([[[1, 2]], [[1, 2, 3]]], "line 2, column 'x': step 1 has 3 features, others have 2"),
        ([[[1, 2]], [[1, float("inf")]]], r"line 2, step 1: the feature 'x\[1\]' is infinite"),
        ([[[1, 2]], [["a", 2]]], "line 2, column 'x': 'a' is no number"),
    ],
)
def test_odd_lists_are_one_sentence(tmp_path, cells, message):
    rows = [{"x": cell, "label": label} for cell, label in zip(cells, "uv", strict=True)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match=message):
        SequenceData.load(str(tmp_path / "a.jsonl"), ColumnRequest())


def test_splits_of_different_dimensions_are_an_error(rows, tmp_path):
    write_parquet(tmp_path / "train.parquet", rows)
    write_parquet(tmp_path / "test.parquet", [{**row, "steps": row["steps"][:, :1]} for row in rows])
    with pytest.raises(DataError, match=r"the test split has 1 features a step, .*train.parquet has 2"):
        SequenceData.load(str(tmp_path), LOAD)


def test_odd_array_files_are_one_sentence(tmp_path):
    folder = tmp_path / "walk"
    folder.mkdir()
    np.save(folder / "0.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match=r"0.npy holds Python objects, not numbers"):
        find_sequences(str(tmp_path), ColumnRequest(), ReadOptions())
    (folder / "0.npy").write_bytes(b"\x93NUMPY\x01")
    with pytest.raises(DataError, match=r"0.npy is damaged"):
        find_sequences(str(tmp_path), ColumnRequest(), ReadOptions())
    np.save(folder / "0.npy", np.zeros((3, 2)))
    np.save(folder / "1.npy", np.zeros((3, 4)))
    with pytest.raises(DataError, match=r"1.npy has 4 features a step, needed are 2 features a step as in .*0.npy"):
        find_sequences(str(tmp_path), ColumnRequest(), ReadOptions())
    np.savez(tmp_path / "both.npz", a=np.zeros(3), b=np.zeros(3))
    with pytest.raises(DataError, match="has the arrays 'a', 'b': keep one"):
        find_sequences(str(tmp_path / "both.npz"), ColumnRequest(), ReadOptions())
    with pytest.raises(DataError, match="no such file"):
        find_sequences(str(tmp_path / "none.npy"), ColumnRequest(), ReadOptions())


def test_path_without_a_file_names_its_row(rows, tmp_path):
    write_files(tmp_path / "clips", rows)
    (tmp_path / "clips" / "3.npy").unlink()
    with pytest.raises(DataError, match=r"clips.csv, line 5 names .*3.npy, which is missing"):
        find_sequences(str(tmp_path / "clips"), ColumnRequest(), ReadOptions())
