"""`run.json` that is JSON, but not ours."""

from __future__ import annotations

import json
import os

import pytest

from nlprnn.errors import TrainingError
from nlprnn.experiment.run_file import has_ended, read_run_file, trained_columns, trained_reading
from nlprnn.experiment.run_folder import RUN_FILE
from nlprnn.training.checkpoint_folder import write_checkpoint

RUN = {"recipe": "news", "command": "python news.py", "options": {"dataset": "news"}, "summary": {"minutes": 1.5}}
NOT_OURS = {
    "a number": 3,
    "a list": [RUN],
    "null": None,
    "a text": "recipe",
    "nothing in it": {},
    "a recipe that is a number": RUN | {"recipe": 3},
    "a command that is a list": RUN | {"command": []},
    "options that are a list": RUN | {"options": []},
    "chosen that is a text": RUN | {"chosen": "hidden_size"},
    "summary that is null": RUN | {"summary": None},
    "summary without minutes": RUN | {"summary": {}},
    "explicit that is a number": RUN | {"explicit": 3},
    "explicit numbers": RUN | {"explicit": [3]},
    "minutes that are a text": RUN | {"summary": {"minutes": "1"}},
}


@pytest.mark.parametrize("kind", NOT_OURS)
def test_json_that_is_no_run_is_an_error(tmp_path, kind):
    (tmp_path / RUN_FILE).write_text(json.dumps(NOT_OURS[kind]))
    for read in (read_run_file, has_ended):
        with pytest.raises(TrainingError, match=r"run\.json is missing or damaged"):
            read(tmp_path)
    assert trained_columns(tmp_path) == trained_reading(tmp_path, "news") == {}


def test_run_is_read(tmp_path):
    (tmp_path / RUN_FILE).write_text(json.dumps(RUN))
    assert read_run_file(tmp_path) == RUN
    assert has_ended(tmp_path)


def test_run_file_of_another_run_is_an_error(tmp_path):
    write_checkpoint(tmp_path / "checkpoint", 3, {"run_id": "ours", "step": 3}, keep=1)
    for run_id in ("ours", "other"):
        (tmp_path / RUN_FILE).write_text(json.dumps(RUN | {"id": run_id}))
        if run_id == "ours":
            assert has_ended(tmp_path)
            continue
        with pytest.raises(TrainingError, match=r"run\.json is of another run than the checkpoints"):
            has_ended(tmp_path)
    (tmp_path / "checkpoint" / "step-3.pt").write_text("damaged")
    assert has_ended(tmp_path)


def test_run_of_several_seeds_has_ended_when_each_has(tmp_path):
    for name, run in (("", RUN), ("seed_1", RUN), ("seed_2", {**RUN, "summary": {"minutes": 0}})):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / RUN_FILE).write_text(json.dumps(run))
    assert has_ended(tmp_path)
    (tmp_path / "seed_2" / RUN_FILE).write_text(json.dumps({key: RUN[key] for key in RUN if key != "summary"}))
    assert not has_ended(tmp_path)


@pytest.mark.parametrize("data", [[], {"columns": []}, {"columns": {"text": 3}}, {"columns": {"text": {}}}])
def test_columns_that_are_not_ours_are_none(tmp_path, data):
    (tmp_path / RUN_FILE).write_text(json.dumps(RUN | {"data": data}))
    assert trained_columns(tmp_path) == {}


def test_pipe_and_endless_nesting_are_no_run(tmp_path):
    (tmp_path / RUN_FILE).write_text('{"a":' * 100_000)
    with pytest.raises(TrainingError, match="damaged"):
        read_run_file(tmp_path)
    (tmp_path / RUN_FILE).unlink()
    os.mkfifo(tmp_path / RUN_FILE)
    with pytest.raises(TrainingError, match="damaged"):
        read_run_file(tmp_path)
