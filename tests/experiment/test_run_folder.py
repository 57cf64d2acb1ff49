"""Which folder a run gets, that it has it alone, and what a failure leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlprnn.errors import TrainingError
from nlprnn.experiment.run_folder import RUN_FILE, run_folder
from nlprnn.serialization.atomic_files import write_text
from nlprnn.serialization.checksums import replacing_files


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


FILES = [("run.json", "{}"), ("metrics.jsonl", ""), ("checkpoint/step-0.pt", ""), (".run.json.999999.tmp", "")]


def test_a_failure_leaves_no_folder_that_was_not_there():
    assert not fail_in(None, files=FILES).exists()


def test_a_failure_removes_the_model():
    with pytest.raises(OSError, match="disk"), run_folder("news", None, resume=False) as folder:  # noqa: PT012
        for place in (folder, folder / "checkpoint" / "model"):
            with replacing_files(place) as new:
                write_text(new / "config.json", "{}")
        raise OSError("disk")
    assert not folder.exists()


@pytest.mark.parametrize("name", ["notes.txt", "checkpoint/notes.txt", "tensorboard/notes.txt", "mine/notes.txt"])
def test_a_failure_leaves_the_files_of_a_user(name):
    folder = fail_in(None, files=[*FILES, (name, "mine")])
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / name]
    assert (folder / name).read_text() == "mine"


@pytest.mark.parametrize("out", [None, Path("a", "b", "c")])
def test_a_failure_leaves_no_parents_that_were_not_there(out):
    fail_in(out, files=FILES)
    assert list(Path().iterdir()) == []


def test_a_folder_with_what_a_kill_left_of_the_first_write_is_free():
    Path("out").mkdir()
    (Path("out") / ".run.json.999999.tmp").write_text('{"recipe": "ne')
    with pytest.raises(TrainingError, match="no run to resume"), run_folder("news", Path("out"), resume=True):
        pass
    with run_folder("news", Path("out"), resume=False) as folder:
        write_text(folder / RUN_FILE, "{}")
    assert [path.name for path in Path("out").iterdir()] == [RUN_FILE]


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
