from __future__ import annotations

import errno
import itertools
import math
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from nlprnn.errors import DeviceError, TrainingError
from nlprnn.metrics import Metric
from nlprnn.training import LossOutput, SplitValidation, constant, linear, read_metrics
from nlprnn.training import best_weights as best_weights_module
from nlprnn.training import checkpoint_folder as checkpoint_module
from nlprnn.training import precision as precision_module
from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint
from nlprnn.training.files import CHECKPOINT_FOLDER, WEIGHTS_FILE


def temporary_files(folder):
    return [path for path in folder.rglob("*") if path.name.endswith(".tmp")]


@pytest.mark.parametrize("kind", ["linear_trainer", "classifier_trainer", "language_model_trainer"])
def test_training_lowers_the_loss(tmp_path, tiny, kind):
    trainer = getattr(tiny, kind)(tmp_path, epochs=8)
    summary = trainer.fit()
    losses = [record["validation"]["loss"] for record in read_metrics(tmp_path) if "validation" in record]
    assert len(losses) == 8
    assert losses[-1] < 0.9 * losses[0]
    assert summary["steps"] == 8 * len(trainer.batches)
    assert summary["epochs"] == 8
    assert summary[trainer.metric.name] == read_newest_checkpoint(tmp_path / CHECKPOINT_FOLDER)[1]["state"]["best"]
    assert not trainer.model.training
    assert not temporary_files(tmp_path)


def product(model, batch, state):
    return LossOutput(model(batch).sum(), len(batch))  # its gradient is the input


@pytest.mark.parametrize(
    ("clip_norm", "clip_value", "step", "norm"),
    [
        (None, None, (3.0, 4.0), 5.0),
        (1.0, None, (0.6, 0.8), 5.0),
        (10.0, None, (3.0, 4.0), 5.0),
        (None, 3.5, (3.0, 3.5), math.hypot(3.0, 3.5)),
        (None, 1e300, (3.0, 4.0), 5.0),
        (1.0, 2.0, (math.sqrt(0.5), math.sqrt(0.5)), math.sqrt(8.0)),
    ],
)
def test_gradients_are_clipped_by_value_and_norm(tmp_path, tiny, clip_norm, clip_value, step, norm):
    trainer = tiny.linear_trainer(
        tmp_path,
        batches=[torch.tensor([[3.0, 4.0]])],
        loss=product,
        validate=lambda model: {"loss": 0.0},
        rate=1.0,
        epochs=1,
        clip_norm=clip_norm,
        clip_value=clip_value,
        schedule=constant,
    )
    trainer.fit()
    torch.testing.assert_close(trainer.model.weight.detach(), -torch.tensor([step]), rtol=1e-5, atol=0)
    assert read_metrics(tmp_path)[0]["gradient_norm"] == pytest.approx(norm, rel=1e-5)


def test_two_accumulated_half_batches_equal_one_batch(tmp_path, tiny):
    inputs = torch.randn(24, 2, generator=torch.Generator().manual_seed(3))
    targets = inputs.sum(dim=1, keepdim=True)
    weights = []
    for size, accumulation in ((8, 1), (4, 2)):
        batches = list(zip(inputs.split(size), targets.split(size), strict=True))
        trainer = tiny.linear_trainer(tmp_path / str(size), batches=batches, accumulate=accumulation, clip_norm=None)
        trainer.fit()
        weights.append(trainer.model.weight.detach())
    torch.testing.assert_close(*weights, rtol=1e-5, atol=1e-7)
    assert weights[0].abs().min() > 0.1


def test_learning_rate_warms_up_and_ends_at_zero(tmp_path, tiny):
    trainer = tiny.linear_trainer(tmp_path, schedule=linear, warmup=0.25, epochs=2, log_every=1, rate=0.5)
    trainer.fit()
    rates = [record["learning_rate"] for record in read_metrics(tmp_path)]
    progress = np.arange(1, 13) / 12
    expected = 0.5 * np.where(progress < 0.25, progress / 0.25, (1 - progress) / 0.75)
    np.testing.assert_allclose(rates, expected, atol=1e-12)
    assert rates[-1] == 0.0


