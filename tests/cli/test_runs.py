"""`nlprnn runs` and `nlprnn compare`: what the files of runs tell of them."""

from __future__ import annotations

import contextlib
import json

import pytest

from nlprnn.experiment.run_folder import lock_folder


@pytest.fixture
def make_run(tmp_path):
    """A folder with the files of a run of three epochs."""

    def make(name, *, ended=True, chosen=(), **options):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        run = {
            "recipe": "sentiment",
            "command": "python recipes/sentiment.py",
            "options": {"epochs": None, "seed": 1, "threads": 1, **options},
            "chosen": {"epochs": 3, "statistics": {}, **dict(chosen)},
        }
        records = [
            {
                "step": 10 * epoch,
                "epoch": epoch,
                "minutes": epoch / 2,
                "validation": {"accuracy": 70.0 + epoch, "loss": 0.5},
            }
            for epoch in (1, 2, 3)
        ]
        (folder / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        if ended:
            run["summary"] = {"steps": 30, "minutes": 1.5}
            scores = {"validation": {"accuracy": 72.5}, "test": {"accuracy": 71.25, "signature": "text"}}
            (folder / "scores.json").write_text(json.dumps(scores))
        (folder / "run.json").write_text(json.dumps(run))
        return folder

    return make


def test_runs_are_listed_with_state_length_and_scores(nlprnn_command, make_run):
    first, second, third = make_run("a"), make_run("b", ended=False), make_run("seeds/seed_1", ended=False)
    with contextlib.ExitStack() as locks:
        lock_folder(third, locks)  # as the process of a run does
        result = nlprnn_command("runs", first.parent)
    assert result.exit_code == 0, result.output
    head, *rows = [line.split() for line in result.stdout.splitlines()]
    assert head == ["run", "recipe", "state", "epochs", "minutes", "validation", "test"]
    assert [(row[0], row[2]) for row in rows] == [
        (str(first), "ended"),
        (str(second), "stopped"),
        (str(third), "running"),
    ]
    assert rows[0][3:] == ["3", "1.5", "accuracy", "72.5", "accuracy", "71.25"]
    assert rows[1][3:] == ["3", "1.5", "accuracy", "73,", "loss", "0.5"]
    records = [json.loads(line) for line in nlprnn_command("runs", first.parent, "--json").stdout.splitlines()]
    assert [record["folder"] for record in records] == [str(first), str(second), str(third)]
    assert records[0]["options"] == {"epochs": 3, "seed": 1, "threads": 1}
    assert records[2]["state"] == "stopped"  # its process has ended


def test_comparison_shows_the_options_that_differ(nlprnn_command, make_run, tmp_path):
    pytest.importorskip("matplotlib")
    first, second = make_run("a", threads=2), make_run("b", seed=2, chosen={"epochs": 5}, dropout=0.5)
    refused = nlprnn_command("compare", first, second, "--curves", tmp_path / "curves.txt")
    assert (refused.exit_code, refused.stdout) == (1, "")  # before the table
    picture = tmp_path / "curves.png"
    result = nlprnn_command("compare", first, second, "--curves", picture)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [line.split() for line in lines[lines.index("") + 1 : -2]] == [
        ["option", str(first), str(second)],
        ["epochs", "3", "5"],
        ["seed", "1", "2"],
        ["dropout", "0.5"],
    ]
    assert picture.read_bytes().startswith(b"\x89PNG")
    drawing = tmp_path / "curves.svg"
    assert nlprnn_command("compare", first, second, "--curves", drawing).exit_code == 0
    assert "<svg" in drawing.read_text()
    assert "no option differs" in nlprnn_command("compare", first, first).stdout


def test_folders_without_runs_and_foreign_files_are_refused(fails, make_run, tmp_path):
    fails("runs", tmp_path / "none", words=["no run in", tmp_path / "none"])
    fails("compare", tmp_path, words=[tmp_path / "run.json", "missing or damaged"])
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    fails("compare", make_run("a"), "--curves", notes, words=[notes, "no name of a picture"])
    assert notes.read_text() == "mine"
    (tmp_path / "runs" / "a" / "metrics.jsonl").unlink()
    fails("compare", tmp_path / "runs" / "a", "--curves", tmp_path / "c.png", words=["no run has been validated"])
