"""What goes wrong for users of recipes ends in one sentence, and never blocks the next try."""

from __future__ import annotations

import errno
import gzip
import json
import os

import pytest

from nlprnn.experiment.run_folder import is_saved
from nlprnn.serialization import atomic_files as files


def _rows(number=40):
    return [{"text": f"film {n} is {'good' if n % 2 else 'bad'}", "label": "np"[n % 2]} for n in range(number)]


def _jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


SOUND = _jsonl(_rows())
MIXED = _jsonl([*_rows(), {"text": "more", "label": 5}])
UNLABELLED = _jsonl([*_rows(), {"text": "more", "label": None}])

# name of the file, its content, further options, words of the message
DATA = {
    "missing": ("none.jsonl", None, [], ["none.jsonl"]),
    "empty": ("empty.jsonl", b"", [], ["empty.jsonl", "empty"]),
    "empty table": ("empty.csv", b"text,label\n", [], ["empty.csv", "empty"]),
    "wrong text field": ("a.jsonl", SOUND, ["--text-field", "txt"], ["--text-field", "'txt'", "'text'", "label"]),
    "wrong label field": ("a.jsonl", SOUND, ["--label-field", "x"], ["--label-field", "'x'", "text, label"]),
    "no label field": ("a.jsonl", _jsonl([{"text": "a"}] * 40), [], ["a.jsonl", "--label-field"]),
    "mixed labels": ("a.jsonl", MIXED, [], ["a.jsonl, line 41", "'5'"]),
    "missing label": ("a.jsonl", UNLABELLED, [], ["a.jsonl, line 41", "label"]),
    "text as label": ("a.csv", b"label,text\n" + b"".join(b"t%d,x\n" % n for n in range(99)), [], ["--label-field"]),
    "bad bytes": ("a.csv", b"text,label\nx,a\ncaf\xe9,b\n", [], ["a.csv, line 3", "UTF-8"]),
    "bad json": ("a.jsonl", SOUND + b'{"text": \n', [], ["a.jsonl, line 41", "JSON"]),
    "uneven csv": ("a.csv", b"text,label\na,b\na,b,c\n", [], ["a.csv, line 3"]),
    "cut gzip": ("a.jsonl.gz", gzip.compress(SOUND)[:-20], [], ["a.jsonl.gz", "truncated"]),
    "no gzip": ("a.jsonl.gz", SOUND, [], ["a.jsonl.gz", "gzip"]),
    "unknown suffix": ("a.docx", b"PK", [], ["a.docx", ".csv"]),
    "too few rows": ("a.jsonl", _jsonl(_rows(3)), [], ["a.jsonl", "too few"]),
    "one label": ("a.jsonl", _jsonl([{"text": f"t {n}", "label": "only"} for n in range(40)]), [], ["'only'"]),
}


@pytest.mark.parametrize("case", DATA)
def test_unusable_data_is_one_sentence(fails, tmp_path, case):
    name, content, options, words = DATA[case]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    fails("sentiment", "--dataset", tmp_path / name, "--out", tmp_path / "out", *options, words=words)
    assert not (tmp_path / "out").exists()


VECTORS = {
    "missing": (None, []),
    "empty": (b"", ["empty"]),
    "ragged": (b"film 0.123 0.234\ngood 0.123 0.234 0.345\n", ["line 2"]),
    "no numbers": (b"film good bad\n", []),
    "wrong header": (b"1 2\nfilm 0.123 0.234 0.345\n", ["line 2"]),
}


@pytest.mark.parametrize("case", VECTORS)
def test_unusable_vectors_are_one_sentence(fails, film_file, tmp_path, case):
    content, words = VECTORS[case]
    path = tmp_path / "vectors.txt"
    if content is not None:
        path.write_bytes(content)
    call = ("sentiment", "--dataset", film_file, "--vectors", path, "--out", tmp_path / "out")
    fails(*call, words=["vectors.txt", *words])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--epochs", "ten"),
        ("--hidden-size", "0"),
        ("--dropout", "1"),
        ("--dropout", "nan"),
        ("--word-dropout", "nan"),
        ("--learning-rate", "0"),
        ("--learning-rate", "nan"),
        ("--learning-rate", "inf"),
        ("--r-drop", "nan"),
        ("--vectors-rate", "1"),
        ("--max-minutes", "0"),
        ("--max-minutes", "nan"),
        ("--seed", "-1"),
        ("--seed", "4294967296"),
        ("--threads", "0"),
        ("--threads", "100000"),
        ("--batch-size", "0"),
        ("--cell", "lsmt"),
        ("--pooling", "maximum"),
        ("--device", "gpu"),
    ],
)
def test_a_value_out_of_range_names_the_option(fails, film_file, tmp_path, option, value):
    fails("sentiment", "--dataset", film_file, "--out", tmp_path / "out", option, value, words=[option])
    assert not (tmp_path / "out").exists()


def test_an_option_that_is_not_utf_8_is_named(fails, film_file, tmp_path):
    fails(
        "sentiment", "--dataset", film_file, "--out", tmp_path / "x", "--text-field", "\udcff", words=["--text-field"]
    )
    assert not (tmp_path / "x").exists()


