"""Exact resume: a training run that was stopped and resumed equals an uninterrupted one, bit for bit."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal

import pytest
import torch

from nlprnn.errors import TrainingError
from nlprnn.training import TrainingInterrupted, read_metrics
from nlprnn.training.checkpoint_folder import read_newest_checkpoint
from nlprnn.training.files import CHECKPOINT_FOLDER, WEIGHTS_FILE
from nlprnn.training.losses import classification_loss, language_model_loss

CLOCK = {
    "peak_memory_mb",
    "seconds",
    "evaluation_seconds",
    "logged_seconds",
    "saved_seconds",
    "tokens_per_second",
    "minutes",
}
LOSSES = {
    "classifier_trainer": classification_loss(label_smoothing=0.1),
    "language_model_trainer": language_model_loss(),
}


def timeless(value):
    """Make nested values comparable: tensors become their bytes, clock times are left out."""
    if isinstance(value, torch.Tensor):
        return value.dtype, value.shape, value.detach().contiguous().view(-1).view(torch.uint8).numpy().tobytes()
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in CLOCK}
    if isinstance(value, list | tuple):
        return type(value), [timeless(item) for item in value]
    return value


def assert_same_run(one, other):
    """Weights, best score, averages, optimizer, random states, position in the data, carried state, log."""
    assert (one / WEIGHTS_FILE).read_bytes() == (other / WEIGHTS_FILE).read_bytes()
    first, second = (
        read_newest_checkpoint(one / CHECKPOINT_FOLDER)[1],
        read_newest_checkpoint(other / CHECKPOINT_FOLDER)[1],
    )
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
def test_interrupted_and_resumed_run_equals_a_whole_one(tmp_path, tiny, kind, stops, accumulation):
    make = getattr(tiny, kind)
    whole = make(tmp_path / "whole", accumulate=accumulation)
    summary = whole.fit()
    for stop in stops:
        folder = tmp_path / f"stopped{stop}"
        loss = tiny.at_call(stop, press_ctrl_c, LOSSES[kind])
        with pytest.raises(TrainingInterrupted):
            make(folder, accumulate=accumulation, loss=loss).fit()
        assert read_newest_checkpoint(folder / CHECKPOINT_FOLDER)[1]["state"]["step"] == stop
        resumed = make(folder, accumulate=accumulation)
        again = resumed.fit(resume=True)
        assert_same_run(tmp_path / "whole", folder)
        assert {**again, "minutes": 0} == {**summary, "minutes": 0}
        assert timeless(dict(resumed.model.state_dict())) == timeless(dict(whole.model.state_dict()))


@pytest.mark.parametrize("branches", [1, 2])  # the second of two begins after 12 steps
def test_several_stops_with_validations_inside_epochs(tmp_path, tiny, branches):
    changed = {"evaluate_every": 5, "accumulate": 2, "log_every": 2, "patience": 50, "branches": branches}
    tiny.classifier_trainer(tmp_path / "whole", **changed).fit()
    loss, folder = LOSSES["classifier_trainer"], tmp_path / "stopped"
    for resume in (False, True, True, True):
        trainer = tiny.classifier_trainer(folder, loss=tiny.at_call(5, press_ctrl_c, loss), **changed)
        with pytest.raises(TrainingInterrupted):
            trainer.fit(resume=resume)
    tiny.classifier_trainer(folder, **changed).fit(resume=True)
    assert_same_run(tmp_path / "whole", folder)


def test_killed_and_resumed_run_equals_a_whole_one(tmp_path, tiny):
    killed = multiprocessing.get_context("fork").Process(target=tiny.train_until_killed, args=(tmp_path / "killed",))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    state = read_newest_checkpoint(tmp_path / "killed" / CHECKPOINT_FOLDER)[1]["state"]
    assert state["step"] == tiny.KILLED_AT - 1
    assert state["epoch"] % 1 != 0
    tiny.classifier_trainer(tmp_path / "killed", save_minutes=0).fit(resume=True)
    tiny.classifier_trainer(tmp_path / "whole").fit()
    assert_same_run(tmp_path / "whole", tmp_path / "killed")


def test_crash_between_log_and_checkpoint_repeats_no_record(tmp_path, tiny, monkeypatch):
    tiny.linear_trainer(tmp_path / "whole").fit()
    trainer = tiny.linear_trainer(tmp_path / "crashed")
    saved, save = [], trainer._save

    def save_twice():
        if len(saved) == 2:
            raise OSError("power cut")
        saved.append(save())

    monkeypatch.setattr(trainer, "_save", save_twice)
    with pytest.raises(OSError, match="power cut"):
        trainer.fit()
    assert read_metrics(tmp_path / "crashed")[-1]["step"] == 12
    tiny.linear_trainer(tmp_path / "crashed").fit(resume=True)
    assert_same_run(tmp_path / "whole", tmp_path / "crashed")


def test_resuming_an_ended_run_changes_nothing(tmp_path, tiny):
    summary = tiny.linear_trainer(tmp_path / "run").fit()
    shutil.copytree(tmp_path / "run", tmp_path / "before")
    assert tiny.linear_trainer(tmp_path / "run").fit(resume=True) == summary
    assert_same_run(tmp_path / "before", tmp_path / "run")


def test_resume_restores_overwritten_best_weights(tmp_path, tiny):
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


def test_resume_for_more_epochs(tmp_path, tiny):
    tiny.linear_trainer(tmp_path, epochs=1).fit()
    summary = tiny.linear_trainer(tmp_path, epochs=3).fit(resume=True)
    assert summary["steps"] == 18
    assert summary["epochs"] == 3


def test_run_resumed_with_fewer_epochs_is_still_validated(tmp_path, tiny):
    loss = tiny.at_call(8, press_ctrl_c, tiny.squared_error)
    with pytest.raises(TrainingInterrupted):
        tiny.linear_trainer(tmp_path, loss=loss, evaluate_every=100).fit()
    assert not (tmp_path / WEIGHTS_FILE).exists()
    summary = tiny.linear_trainer(tmp_path, epochs=1).fit(resume=True)
    assert summary["steps"] == 8
    assert summary["loss"] is not None
    assert (tmp_path / WEIGHTS_FILE).exists()


def test_resume_without_checkpoint_names_the_file(tmp_path, tiny):
    with pytest.raises(TrainingError, match=r"no checkpoint in .*checkpoint to resume from"):
        tiny.linear_trainer(tmp_path).fit(resume=True)


@pytest.mark.parametrize("changed", [{"width": 6}, {"rows": 90}], ids=["another model", "other data"])
def test_resume_with_another_model_or_data_is_an_error(tmp_path, tiny, changed):
    tiny.classifier_trainer(tmp_path, epochs=1).fit()
    with pytest.raises(TrainingError, match=r"step-8\.pt is of another model or data set"):
        tiny.classifier_trainer(tmp_path, epochs=2, **changed).fit(resume=True)


def test_one_seed_gives_one_result_and_another_seed_another(tmp_path, tiny):
    for name, seed in (("one", 1), ("two", 1), ("other", 2)):
        tiny.classifier_trainer(tmp_path / name, seed=seed, epochs=2).fit()
    assert_same_run(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / WEIGHTS_FILE).read_bytes() != (tmp_path / "other" / WEIGHTS_FILE).read_bytes()
