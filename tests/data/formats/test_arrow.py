"""Arrow: folders of `save_to_disk`, and .arrow and .feather files."""

from __future__ import annotations

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from nlprnn.data.load import load_split, load_splits
from nlprnn.errors import DataError

CLASSIFY = {"text": None, "label": None}
FEATURES = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})


def dataset(rows):
    return Dataset.from_list([{"text": f"text {n}", "label": n // 2 % 2} for n in range(rows)], features=FEATURES)


def test_splits_of_a_saved_folder(tmp_path):
    DatasetDict(train=dataset(40), validation=dataset(8), test=dataset(12)).save_to_disk(tmp_path / "saved")
    splits = load_splits(str(tmp_path / "saved"), CLASSIFY)
    assert {name: len(split) for name, split in splits.items()} == {"train": 40, "validation": 8, "test": 12}
    assert splits["test"].rows[:4] == {
        "text": [f"text {n}" for n in range(4)],
        "label": ["no", "no", "yes", "yes"],
    }
    assert len(load_split(str(tmp_path / "saved" / "test"), CLASSIFY)) == 12


def test_saved_folders_named_after_splits(tmp_path):
    for name, rows in {"train": 40, "dev": 8}.items():
        dataset(rows).save_to_disk(tmp_path / name)
    splits = load_splits(str(tmp_path), CLASSIFY)
    assert {name: len(split) for name, split in splits.items()} == {"train": 40, "validation": 8}


@pytest.mark.parametrize("name", ["a.arrow", "a.feather"])
def test_arrow_files(tmp_path, name):
    import pyarrow as pa
    from pyarrow import feather

    labels = pa.array(["no", "yes"] * 20).dictionary_encode()  # as pandas writes categories
    table = pa.table({"text": [f"text {n}" for n in range(40)], "label": labels})
    if name == "a.feather":
        feather.write_feather(table, tmp_path / name)
    else:
        with pa.ipc.new_stream(tmp_path / name, table.schema) as stream:
            stream.write_table(table)
    split = load_split(str(tmp_path / name), CLASSIFY)
    assert split.rows[:] == {"text": [f"text {n}" for n in range(40)], "label": ["no", "yes"] * 20}


def test_damage_is_one_sentence(tmp_path):
    dataset(40).save_to_disk(tmp_path / "saved")
    for path in (tmp_path / "saved").glob("*.arrow"):
        path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "a.arrow").write_bytes(b"no arrow at all")
    for name in ("saved", "a.arrow"):
        with pytest.raises(DataError, match=rf"{name}: damaged .*Arrow.*\.parquet$"):
            load_splits(str(tmp_path / name), CLASSIFY)