def test_a_mistyped_option_names_the_nearest(fails):
    fails("sentiment", "--hiden-size", "8", words=["--hiden-size", "--hidden-size"])
    fails("text_generation", "--btpt", "8", words=["--btpt", "--bptt"])
    fails("sentiment", "films.csv", words=["films.csv"])


def test_a_mistyped_sample_lists_the_samples(fails, tmp_path, monkeypatch):
    import datasets
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    fails("sentiment", "--dataset", "sentimant", "--out", tmp_path / "out", words=["sentimant", "samples", "sentiment"])
    fails("sentiment", "--dataset", "nobody/none", "--out", tmp_path / "out", words=["nobody/none", "network"])
    assert not (tmp_path / "out").exists()


def test_a_gpu_that_is_not_there(fails, film_file, tmp_path, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    fails("sentiment", "--dataset", film_file, "--device", "cuda", "--out", tmp_path / "out", words=["cuda", "cpu"])
    assert not (tmp_path / "out").exists()


def test_tensorboard_that_is_not_installed(fails, film_file, tmp_path, monkeypatch):
    from nlprnn.experiment import command as options

    monkeypatch.setattr(options, "find_spec", lambda name: None)
    words = ["--tensorboard", "nlprnn[tensorboard]"]
    fails("sentiment", "--dataset", film_file, "--tensorboard", "--out", tmp_path / "out", words=words)
    assert not (tmp_path / "out").exists()


def test_sizes_beyond_the_memory(fails, film_file, tmp_path):
    options = ["--hidden-size", 10**8, "--out", tmp_path / "out"]
    fails("sentiment", "--dataset", film_file, *options, words=["memory"])
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_cannot_be_one(fails, film_file, tmp_path):
    (tmp_path / "file").write_text("mine")
    fails("sentiment", "--dataset", film_file, "--out", tmp_path / "file", words=[tmp_path / "file", "--out"])
    fails("sentiment", "--dataset", film_file, "--out", tmp_path / "file" / "x", words=[tmp_path / "file" / "x"])
    fails("sentiment", "--dataset", film_file, "--out", tmp_path / ("x" * 300), words=["xxx"])
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_without_permission(fails, film_file, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    fails("sentiment", "--dataset", film_file, "--out", tmp_path / "locked" / "x", words=["permission", "locked"])


@pytest.mark.parametrize("write", [1, 2, 3, 5, 8])
def test_full_disk_is_one_sentence_at_any_write(fails, train, film_file, tmp_path, monkeypatch, write):
    out, count, sync = tmp_path / "out", [0], os.fsync

    def full(number):
        count[0] += 1
        if count[0] >= write:
            raise OSError(errno.ENOSPC, "No space left on device", str(out))
        sync(number)

    monkeypatch.setattr(files.os, "fsync", full)
    fails("sentiment", "--dataset", film_file, "--out", out, words=["disk is full", out])
    monkeypatch.undo()
    assert not list(tmp_path.rglob("*.tmp"))
    # Whether anything was saved or not, the way on is open.
    held = is_saved(out)
    assert held or not out.exists()
    monkeypatch.chdir(tmp_path)
    train("sentiment", "--out", out, *(["--resume"] if held else ["--dataset", film_file]))
    assert (out / "scores.json").exists()


def test_internal_error_leaves_the_folder_free(run_recipe, train, film_file, tmp_path, monkeypatch):
    from nlprnn.training.trainer import Trainer

    def broken(self, *, resume):
        raise RuntimeError("a bug")

    monkeypatch.setattr(Trainer, "fit", broken)
    result = run_recipe("sentiment", "--dataset", film_file, "--out", tmp_path / "out")
    assert str(result.exception) == "a bug"
    monkeypatch.undo()
    train("sentiment", "--dataset", film_file, "--out", tmp_path / "out")


TEXTS = {
    "too short": ("a.txt", b"Once upon a time.", ["a.txt", "1,000"]),
    "empty": ("a.txt", b"", ["a.txt", "empty"]),
    "bad bytes": ("a.txt", b"one\n" * 500 + b"caf\xe9\n", ["a.txt, line 501", "UTF-8"]),
    "UTF-16": ("a.txt", "Once upon a time.\n".encode("utf-16-le") * 99, ["a.txt", "UTF-16", "--encoding"]),
    "missing": ("a.txt", None, ["a.txt"]),
    "wrong field": ("a.csv", b"text,n\n" + b"abc,1\n" * 50, ["a.csv", "'body'"]),
}


@pytest.mark.parametrize("case", TEXTS)
def test_unusable_text_is_one_sentence(fails, tmp_path, case):
    name, content, words = TEXTS[case]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    options = ["--text-field", "body"] if name.endswith("csv") else []
    fails("text_generation", "--dataset", tmp_path / name, "--out", tmp_path / "out", *options, words=words)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "size"), [("train", 3), ("validation", 5), ("test", 1)])
def test_tiny_split_is_named_or_used(run_recipe, story_file, tmp_path, name, size):
    text = story_file.read_text(encoding="utf-8")
    for part in ("train", "validation", "test"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / f"{part}.txt").write_text(text[:size] if part == name else text[:1500])
    result = run_recipe("text_generation", "--dataset", tmp_path / "data", "--out", tmp_path / "out")
    if result.exit_code:
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert name in result.stderr.splitlines()[-1]
        assert not (tmp_path / "out").exists()