def test_each_parameter_group_keeps_its_learning_rate(tmp_path, tiny):
    trainer = tiny.linear_trainer(tmp_path, schedule=linear, epochs=1)
    extra = nn.Parameter(torch.zeros(1))
    trainer.optimizer.optimizer.add_param_group({"params": [extra], "lr": 7.0, "initial_lr": 7.0})
    seen = []
    loss = trainer.compute_loss

    def watch(model, batch, state):
        seen.append([group["lr"] for group in trainer.optimizer.param_groups])
        return loss(model, batch, state)

    trainer.compute_loss = watch
    trainer.fit()
    np.testing.assert_allclose(seen[1:], [[0.1 * (1 - n / 6), 7.0 * (1 - n / 6)] for n in range(1, 6)])


def test_max_minutes_end_training_and_schedule_in_time(tmp_path, tiny):
    def slow(model, batch, state):
        time.sleep(0.01)
        return tiny.squared_error(model, batch, state)

    def validate(model):
        time.sleep(0.1)
        return {"loss": float(model.weight.sum())}

    trainer = tiny.linear_trainer(
        tmp_path, loss=slow, validate=validate, epochs=10_000, max_minutes=2 / 60, evaluate_every=40, schedule=linear
    )
    began = time.monotonic()
    summary = trainer.fit()
    seconds = time.monotonic() - began
    assert 1.5 < seconds < 3.0
    last = read_metrics(tmp_path)[-1]
    assert last["step"] == summary["steps"]
    assert "validation" in last
    assert last["learning_rate"] < 0.1 * 0.1


@pytest.mark.parametrize("max_minutes", [1.5 / 60, None])
def test_long_validation_keeps_to_the_minutes(tmp_path, tiny, max_minutes):
    seen = []

    def score(model, rows):
        time.sleep(0.0005 * len(rows))
        seen.append(len(rows))
        return {"loss": float(model.weight.sum())}

    validation = SplitValidation(score, 4000, final_rows=200)
    epochs = 1 if max_minutes is None else 10_000
    trainer = tiny.linear_trainer(tmp_path, validate=validation, epochs=epochs, max_minutes=max_minutes)
    began = time.monotonic()
    trainer.fit()
    if max_minutes is None:
        assert seen == [4000]
    else:
        assert time.monotonic() - began < 2.5
        assert 16 < seen[-1] < 1000
        assert trainer.state.final_seconds == pytest.approx(0.1, rel=0.5)


def test_best_weights_are_of_the_rows_of_the_last_validation(tmp_path, tiny):
    class Rows(SplitValidation):
        calls = 0

        def __call__(self, model):
            self.calls += 1
            self.changed = self.calls == 3
            return {"loss": [0.5, 0.1, 0.9, 0.8, 0.85][self.calls - 1]}

    trainer = tiny.linear_trainer(tmp_path, validate=Rows(None, 5), epochs=5)
    assert trainer.fit()["loss"] == 0.8


@pytest.mark.parametrize(
    ("metric", "scores", "kept", "evaluations"),
    [
        (Metric("quality", higher_is_better=True), [1, 2, 3, 3, 2, 9], 3, 5),
        (Metric("quality", higher_is_better=False), [5, 4, 6, 2, 2, 7, 0], 4, 6),
        (Metric("quality", higher_is_better=True), [math.nan, 1, math.nan, math.nan, 9], 2, 4),
    ],
)
def test_patience_ends_training_with_the_best_weights(tmp_path, tiny, metric, scores, kept, evaluations):
    seen = []

    def validate(model):
        assert not model.training
        seen.append(model.weight.detach().clone())
        return {"quality": scores[len(seen) - 1]}

    trainer = tiny.linear_trainer(tmp_path, validate=validate, metric=metric, epochs=50, patience=2)
    summary = trainer.fit()
    assert len(seen) == evaluations
    assert summary["quality"] == scores[kept - 1]
    assert torch.equal(trainer.model.weight, seen[kept - 1])
    assert torch.equal(load_file(tmp_path / WEIGHTS_FILE)["weight"], seen[kept - 1])
    assert not torch.equal(seen[kept - 1], seen[-1])


