"""The training loop: any `nn.Module`, any batches, any loss; nothing is lost when it stops."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import send_to_device
from safetensors.torch import load_file
from torch import nn
from torch.optim import Optimizer

from nlprnn.devices import resolve_device
from nlprnn.errors import TrainingError
from nlprnn.files import write_weights
from nlprnn.training.averaging import moving_average
from nlprnn.training.checkpoint import load_checkpoint, random_state, save_checkpoint, set_random_state
from nlprnn.training.interruption import StopSignal, TrainingInterrupted
from nlprnn.training.metrics import Metric
from nlprnn.training.options import TrainingOptions
from nlprnn.training.protocols import ComputeLoss, ResumableBatches
from nlprnn.training.report import Display, MetricsLog, duration
from nlprnn.training.schedules import with_warmup

WEIGHTS_FILE = "model.safetensors"
CHECKPOINT_FILE = Path("checkpoint", "last.safetensors")
_CHECK_STEPS = 10


@dataclass
class _Memory:
    """What the loop knows beside model, optimizer and batches; all of it is part of a checkpoint."""

    step: int = 0
    seconds: float = 0.0
    best: float | None = None
    evaluations_without_gain: int = 0
    last_evaluated: int = -1
    loss_sum: float = 0.0
    loss_steps: int = 0
    tokens: int = 0
    logged_seconds: float = 0.0
    mean_loss: float = 0.0


class Trainer:
    """Trains a model, keeps the best weights and a checkpoint to go on from.

    In `folder` it writes `model.safetensors` (the weights with the best validation score so far),
    `checkpoint/last.safetensors` and `metrics.jsonl`, each in one step.

    Args:
        model: what is trained.
        optimizer: over the model's parameters; the schedule scales the rate of each of its groups.
        batches: an epoch's batches after another, with a position (see `nlprnn.data.batching`).
        compute_loss: (model, batch, carried state) -> `LossOutput`.
        validate: model in evaluation mode -> its scores, `metric.name` among them.
        metric: which score picks the best weights.
        folder: where everything is written.
        options: how long and how to train.
        display: where progress is shown; None = the terminal.

    Raises:
        DeviceError: the device is not there.
    """

    def __init__(
        self,
        model: nn.Module,
        optimizer: Optimizer,
        batches: ResumableBatches,
        compute_loss: ComputeLoss,
        validate: Callable[[nn.Module], Mapping[str, float]],
        *,
        metric: Metric,
        folder: Path,
        options: TrainingOptions | None = None,
        display: Display | None = None,
    ) -> None:
        self.options = options or TrainingOptions()
        device = resolve_device(self.options.device)
        self.accelerator = Accelerator(cpu=device.type == "cpu", mixed_precision=self.options.precision)
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer)
        unwrapped = self.accelerator.unwrap_model(self.model)
        self.batches = batches
        self.batches.shard(self.accelerator.process_index, self.accelerator.num_processes)
        self.compute_loss = compute_loss
        self.validate = validate
        self.metric = metric
        self.folder = Path(folder)
        self.display = display or Display(enabled=self.accelerator.is_main_process)
        self._average = None if self.options.ema is None else moving_average(unwrapped, self.options.ema)
        self._schedule = with_warmup(self.options.schedule, self.options.warmup)
        for group in self.optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self._memory = _Memory()
        self._carried: Any = None
        self._evaluation_seconds = 0.0
        self._gradient_norm = 0.0

    def fit(self, *, resume: bool = False) -> dict[str, Any]:
        """Train to the end of the epochs, the minutes or the patience; the model then has its best weights.

        Args:
            resume: go on from the checkpoint in the folder, as if training had never stopped.

        Returns:
            what to remember of the run: steps, epochs, minutes and the best validation score.

        Raises:
            TrainingInterrupted: Ctrl-C or a termination signal; everything is saved.
            TrainingError: the loss is not a number, or there is no checkpoint to resume from.
            OSError: the disk is full; the last files are whole.
        """
        if resume:
            self._restore()
        self._log = MetricsLog(self.folder, step=self._memory.step, tensorboard=self.options.tensorboard)
        self._resumed_at = time.monotonic() - self._memory.seconds
        self._saved_at = time.monotonic()
        with self.display, StopSignal() as stop:
            while not self._finished():
                self.model.train()
                for batch in self.batches:
                    self._train_on(batch)
                    self._housekeeping(stop)
                    if self._finished():
                        break
                if self.batches.position == 0:
                    self._carried = None  # the next epoch starts the text anew
                if self.options.evaluate_every is None or self._finished():
                    self._evaluate()
                    self._save()
        self._load_best()
        return {
            "steps": self._memory.step,
            "epochs": round(self.batches.epoch + self.batches.position / len(self.batches), 3),
            "minutes": round(self._memory.seconds / 60, 2),
            self.metric.name: self._memory.best,
        }

    def _train_on(self, batch: Any) -> None:
        memory, options = self._memory, self.options
        update = (memory.step + 1) % options.accumulation == 0
        output = self.compute_loss(self.model, send_to_device(batch, self.accelerator.device), self._carried)
        self._carried = output.state
        self.accelerator.backward(output.loss / options.accumulation)
        if update:
            self._clip()
            rate = self._schedule(self._progress())
            for group in self.optimizer.param_groups:
                group["lr"] = group["initial_lr"] * rate
            self.optimizer.step()
            self.optimizer.zero_grad()
            if self._average is not None:
                self._average.update_parameters(self.model)
        memory.step += 1
        memory.seconds = time.monotonic() - self._resumed_at
        memory.tokens += output.tokens
        memory.loss_steps += 1
        memory.loss_sum = memory.loss_sum + output.loss.detach()  # stays on its device until it is looked at

    def _clip(self) -> None:
        if self.options.clip_value is not None:
            self.accelerator.clip_grad_value_(self.model.parameters(), self.options.clip_value)
        limit = math.inf if self.options.clip_norm is None else self.options.clip_norm
        self._gradient_norm = self.accelerator.clip_grad_norm_(self.model.parameters(), limit)

    def _housekeeping(self, stop: StopSignal) -> None:
        """Between two batches: watch the loss, show, log, validate, save, and stop when asked to."""
        memory, options = self._memory, self.options
        if memory.step % _CHECK_STEPS == 0:
            self._check_loss()
            self._show()
        if memory.step % options.log_every == 0:
            self._write_log({})
        if options.evaluate_every is not None and memory.step % options.evaluate_every == 0:
            self._evaluate()
            self._save()
        if stop.requested:
            self._save()
            raise TrainingInterrupted("training was stopped, and everything is saved")
        if time.monotonic() - self._saved_at > 60 * options.save_minutes:
            self._save()

    def _progress(self) -> float:
        """How far the training is, 0 to 1, by epochs or minutes, whichever is further."""
        done = (self.batches.epoch + self.batches.position / len(self.batches)) / self.options.epochs
        if self.options.max_minutes is not None:
            budget = max(1.0, 60 * self.options.max_minutes - self._evaluation_seconds)
            done = max(done, self._memory.seconds / budget)
        return min(1.0, done)

    def _finished(self) -> bool:
        patience = self.options.patience
        impatient = patience is not None and self._memory.evaluations_without_gain >= patience
        return impatient or self._progress() >= 1.0

    def _evaluate(self) -> None:
        memory = self._memory
        if memory.last_evaluated == memory.step:
            return
        self._check_loss()
        began = time.monotonic()
        model = self._evaluated_model()
        model.eval()
        with torch.inference_mode():
            scores = {name: float(value) for name, value in self.validate(model).items()}
        self.model.train()
        self._evaluation_seconds = time.monotonic() - began
        memory.seconds = time.monotonic() - self._resumed_at
        memory.last_evaluated = memory.step
        better = self.metric.improves(scores[self.metric.name], memory.best)
        memory.evaluations_without_gain = 0 if better else memory.evaluations_without_gain + 1
        if better:
            memory.best = scores[self.metric.name]
            if self.accelerator.is_main_process:
                write_weights(self.folder / WEIGHTS_FILE, model.state_dict())
        self._announce(scores, better)
        self._write_log({"validation": scores})

    def _announce(self, scores: Mapping[str, float], better: bool) -> None:
        figures = "  ".join(f"{name} {value:.4g}" for name, value in scores.items())
        epoch = self.batches.epoch + self.batches.position / len(self.batches)
        self.display.line(
            f"epoch {epoch:<5.3g} step {self._memory.step:<6} training loss {self._mean_loss():.4f}   "
            f"validation {figures}   {duration(self._memory.seconds)}{'   best' if better else ''}"
        )

    def _mean_loss(self) -> float:
        """The mean training loss since the last line of the log, or of that line when nothing came since."""
        memory = self._memory
        if memory.loss_steps:
            memory.mean_loss = float(memory.loss_sum) / memory.loss_steps
        return memory.mean_loss

    def _tokens_per_second(self) -> float:
        return self._memory.tokens / max(1e-9, self._memory.seconds - self._memory.logged_seconds)

    def _show(self) -> None:
        progress, memory = self._progress(), self._memory
        left = memory.seconds * (1 - progress) / max(progress, 1e-9)
        best = "" if memory.best is None else f"   best {self.metric.name} {memory.best:.4g}"
        self.display.progress(
            progress,
            f"epoch {self.batches.epoch + 1}/{self.options.epochs}",
            f"loss {self._mean_loss():.4f}   {self._tokens_per_second():,.0f} tokens/s   {duration(left)} left{best}",
        )

    def _write_log(self, scores: Mapping[str, Any]) -> None:
        """Write one line of figures since the last one, and begin to count anew."""
        memory = self._memory
        if memory.loss_steps == 0 and not scores:
            return
        record = {
            "step": memory.step,
            "epoch": round(self.batches.epoch + self.batches.position / len(self.batches), 4),
            "loss": self._mean_loss(),
            "learning_rate": self.optimizer.param_groups[0]["lr"],
            "gradient_norm": float(self._gradient_norm),
            "tokens_per_second": round(self._tokens_per_second(), 1),
            "minutes": round(memory.seconds / 60, 3),
            **scores,
        }
        if self.accelerator.is_main_process:
            self._log.write(record)
        memory.loss_sum, memory.loss_steps, memory.tokens = 0.0, 0, 0
        memory.logged_seconds = memory.seconds

    def _check_loss(self) -> None:
        if math.isfinite(float(self._memory.loss_sum)) and math.isfinite(float(self._gradient_norm)):
            return
        kept = self.folder / CHECKPOINT_FILE
        hint = "a lower --learning-rate or stronger clipping of gradients helps"
        known = f"the last good state is kept in {kept}; " if kept.exists() else ""
        raise TrainingError(f"the loss is no longer a number at step {self._memory.step}: {known}{hint}")

    def _evaluated_model(self) -> nn.Module:
        return self.accelerator.unwrap_model(self.model) if self._average is None else self._average.module

    def _save(self) -> None:
        """Write the checkpoint from which training goes on as if it had not stopped."""
        self._check_loss()
        self._memory.loss_sum = float(self._memory.loss_sum)
        if self.accelerator.is_main_process:
            state = {
                "model": self.accelerator.unwrap_model(self.model).state_dict(),
                "average": None if self._average is None else self._average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "random": random_state(),
                "batches": {"epoch": self.batches.epoch, "position": self.batches.position},
                "carried": None if self._carried is None else list(self._carried),
                "memory": vars(self._memory),
            }
            save_checkpoint(self.folder / CHECKPOINT_FILE, state)
        self._saved_at = time.monotonic()

    def _restore(self) -> None:
        path = self.folder / CHECKPOINT_FILE
        state = load_checkpoint(path)
        try:
            self.accelerator.unwrap_model(self.model).load_state_dict(state["model"])
            if self._average is not None:
                self._average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (KeyError, RuntimeError, ValueError, TypeError) as error:
            raise TrainingError(f"{path} is of another model or data set: resume with the same options") from error
        set_random_state(state["random"])
        self.batches.epoch, self.batches.position = state["batches"]["epoch"], state["batches"]["position"]
        self._carried = send_to_device(state["carried"], self.accelerator.device)
        self._memory = _Memory(**state["memory"])

    def _load_best(self) -> None:
        path = self.folder / WEIGHTS_FILE
        if self._memory.best is not None and path.exists():
            self.accelerator.unwrap_model(self.model).load_state_dict(load_file(path))
        self.model.eval()
