"""Which checkpoints are kept, and which of them a run goes on from."""

from __future__ import annotations

import contextlib
import os
import zipfile

import pytest
import torch

from nlprnn.errors import TrainingError
from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint, write_checkpoint


def write(folder, *steps):
    for step in steps:
        write_checkpoint(folder, step, {"step": step, "weight": torch.full((50,), float(step))}, keep=2)


def test_the_newest_and_the_one_before_it_are_kept(tmp_path):
    write(tmp_path, 0, 8, 16)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-16.pt", "step-8.pt"]
    path, state = read_newest_checkpoint(tmp_path)
    assert (path, state["step"]) == (tmp_path / "step-16.pt", 16)
    write(tmp_path, 16)
    assert list(checkpoint_files(tmp_path)) == [16, 8]
    write(tmp_path, 9)  # a run that went on from step 8
    assert list(checkpoint_files(tmp_path)) == [9, 8]


def test_what_a_killed_process_left_is_removed(tmp_path):
    write(tmp_path, 0)
    (tmp_path / ".step-8.pt.999999.tmp").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, 9)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "step-0.pt", "step-9.pt"]


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", ["cut", "empty", "flip", "another step", "folder"])
def test_the_one_before_is_used_where_the_newest_is_damaged(tmp_path, caplog, damage):
    write(tmp_path, 8, 16)
    path = tmp_path / "step-16.pt"
    if damage == "flip":
        with zipfile.ZipFile(path) as archive:
            place = max(archive.infolist(), key=lambda entry: entry.file_size).header_offset
        flip(path, place + 200)
    elif damage == "another step":
        path.write_bytes((tmp_path / "step-8.pt").read_bytes())
    elif damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        os.truncate(path, 0 if damage == "empty" else 300)
    assert read_newest_checkpoint(tmp_path)[1]["step"] == 8
    (record,) = caplog.records
    assert "step-16.pt is " in record.getMessage()
    assert "resumed from the one before it" in record.getMessage()
    (tmp_path / "step-8.pt").unlink()
    with pytest.raises(TrainingError, match=r"step-16\.pt is .*--out"):
        read_newest_checkpoint(tmp_path)


def test_each_flipped_bit_is_seen_or_changes_nothing(tmp_path):
    write(tmp_path, 3)
    path, whole = tmp_path / "step-3.pt", read_newest_checkpoint(tmp_path)[1]
    for place in range(0, path.stat().st_size, 7):
        flip(path, place)
        with contextlib.suppress(TrainingError):
            assert read_newest_checkpoint(tmp_path)[1]["weight"].equal(whole["weight"])
        flip(path, place)


def test_checkpoint_of_another_run_is_not_resumed_from(tmp_path):
    write_checkpoint(tmp_path, 8, {"step": 8, "run_id": "one"}, keep=2)
    assert read_newest_checkpoint(tmp_path, "one")[1]["step"] == 8
    with pytest.raises(
        TrainingError, match=r"step-8\.pt is of another step, or of another run than run.json: begin another"
    ):
        read_newest_checkpoint(tmp_path, "other")


def test_a_folder_without_a_checkpoint_is_named(tmp_path):
    with pytest.raises(TrainingError, match=r"no checkpoint in .*gone"):
        read_newest_checkpoint(tmp_path / "gone")