@pytest.mark.parametrize("reset_patience", [False, True])
def test_reset_patience_lets_an_ended_training_continue(tmp_path, tiny, reset_patience):
    quality = itertools.chain([3.0], itertools.repeat(1.0))
    options = {"validate": lambda model: {"quality": next(quality)}, "metric": Metric("quality", higher_is_better=True)}
    ended = tiny.linear_trainer(tmp_path, **options, epochs=50, patience=2).fit()
    again = tiny.linear_trainer(tmp_path, **options, epochs=50, patience=2)
    summary = again.fit(resume=True, reset_patience=reset_patience)
    more = ended["steps"] * 2 // 3 if reset_patience else 0  # two validations without improvement, after three in all
    assert summary["steps"] == ended["steps"] + more
    assert torch.equal(again.model.weight, load_file(tmp_path / WEIGHTS_FILE)["weight"])


@pytest.mark.parametrize("accumulation", [1, 2])
def test_averaged_weights_are_validated_and_kept(tmp_path, tiny, accumulation):
    decay, weights, averages = 0.3, [], []

    def watch(model, batch, state):
        weights.append(model.weight.detach().clone())
        return tiny.squared_error(model, batch, state)

    def validate(model):
        averages.append(model.weight.detach().clone())
        return {"loss": -float(len(averages))}

    trainer = tiny.linear_trainer(
        tmp_path,
        loss=watch,
        validate=validate,
        ema=decay,
        epochs=2,
        accumulate=accumulation,
        schedule=constant,
    )
    trainer.fit()
    weights.append(read_newest_checkpoint(tmp_path / CHECKPOINT_FOLDER)[1]["model"]["weight"])
    updated = weights[accumulation::accumulation]  # after the first update, the second, ...
    average = updated[0]
    for count, weight in enumerate(updated[1:], 1):
        keep = min(decay, (1 + count) / (10 + count))
        average = keep * average + (1 - keep) * weight
    torch.testing.assert_close(averages[-1], average)
    assert torch.equal(trainer.model.weight, averages[-1])
    assert torch.equal(load_file(tmp_path / WEIGHTS_FILE)["weight"], averages[-1])
    assert not torch.equal(averages[-1], weights[-1])


def test_tied_weights_are_kept(tmp_path, tiny):
    trainer = tiny.linear_trainer(tmp_path, epochs=1)
    trainer.model.again = trainer.model.weight
    trainer.fit()
    assert sorted(load_file(tmp_path / WEIGHTS_FILE)) == ["again", "weight"]


def nan_from(step, tiny):
    calls = itertools.count(1)

    def compute(model, batch, state):
        output = tiny.squared_error(model, batch, state)
        return output._replace(loss=output.loss * math.nan) if next(calls) >= step else output

    return compute


@pytest.mark.parametrize("log_every", [1, 4, 50])
def test_nan_loss_ends_training_and_keeps_the_checkpoint(tmp_path, tiny, log_every):
    loss = nan_from(9, tiny)
    trainer = tiny.linear_trainer(tmp_path, loss=loss, log_every=log_every, evaluate_every=7, epochs=9)
    with pytest.raises(TrainingError, match="no longer a number at step") as caught:
        trainer.fit()
    assert "\n" not in str(caught.value)
    assert str(tmp_path / CHECKPOINT_FOLDER / "step-7.pt") in str(caught.value)
    state = read_newest_checkpoint(tmp_path / CHECKPOINT_FOLDER)[1]
    assert state["state"]["step"] == 7
    assert torch.isfinite(state["model"]["weight"]).all()
    assert torch.isfinite(load_file(tmp_path / WEIGHTS_FILE)["weight"]).all()
    assert "NaN" not in (tmp_path / "metrics.jsonl").read_text()


def test_nan_gradient_ends_training_before_saving(tmp_path, tiny):
    def steep(model, batch, state):
        return LossOutput((model.weight - model.weight).sqrt().sum(), 1)  # 0, with the gradient inf - inf

    with pytest.raises(TrainingError, match="no longer a number at step 1: begin another run with a lower"):
        tiny.linear_trainer(tmp_path, loss=steep, save_minutes=0).fit()
    assert list(checkpoint_files(tmp_path / CHECKPOINT_FOLDER)) == [0]


