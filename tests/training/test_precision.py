from __future__ import annotations

import pytest
import torch
from accelerate.state import AcceleratorState

from nlprnn.errors import DeviceError
from nlprnn.training import LossOutput, TrainingOptions, precision
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.losses import classification_loss
from nlprnn.training.precision import check_precision


@pytest.fixture
def new_process(monkeypatch):
    """Accelerate as in a process that has not trained yet, on a processor with bf16."""
    monkeypatch.setattr(precision, "_cpu_has_bf16", lambda: True)
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.mark.parametrize(
    ("device", "name", "message"),
    [
        ("cpu", "fp16", "a CPU cannot train in fp16: take --precision fp32"),
        ("cpu", "bf16", "this processor cannot compute in bf16: take --precision fp32"),
        ("cuda", "bf16", "this GPU cannot compute in bf16: take --precision fp16"),
    ],
)
def test_precision_that_the_device_lacks_is_refused(monkeypatch, device, name, message):
    monkeypatch.setattr(precision, "_cpu_has_bf16", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    with pytest.raises(DeviceError, match=message):
        check_precision(name, torch.device(device))
    check_precision("fp32", torch.device(device))


def test_precision_that_the_device_has(monkeypatch):
    monkeypatch.setattr(precision, "_cpu_has_bf16", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    for device, name in (("cpu", "bf16"), ("cuda", "bf16"), ("cuda", "fp16")):
        check_precision(name, torch.device(device))


@pytest.mark.parametrize(("given", "expected"), [(None, "bf16"), ("fp32", "no")])
def test_accelerate_launch_sets_the_precision_unless_given(monkeypatch, new_process, given, expected):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")  # as `accelerate launch --mixed_precision` does
    options = TrainingOptions(device="cpu", precision=given)
    assert DistributedContext(options).accelerator.mixed_precision == expected


@pytest.mark.filterwarnings("ignore:this processor cannot")
def test_training_in_bf16(tmp_path, tiny, new_process):
    """The loss is computed in bf16, the weights are in float32, and so are those that are averaged and validated."""
    seen, loss = set(), classification_loss()

    def watch(model, batch, state) -> LossOutput:
        output = loss(model, batch, state)
        seen.add((torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None, output.loss.dtype))
        return output

    trainer = tiny.classifier_trainer(tmp_path, precision="bf16", ema=0.5, epochs=1, rows=24, loss=watch)
    best = trainer.fit()
    assert seen == {(torch.bfloat16, torch.float32)}
    assert {weight.dtype for weight in trainer.network.parameters()} == {torch.float32}
    with torch.inference_mode():
        scores = trainer.validate(trainer.network)
    assert scores["accuracy"] == best["accuracy"]
    assert scores["loss"] == trainer.state.best_loss
