"""Which folder a run gets, that it has it alone, and what a failure leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlprnn.errors import TrainingError
from nlprnn.experiment.run_folder import RUN_FILE, run_folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)


def fail_in(out, *, files=()):
    """Fail in a new run's folder, with files in it."""
    with pytest.raises(OSError, match="disk"), run_folder("news", out, resume=False) as folder:  # noqa: PT012
        for name, content in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        raise OSError("disk")
    return folder


def test_simultaneous_runs_get_separate_folders():
    with run_folder("news", None, resume=False) as one, run_folder("news", None, resume=False) as two:
        assert [one, two] == [Path("runs/news"), Path("runs/news-2")]


@pytest.mark.parametrize("name", ["notes.txt", "exp1/model.safetensors"])
def test_non_empty_folder_is_left_untouched(name):
    path = Path("runs/news", name)
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    assert fail_in(None) == Path("runs/news-2")
    assert path.read_text() == "mine"
    Path("runs/news-2").mkdir()
    with run_folder("news", None, resume=False) as folder:
        assert folder == Path("runs/news-2")


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_in_which_another_run_works_is_named(resume):
    out = Path("out")
    out.mkdir()
    if resume:
        (out / RUN_FILE).touch()
    with run_folder("news", out, resume=resume):  # noqa: SIM117
        with pytest.raises(TrainingError, match="another process works in out"), run_folder("news", out, resume=resume):
            pass
    with run_folder("news", out, resume=resume) as folder:
        assert folder == out


def test_processes_share_one_folder(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(TrainingError, match="--out"), run_folder("news", None, resume=False):
        pass
    with run_folder("news", Path("out"), resume=False) as first:
        (first / RUN_FILE).touch()
        monkeypatch.setenv("RANK", "1")
        with pytest.raises(OSError, match="lost"), run_folder("news", Path("out"), resume=False) as further:  # noqa: PT012
            assert further == first
            raise OSError("lost")
        assert (first / RUN_FILE).exists()


FILES = [("run.json", "{}"), ("model.safetensors", ""), ("checkpoint/step-0.pt", ""), ("tokenizer/a/b", "")]


def test_a_failure_leaves_no_folder_that_was_not_there():
    assert not fail_in(None, files=FILES).exists()


def test_a_failure_leaves_an_empty_folder_empty():
    Path("out").mkdir()
    fail_in(Path("out"), files=FILES)
    assert list(Path("out").iterdir()) == []
    with run_folder("news", Path("out"), resume=False):
        pass


@pytest.mark.parametrize("checkpoint", ["checkpoint/step-8.pt", "checkpoint/last.pt", "seed_1/checkpoint/step-8.pt"])
def test_a_failure_leaves_what_can_be_gone_on_from(checkpoint):
    folder = fail_in(None, files=[*FILES, (checkpoint, "")])
    assert {name for name, _ in [*FILES, (checkpoint, "")]} == {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    }