def test_another_precision_in_one_process_is_an_error(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(precision_module, "_cpu_has_bf16", lambda: True)
    tiny.linear_trainer(tmp_path)
    with pytest.raises(DeviceError, match="precision 'bf16' needs a process of its own"):
        tiny.linear_trainer(tmp_path, precision="bf16")


def test_log_records_have_the_mean_loss_since_the_last_one(tmp_path, tiny):
    losses = []

    def watch(model, batch, state):
        output = tiny.squared_error(model, batch, state)
        losses.append(output.loss.item())
        return output

    def validate(model):
        time.sleep(0.2)
        return {"loss": 1.0}

    tiny.linear_trainer(tmp_path, loss=watch, validate=validate, log_every=3, evaluate_every=4, epochs=3).fit()
    records = read_metrics(tmp_path)
    assert [record["step"] for record in records] == [3, 4, 6, 8, 9, 12, 15, 16, 18]
    assert [record["step"] for record in records if "validation" in record] == [4, 8, 12, 16, 18]
    for before, record in itertools.pairwise([{"step": 0}, *records]):
        assert record["loss"] == pytest.approx(np.mean(losses[before["step"] : record["step"]]), rel=1e-5)
        assert record["epoch"] == pytest.approx(record["step"] / 6, abs=1e-4)
        assert record["tokens_per_second"] > 4 / 0.2  # the time of validation is not counted
        assert 50 < record["peak_memory_mb"] < 100_000


def test_save_minutes_set_the_interval_of_checkpoints(tmp_path, tiny):
    steps = []

    def watch(model, batch, state):
        steps.append(next(iter(checkpoint_files(tmp_path / CHECKPOINT_FOLDER))))
        return tiny.squared_error(model, batch, state)

    tiny.linear_trainer(tmp_path, epochs=1, save_minutes=0, loss=watch).fit()
    assert steps == [0, 1, 2, 3, 4, 5]
    steps.clear()
    tiny.linear_trainer(tmp_path, epochs=2, save_minutes=60, loss=watch).fit()
    assert steps == [0] * 6 + [6] * 6


def test_save_every_and_keep_set_the_checkpoints(tmp_path, tiny):
    kept = []

    def watch(model, batch, state):
        kept.append(list(checkpoint_files(tmp_path / CHECKPOINT_FOLDER)))
        return tiny.squared_error(model, batch, state)

    tiny.linear_trainer(tmp_path, epochs=1, save_every=2, keep=3, loss=watch).fit()
    assert kept == [[0], [0], [2, 0], [2, 0], [4, 2, 0], [4, 2, 0]]
    assert list(checkpoint_files(tmp_path / CHECKPOINT_FOLDER)) == [6, 4, 2]


@pytest.mark.parametrize(
    ("module", "target"), [(best_weights_module, "write_weights"), (checkpoint_module, "save_checkpoint")]
)
def test_full_disk_leaves_intact_files_to_resume_from(tmp_path, tiny, monkeypatch, module, target):
    tiny.linear_trainer(tmp_path, epochs=1).fit()
    trainer = tiny.linear_trainer(tmp_path, epochs=2)
    files = [tmp_path / WEIGHTS_FILE, tmp_path / CHECKPOINT_FOLDER / "step-6.pt"]
    before = [path.read_bytes() for path in files]
    write = getattr(module, target)

    def full(path, content):
        if trainer.state.step > 6:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(module, target, full)
    with pytest.raises(OSError, match="No space left"):
        trainer.fit(resume=True)
    monkeypatch.undo()
    assert files[1].read_bytes() == before[1]
    assert (files[0].read_bytes() == before[0]) == (target == "write_weights")
    assert tiny.linear_trainer(tmp_path, epochs=2).fit(resume=True)["steps"] == 12
    assert [record["step"] for record in read_metrics(tmp_path)] == [3, 6, 9, 12]


def test_carried_state_is_reset_with_each_epoch(tmp_path, tiny):
    states = []

    def counting(model, batch, state):
        states.append(state)
        count = 1 if state is None else state[0] + 1
        return tiny.squared_error(model, batch, state)._replace(state=(count,))

    tiny.linear_trainer(tmp_path, loss=counting, epochs=2).fit()
    assert states == [None, (1,), (2,), (3,), (4,), (5,)] * 2
