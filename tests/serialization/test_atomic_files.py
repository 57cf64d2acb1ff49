from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nlprnn.serialization.atomic_files import check_writable, replacing, write_json, write_text, write_weights


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_appears_in_a_new_folder(tmp_path):
    path = tmp_path / "new" / "folder" / "text.txt"
    write_text(path, "zwei\nZeilen — 二\n")
    assert path.read_bytes() == "zwei\nZeilen — 二\n".encode()
    assert names(path.parent) == ["text.txt"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt(), SystemExit()])
def test_failure_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "file"
    write_text(path, "old")

    def fail():
        with replacing(path) as temporary:
            temporary.write_text("half of the n", encoding="utf-8")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["file"]


def test_old_file_is_visible_until_the_block_ends(tmp_path):
    path = tmp_path / "file"
    write_text(path, "old")
    with path.open(encoding="utf-8") as stream:
        with replacing(path) as temporary:
            assert temporary.parent == path.parent
            temporary.write_text("new", encoding="utf-8")
        assert stream.read() == "old"
    assert path.read_text(encoding="utf-8") == "new"


def test_symlink_points_to_the_new_file(tmp_path):
    write_text(tmp_path / "target" / "file", "old")
    (tmp_path / "link").symlink_to(Path("target") / "file")
    write_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target" / "file").read_text(encoding="utf-8") == "new"
    assert names(tmp_path / "target") == ["file"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    stream = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    check_writable(pipe)
    write_text(pipe, "text")
    assert os.read(stream, 100) == b"text"
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]
    os.close(stream)


def test_check_writable_leaves_no_trace(tmp_path):
    write_text(tmp_path / "file", "old")
    check_writable(tmp_path / "file")
    check_writable(tmp_path / "new" / "folder" / "file")
    with pytest.raises(OSError, match="file"):
        check_writable(tmp_path / "file" / "below")
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "old"


def test_leftovers_of_killed_processes_are_removed(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    for name in (f".file.{process.pid}.tmp", f".file.{os.getppid()}.tmp", f".other.{process.pid}.tmp", ".file.x.tmp"):
        (tmp_path / name).touch()
    write_text(tmp_path / "file", "new")
    assert names(tmp_path) == sorted([f".file.{os.getppid()}.tmp", f".other.{process.pid}.tmp", ".file.x.tmp", "file"])


def test_json_is_readable(tmp_path):
    write_json(tmp_path / "a.json", {"label": "süß", "n": [1, None]})
    content = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "süß" in content
    assert content.endswith("}\n")
    assert json.loads(content) == {"label": "süß", "n": [1, None]}


def test_invalid_json_leaves_the_old_file(tmp_path):
    write_json(tmp_path / "a.json", {"n": 1})
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"n": object()})
    assert json.loads((tmp_path / "a.json").read_bytes()) == {"n": 1}
    assert names(tmp_path) == ["a.json"]


def test_weights_of_views_and_parameters(tmp_path):
    grid = torch.arange(6.0).view(2, 3)
    weights = {"turned": grid.T, "parameter": torch.nn.Parameter(grid + 1), "empty": torch.empty(0, 3)}
    write_weights(tmp_path / "w.safetensors", weights)
    loaded = load_file(tmp_path / "w.safetensors")
    assert loaded.keys() == weights.keys()
    assert all(torch.equal(loaded[name], weights[name]) for name in weights)
    assert names(tmp_path) == ["w.safetensors"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_permissions_of_config_and_weights_are_equal(tmp_path):
    before = os.umask(0o022)
    try:
        write_json(tmp_path / "config.json", {})
        write_weights(tmp_path / "w.safetensors", {"a": torch.ones(1)})
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o644}


@pytest.mark.parametrize("filename", [None, "temporary"])
def test_full_disk_names_the_file(tmp_path, filename):
    with pytest.raises(OSError, match="No space") as caught, replacing(tmp_path / "a.json") as temporary:
        raise OSError(errno.ENOSPC, "No space left on device", filename and str(temporary))
    assert caught.value.filename == str(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []
