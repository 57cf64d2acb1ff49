from __future__ import annotations

import signal
import sys

import pytest
import torch
from safetensors.torch import load_file

from nlprnn.errors import TrainingError
from nlprnn.training import Callback, TensorBoardWriter, TrainingInterrupted, flat_scores, read_metrics
from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint
from nlprnn.training.files import CHECKPOINT_FOLDER, WEIGHTS_FILE


class Recorder(Callback):
    """Keeps every call, with the step of the checkpoint that lay in the folder then."""

    def __init__(self):
        self.calls = []

    def _keep(self, trainer, event, *content):
        saved = next(iter(checkpoint_files(trainer.folder / CHECKPOINT_FOLDER)), 0)
        self.calls.append((event, trainer.state.step, saved, *content))

    def on_begin(self, trainer):
        self._keep(trainer, "begin")

    def on_log(self, trainer, record):
        self._keep(trainer, "log", record["step"])

    def on_validation(self, trainer, scores, *, best):
        self._keep(trainer, "validation", scores["loss"], best)

    def on_end(self, trainer, summary):
        self._keep(trainer, "end", summary["steps"], trainer.network.training)


class Stopper(Callback):
    """Ends the training at the given call of a method."""

    def __init__(self, method, count):
        self.count = count
        setattr(self, method, self._stop)

    def _stop(self, trainer, *arguments, **named):
        self.count -= 1
        if self.count == 0:
            trainer.stop("it will not get better")


class Failure(Stopper):
    """Fails at the given call of a method."""

    def _stop(self, trainer, *arguments, **named):
        self.count -= 1
        if self.count == 0:
            raise ConnectionError("the tracker does not answer")


def test_callbacks_are_called_after_the_checkpoint_of_their_step(tmp_path, tiny):
    recorder, losses = Recorder(), iter([0.5, 0.7, 0.4])
    tiny.linear_trainer(tmp_path, validate=lambda model: {"loss": next(losses)}, callbacks=[recorder]).fit()
    assert recorder.calls == [
        ("begin", 0, 0),
        ("log", 3, 0, 3),
        ("log", 6, 6, 6),
        ("validation", 6, 6, 0.5, True),
        ("log", 9, 6, 9),
        ("log", 12, 12, 12),
        ("validation", 12, 12, 0.7, False),
        ("log", 15, 12, 15),
        ("log", 18, 18, 18),
        ("validation", 18, 18, 0.4, True),
        ("end", 18, 18, 18, False),
    ]


def test_callbacks_get_the_records_of_the_log(tmp_path, tiny):
    records = []
    callback = Callback()
    callback.on_log = lambda trainer, record: records.append(dict(record))
    tiny.classifier_trainer(tmp_path, callbacks=[callback]).fit()
    assert records == read_metrics(tmp_path)


@pytest.mark.parametrize(("method", "steps"), [("on_validation", 12), ("on_log", 9)])
def test_stop_ends_training_in_order(tmp_path, tiny, capsys, method, steps):
    losses, seen, recorder = iter([0.3, 0.9, 0.9]), [], Recorder()

    def validate(model):
        seen.append(model.weight.detach().clone())
        return {"loss": next(losses)}

    stopper = Stopper(method, 2 if method == "on_validation" else 3)
    trainer = tiny.linear_trainer(tmp_path, validate=validate, epochs=50, callbacks=[stopper, recorder])
    trainer.display.line = print
    summary = trainer.fit()
    assert (summary["steps"], summary["loss"]) == (steps, 0.3)
    assert capsys.readouterr().out.splitlines()[-1] == "ended early: it will not get better"
    assert read_newest_checkpoint(tmp_path / CHECKPOINT_FOLDER)[1]["state"]["step"] == steps
    assert read_metrics(tmp_path)[-1]["validation"] == {"loss": 0.9}
    assert torch.equal(trainer.model.weight, seen[0])
    assert torch.equal(load_file(tmp_path / WEIGHTS_FILE)["weight"], seen[0])
    assert recorder.calls[-1] == ("end", steps, steps, steps, False)


def test_stopped_training_resumes_as_if_it_had_not_stopped(tmp_path, tiny):
    whole = tiny.classifier_trainer(tmp_path / "whole")
    whole.fit()
    trainer = tiny.classifier_trainer(tmp_path / "stopped", callbacks=[Stopper("on_validation", 1)])
    assert trainer.fit()["epochs"] == 1
    resumed = tiny.classifier_trainer(tmp_path / "stopped")
    resumed.fit(resume=True)
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("method", "count", "step"), [("on_log", 1, 3), ("on_log", 3, 8), ("on_validation", 2, 16), ("on_end", 1, 24)]
)
def test_exception_in_a_callback_loses_nothing(tmp_path, tiny, method, count, step):
    whole = tiny.classifier_trainer(tmp_path / "whole")
    whole.fit()
    with pytest.raises(ConnectionError, match="does not answer"):
        tiny.classifier_trainer(tmp_path / "failed", callbacks=[Failure(method, count)]).fit()
    assert read_newest_checkpoint(tmp_path / "failed" / CHECKPOINT_FOLDER)[1]["state"]["step"] == step
    resumed = tiny.classifier_trainer(tmp_path / "failed")
    resumed.fit(resume=True)
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_interruption_at_a_log_record_keeps_it_from_no_callback(tmp_path, tiny):
    recorder = Recorder()
    loss = tiny.at_call(3, lambda: signal.raise_signal(signal.SIGINT), tiny.squared_error)
    with pytest.raises(TrainingInterrupted):
        tiny.linear_trainer(tmp_path, loss=loss, callbacks=[recorder]).fit()
    tiny.linear_trainer(tmp_path, callbacks=[recorder]).fit(resume=True)
    assert [call[1] for call in recorder.calls if call[0] == "log"] == [3, 6, 9, 12, 15, 18]


def test_tensorboard_files_are_written_on_request(tmp_path, tiny):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tiny.linear_trainer(tmp_path / "without").fit()
    assert not (tmp_path / "without" / "tensorboard").exists()
    trainer = tiny.linear_trainer(
        tmp_path / "with", tensorboard=True, callbacks=[TensorBoardWriter(tmp_path / "elsewhere")]
    )
    trainer.fit()
    records = read_metrics(tmp_path / "with")
    for folder in (tmp_path / "with" / "tensorboard", tmp_path / "elsewhere"):
        events = EventAccumulator(str(folder)).Reload()
        assert [(e.step, pytest.approx(e.value)) for e in events.Scalars("loss")] == [
            (r["step"], r["loss"]) for r in records
        ]
        scored = [(r["step"], r["validation"]["loss"]) for r in records if "validation" in r]
        assert [(e.step, pytest.approx(e.value)) for e in events.Scalars("validation/loss")] == scored


def test_tensorboard_shows_no_step_twice_after_a_kill(tmp_path, tiny):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def fail():
        raise OSError("power cut")

    loss = tiny.at_call(11, fail, tiny.squared_error)
    with pytest.raises(OSError, match="power cut"):  # at step 10, after the checkpoint of step 6 and a record of step 9
        tiny.linear_trainer(tmp_path, loss=loss, tensorboard=True).fit()
    tiny.linear_trainer(tmp_path, tensorboard=True).fit(resume=True)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [e.step for e in events.Scalars("loss")] == [3, 6, 9, 12, 15, 18]


def test_missing_tensorboard_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(TrainingError, match=r'pip install "nlprnn\[tensorboard\]"'):
        TensorBoardWriter()


def test_flat_scores_are_named_by_their_path():
    record = {"step": 3, "loss": 0.5, "validation": {"loss": 0.4, "accuracy": 90.0}}
    assert flat_scores(record) == {"loss": 0.5, "validation/loss": 0.4, "validation/accuracy": 90.0}
