"""The core promise: a training that stopped and went on is the training that never stopped, bit for bit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nlprnn.errors import TrainingError
from nlprnn.training.checkpoint import load_checkpoint
from nlprnn.training.losses.classification import classification_loss
from nlprnn.training.losses.language_model import language_model_loss
from nlprnn.training.metrics_log import read_metrics
from nlprnn.training.signals import TrainingInterrupted
from nlprnn.training.trainer import CHECKPOINT_FILE, WEIGHTS_FILE

CLOCK = {"seconds", "evaluation_seconds", "logged_seconds", "tokens_per_second", "minutes"}
LOSSES = {
    "classifier_trainer": classification_loss(label_smoothing=0.1),
    "language_model_trainer": language_model_loss(),
}


def timeless(value):
    """Make nested values comparable: tensors become their bytes, what the clock says is left out."""
    if isinstance(value, torch.Tensor):
        return value.dtype, value.shape, value.detach().contiguous().view(-1).view(torch.uint8).tolist()
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in CLOCK}
    if isinstance(value, list):
        return [timeless(item) for item in value]
    return value


def assert_same_run(one, other):
    """Weights, best score, averages, optimizer, random states, place in the data, carried state, log."""
    assert (one / WEIGHTS_FILE).read_bytes() == (other / WEIGHTS_FILE).read_bytes()
    first, second = load_checkpoint(one / CHECKPOINT_FILE), load_checkpoint(other / CHECKPOINT_FILE)
    assert first.keys() == second.keys()
    for name in first:
        assert timeless(first[name]) == timeless(second[name]), name
    assert timeless(read_metrics(one)) == timeless(read_metrics(other))


def press_ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


# Epochs of 8 and 10 batches: the first batch of all, mid-epoch, the last of an epoch, the first, the last of all.
@pytest.mark.parametrize(
    ("kind", "accumulation", "stops"),
    [
        ("classifier_trainer", 1, (1, 5, 8, 9, 24)),
        ("classifier_trainer", 3, (5, 8, 24)),
        ("language_model_trainer", 1, (1, 5, 10, 11, 30)),
        ("language_model_trainer", 3, (5, 10, 30)),
    ],
)
def test_a_run_stopped_anywhere_and_resumed_equals_one_that_never_stopped(tmp_path, tiny, kind, stops, accumulation):
    make = getattr(tiny, kind)
    whole = make(tmp_path / "whole", accumulation=accumulation)
    summary = whole.fit()
    for stop in stops:
        folder = tmp_path / f"stopped{stop}"
        loss = tiny.at_call(stop, press_ctrl_c, LOSSES[kind])
        with pytest.raises(TrainingInterrupted):
            make(folder, accumulation=accumulation, loss=loss).fit()
        assert load_checkpoint(folder / CHECKPOINT_FILE)["standing"]["step"] == stop
        resumed = make(folder, accumulation=accumulation)
        again = resumed.fit(resume=True)
        assert_same_run(tmp_path / "whole", folder)
        assert {**again, "minutes": 0} == {**summary, "minutes": 0}
        assert timeless(dict(resumed.model.state_dict())) == timeless(dict(whole.model.state_dict()))


def test_several_stops_with_validations_inside_epochs_change_nothing(tmp_path, tiny):
    changed = {"evaluate_every": 5, "accumulation": 2, "log_every": 2, "patience": 50}
    tiny.classifier_trainer(tmp_path / "whole", **changed).fit()
    loss, folder = LOSSES["classifier_trainer"], tmp_path / "stopped"
    for resume in (False, True, True, True):
        trainer = tiny.classifier_trainer(folder, loss=tiny.at_call(5, press_ctrl_c, loss), **changed)
        with pytest.raises(TrainingInterrupted):
            trainer.fit(resume=resume)
    tiny.classifier_trainer(folder, **changed).fit(resume=True)
    assert_same_run(tmp_path / "whole", folder)


def test_a_run_killed_in_mid_epoch_and_resumed_equals_one_that_was_not(tmp_path, tiny):
    command = [sys.executable, str(Path(__file__).with_name("tiny.py")), str(tmp_path / "killed")]
    killed = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False)
    assert killed.returncode == -signal.SIGKILL
    standing = load_checkpoint(tmp_path / "killed" / CHECKPOINT_FILE)["standing"]
    assert standing["step"] == tiny.KILLED_AT - 1
    assert standing["epoch"] % 1 != 0
    tiny.classifier_trainer(tmp_path / "killed", save_minutes=0).fit(resume=True)
    tiny.classifier_trainer(tmp_path / "whole").fit()
    assert_same_run(tmp_path / "whole", tmp_path / "killed")


def test_a_crash_between_the_last_line_of_the_log_and_the_checkpoint_gives_no_line_twice(tmp_path, tiny, monkeypatch):
    tiny.linear_trainer(tmp_path / "whole").fit()
    trainer = tiny.linear_trainer(tmp_path / "crashed")
    saved, save = [], trainer._save

    def save_once():
        if saved:
            raise OSError("power cut")
        saved.append(save())

    monkeypatch.setattr(trainer, "_save", save_once)
    with pytest.raises(OSError, match="power cut"):
        trainer.fit()
    assert read_metrics(tmp_path / "crashed")[-1]["step"] == 12
    tiny.linear_trainer(tmp_path / "crashed").fit(resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "crashed")


def test_resuming_a_run_that_has_ended_changes_nothing(tmp_path, tiny):
    summary = tiny.linear_trainer(tmp_path / "run").fit()
    shutil.copytree(tmp_path / "run", tmp_path / "before")
    assert tiny.linear_trainer(tmp_path / "run").fit(resume=True) == summary
    assert_same_run(tmp_path / "before", tmp_path / "run")


def test_the_best_weights_survive_a_fresh_model_written_over_them_before_resuming(tmp_path, tiny):
    scores = iter([0.5, 0.9, 0.9])  # the first is the best, so that nothing is written after the resumption

    def validate(model):
        return {"loss": next(scores)}

    trainer = tiny.linear_trainer(tmp_path, validate=validate, epochs=2)
    trainer.fit()
    best = (tmp_path / WEIGHTS_FILE).read_bytes()
    (tmp_path / WEIGHTS_FILE).write_bytes(b"the recipe wrote its random start here")
    resumed = tiny.linear_trainer(tmp_path, validate=validate, epochs=3)
    resumed.fit(resume=True)
    assert (tmp_path / WEIGHTS_FILE).read_bytes() == best
    assert torch.equal(resumed.model.weight, trainer.model.weight)


def test_a_run_goes_on_for_more_epochs_when_asked_to(tmp_path, tiny):
    tiny.linear_trainer(tmp_path, epochs=1).fit()
    summary = tiny.linear_trainer(tmp_path, epochs=3).fit(resume=True)
    assert summary["steps"] == 18
    assert summary["epochs"] == 3


def test_a_run_cut_short_on_resuming_is_still_validated(tmp_path, tiny):
    loss = tiny.at_call(8, press_ctrl_c, tiny.squared_error)
    with pytest.raises(TrainingInterrupted):
        tiny.linear_trainer(tmp_path, loss=loss, evaluate_every=100).fit()
    assert not (tmp_path / WEIGHTS_FILE).exists()
    summary = tiny.linear_trainer(tmp_path, epochs=1).fit(resume=True)
    assert summary["steps"] == 8
    assert summary["loss"] is not None
    assert (tmp_path / WEIGHTS_FILE).exists()


def test_resuming_without_a_checkpoint_names_the_file(tmp_path, tiny):
    with pytest.raises(TrainingError, match=r"last\.safetensors"):
        tiny.linear_trainer(tmp_path).fit(resume=True)


@pytest.mark.parametrize("changed", [{"width": 6}, {"rows": 90}], ids=["another model", "other data"])
def test_resuming_with_another_model_or_data_set_is_refused(tmp_path, tiny, changed):
    tiny.classifier_trainer(tmp_path, epochs=1).fit()
    with pytest.raises(TrainingError, match=r"last\.safetensors is of another model or data set"):
        tiny.classifier_trainer(tmp_path, epochs=2, **changed).fit(resume=True)


def test_two_runs_with_one_seed_give_the_same_bytes_and_another_seed_others(tmp_path, tiny):
    for name, seed in (("one", 1), ("two", 1), ("other", 2)):
        tiny.classifier_trainer(tmp_path / name, seed=seed, epochs=2).fit()
    assert_same_run(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / WEIGHTS_FILE).read_bytes() != (tmp_path / "other" / WEIGHTS_FILE).read_bytes()
