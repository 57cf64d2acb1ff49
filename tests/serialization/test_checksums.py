"""A folder is replaced as a whole, and what is damaged or foreign in it is noticed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import nlprnn
from nlprnn.errors import ModelError
from nlprnn.serialization import checksums
from nlprnn.serialization.atomic_files import write_text
from nlprnn.serialization.checksums import check_files, copy_files, replacing_files

FORECASTER = Path(__file__).parents[1] / "frozen_models" / "v2" / "forecaster"


def write(folder, **contents):
    with replacing_files(folder) as new:
        for name, content in contents.items():
            write_text(new / name, content)


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != "checksums.json"}


def test_files_are_replaced_and_others_stay(tmp_path):
    write(tmp_path / "new", a="1", b="1")
    (tmp_path / "new" / "notes").write_text("mine")
    write(tmp_path / "new", b="2")
    assert contents(tmp_path / "new") == {"a": "1", "b": "2", "notes": "mine"}
    check_files(tmp_path / "new")
    copy_files(tmp_path / "new", tmp_path / "copy")
    assert contents(tmp_path / "copy") == {"a": "1", "b": "2"}
    check_files(tmp_path / "copy")


def test_failure_leaves_everything(tmp_path):
    write(tmp_path, a="1")
    with pytest.raises(OSError, match="disk"), replacing_files(tmp_path) as new:  # noqa: PT012
        write_text(new / "a", "2")
        raise OSError("disk")
    assert contents(tmp_path) == {"a": "1"}
    with pytest.raises(OSError, match="disk"), replacing_files(tmp_path / "new"):
        raise OSError("disk")
    assert not (tmp_path / "new").exists()


def kill_at(number, monkeypatch):
    """Raise KeyboardInterrupt at the call of this number of those that write or rename."""
    calls = iter(range(number))

    def counted(function):
        def call(*arguments):
            if next(calls, None) is None:
                raise KeyboardInterrupt
            return function(*arguments)

        return call

    monkeypatch.setattr(checksums.shutil, "move", counted(shutil.move))
    monkeypatch.setattr(os, "fsync", counted(os.fsync))


def test_kill_leaves_the_old_the_new_or_a_folder_that_is_refused(tmp_path, monkeypatch):
    left = []
    for number in range(20):
        folder = tmp_path / str(number)
        write(folder, a="1", b="1")
        with monkeypatch.context() as patch:
            kill_at(number, patch)
            try:
                write(folder, a="2", b="2")
            except KeyboardInterrupt:
                left.append("".join(sorted(contents(folder).values())))
            else:
                break
        if left[-1] == "12":
            with pytest.raises(ModelError, match="was not written to its end"):
                check_files(folder)
        else:
            check_files(folder)
        write(folder, a="2", b="2")
        check_files(folder)
        assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "checksums.json"]
    assert sorted(set(left)) == ["11", "12", "22"]


def test_file_of_the_version_before_is_noticed(tmp_path):
    write(tmp_path, a="1", b="1")
    write(tmp_path, a="2", b="1")
    check_files(tmp_path)
    (tmp_path / "a").write_text("1")
    with pytest.raises(ModelError, match="a is damaged"):
        check_files(tmp_path)


def test_files_that_are_replaced_while_they_are_checked_are_accepted(tmp_path, monkeypatch):
    write(tmp_path, a="1", b="1")
    checksum_of = checksums.file_checksum

    def replace_after(path):
        checksum = checksum_of(path)
        if path.name == "b" and path.parent == tmp_path and path.read_text() == "1":
            write(tmp_path, a="2", b="2")
        return checksum

    monkeypatch.setattr(checksums, "file_checksum", replace_after)
    check_files(tmp_path)
    assert contents(tmp_path) == {"a": "2", "b": "2"}


def test_any_flip_in_the_checksums_is_named_or_changes_nothing(tmp_path):
    write(tmp_path, a="1", b="1")
    path, named = tmp_path / "checksums.json", 0
    before = path.read_bytes()
    for place in range(len(before)):
        path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
        try:
            check_files(tmp_path)
        except ModelError as error:
            assert "checksums.json" in str(error)  # noqa: PT017
            named += 1
    assert named > len(before) / 2


def damage(path, kind, other):
    content = bytearray(path.read_bytes())
    if kind == "flip":
        content[len(content) // 2] ^= 1
    elif kind == "truncate":
        del content[-1]
    elif kind == "zero":
        content[-8:] = bytes(8)
    elif kind == "another model":
        content = (other / path.name).read_bytes()
    path.write_bytes(content)
    if kind == "delete":
        path.unlink()


@pytest.mark.parametrize("kind", ["flip", "truncate", "zero", "delete", "another model"])
@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
def test_damaged_and_foreign_files_are_named(make_generator, tmp_path, kind, name):
    make_generator(seed=0, num_layers=1).save(tmp_path / "model")
    make_generator("word", seed=1, num_layers=2).save(tmp_path / "other")
    damage(tmp_path / "model" / name, kind, tmp_path / "other")
    with pytest.raises(ModelError) as caught:
        nlprnn.load(tmp_path / "model")
    assert str(tmp_path / "model") in str(caught.value)
    assert kind == "another model" or name in str(caught.value) or name == "config.json"
    assert "\n" not in str(caught.value)


def test_weights_of_a_model_that_differs_in_the_seed_alone_are_named(make_generator, tmp_path):
    for seed in (0, 1):
        make_generator(seed=seed).save(tmp_path / str(seed))
    shutil.copy(tmp_path / "1" / "model.safetensors", tmp_path / "0")
    with pytest.raises(ModelError, match=r"model\.safetensors is damaged, or of another model.*delete checksums\.json"):
        nlprnn.load(tmp_path / "0")
    (tmp_path / "0" / "checksums.json").unlink()
    nlprnn.load(tmp_path / "0")  # as an older version wrote it


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"versions": []}', '{"versions": [3]}', '{"versions": [{"a": 1}]}']
)
def test_damaged_checksums_are_named(make_generator, tmp_path, content):
    make_generator().save(tmp_path)
    (tmp_path / "checksums.json").write_text(content)
    with pytest.raises(ModelError, match=r"checksums\.json is damaged"):
        nlprnn.load(tmp_path)


def test_checksums_of_a_newer_version_are_named(tmp_path):
    (tmp_path / "checksums.json").write_text(json.dumps({"format_version": 9, "versions": [{}]}))
    with pytest.raises(ModelError, match="newer nlprnn"):
        check_files(tmp_path)


@pytest.mark.parametrize("name", ["processor_config.json", "series.json"])
@pytest.mark.parametrize("kind", ["missing", "pipe"])
def test_file_of_a_forecaster_that_is_missing_or_a_pipe_is_named(tmp_path, name, kind):
    folder = shutil.copytree(FORECASTER, tmp_path / "model")
    (folder / name).unlink()
    if kind == "pipe":
        os.mkfifo(folder / name)
    with pytest.raises(ModelError, match=rf"{name} is (missing|no file, but a named pipe)"):
        nlprnn.load(folder)


@pytest.mark.parametrize("dtype", [torch.float64, torch.int32, torch.float8_e4m3fn])
def test_weights_of_another_type_are_named(make_generator, tmp_path, dtype):
    make_generator().save(tmp_path)
    (tmp_path / "checksums.json").unlink()
    weights = load_file(tmp_path / "model.safetensors")
    save_file({**weights, "output_bias": weights["output_bias"].to(dtype)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=rf"model\.safetensors is damaged \(output_bias is of {dtype} instead"):
        nlprnn.load(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "sub/../../secret", "/secret"])
def test_checksum_of_a_file_outside_the_folder_is_damage(tmp_path, name):
    (tmp_path / "secret").write_text("1")
    write(tmp_path / "model", a="1")
    known = {"format_version": 1, "versions": [{name: checksums.file_checksum(tmp_path / "secret")}]}
    write_text(tmp_path / "model" / "checksums.json", json.dumps(known))
    for use in (check_files, lambda folder: copy_files(folder, tmp_path / "copy")):
        with pytest.raises(ModelError, match=r"checksums\.json is damaged"):
            use(tmp_path / "model")
