"""The training loop: any `nn.Module`, any batches, any loss; nothing is lost when it stops."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import send_to_device
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import Optimizer

from nlprnn.errors import TrainingError
from nlprnn.metrics import Metric
from nlprnn.serialization.atomic_files import write_weights
from nlprnn.training.checkpoint import load_checkpoint, random_state, save_checkpoint, set_random_state
from nlprnn.training.display import Display
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.dropout_schedule import annealed_dropout
from nlprnn.training.ema import moving_average
from nlprnn.training.metrics_log import MetricsLog
from nlprnn.training.options import TrainingOptions
from nlprnn.training.progress import Reporter
from nlprnn.training.protocols import ComputeLoss, ResumableBatches
from nlprnn.training.schedules import with_warmup
from nlprnn.training.signals import StopSignal, TrainingInterrupted
from nlprnn.training.state import TrainingState

WEIGHTS_FILE = "model.safetensors"
CHECKPOINT_FILE = Path("checkpoint", "last.safetensors")
_CHECK_STEPS = 10


class Trainer:
    """Trains a model, keeps the best weights and a checkpoint to go on from.

    In `folder` it writes `model.safetensors` (the weights with the best validation score so far),
    `checkpoint/last.safetensors` and `metrics.jsonl`, each in one step.

    Args:
        model: what is trained.
        optimizer: over the model's parameters; the schedule scales the rate of each of its groups, from the progress
            on, 0 to 1, that a group's `begins` names.
        batches: an epoch's batches after another, with a position (see `nlprnn.data.batching`).
        compute_loss: (model, batch, carried state) -> `LossOutput`.
        validate: model in evaluation mode -> its scores, `metric.name` among them.
        metric: which score picks the best weights.
        folder: where everything is written.
        options: how long and how to train.
        display: where progress is shown; None = the terminal.

    Raises:
        DeviceError: the device is not there, or the process has trained on another or in another precision before.
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
        self._processes = DistributedContext(self.options)
        self.accelerator = self._processes.accelerator
        self.model, self.optimizer = self.accelerator.prepare(model, optimizer)
        unwrapped = self.accelerator.unwrap_model(self.model)
        self.batches = batches
        self.batches.shard(self._processes.index, self._processes.count)
        self.compute_loss = compute_loss
        self.validate = validate
        self.metric = metric
        self.folder = Path(folder)
        self.display = display or Display(enabled=self._processes.is_first)
        self._average = None if not self.options.ema else moving_average(unwrapped, self.options.ema)
        self._schedule = with_warmup(self.options.schedule, self.options.warmup)
        for group in self.optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self._standing = TrainingState()
        self._carried: Any = None
        self._best: dict[str, Tensor] | None = None

    def fit(self, *, resume: bool = False, reset_patience: bool = True) -> dict[str, Any]:
        """Train to the end of the epochs, the minutes or the patience; the model then has its best weights.

        Args:
            resume: go on from the checkpoint in the folder, as if training had never stopped.
            reset_patience: a training that had ended by its patience goes on, as whoever resumes it asks for more.

        Returns:
            what to remember of the run: steps, epochs, minutes and the best validation score.

        Raises:
            TrainingInterrupted: Ctrl-C or a termination signal; everything is saved.
            TrainingError: the loss is not a number, or there is no checkpoint to resume from.
            OSError: the disk is full; the last files are whole.
        """
        if resume:
            self._restore()
        standing, options = self._standing, self.options
        if self._impatient() and reset_patience:
            standing.evals_without_improvement = 0
        self._resumed_at = time.monotonic() - standing.seconds
        self._saved_at = standing.seconds
        first = self._processes.is_first
        log = MetricsLog(self.folder, step=standing.step, tensorboard=options.tensorboard) if first else None
        self._reporter = Reporter(standing, self.display, log, metric=self.metric.name, epochs=options.epochs)
        model = self.accelerator.unwrap_model(self.model)
        with closing(self._reporter), self.display, StopSignal() as stop, annealed_dropout(model) as self._anneal:
            while not self._finished():
                self.model.train()
                for batch in self.batches:
                    self._train_on(batch)
                    self._housekeeping(stop)
                    if self._finished():
                        break
                else:
                    self._carried = None  # the next epoch starts the text anew
            self._evaluate()
            if self._impatient() and self._progress() < 1.0:
                self._reporter.announce_patience()
        if self._best is not None:
            model.load_state_dict(self._best)
        self.model.eval()
        return {
            "steps": standing.step,
            "epochs": round(standing.epoch, 3),
            "minutes": round(standing.seconds / 60, 2),
            self.metric.name: standing.best,
        }

    def _train_on(self, batch: Any) -> None:
        standing, options = self._standing, self.options
        standing.epoch = self.batches.epoch + self.batches.position / len(self.batches)
        self._anneal(options.dropout(self._progress()))
        output = self.compute_loss(self.model, send_to_device(batch, self.accelerator.device), self._carried)
        self._carried = output.state
        self.accelerator.backward(output.loss / options.accumulation)
        standing.step += 1
        if standing.step % options.accumulation == 0:
            self._update()
        standing.tokens += output.tokens
        standing.loss_steps += 1
        standing.loss_sum = standing.loss_sum + output.loss.detach()

    def _update(self) -> None:
        self.accelerator.unscale_gradients()
        parameters = list(self.model.parameters())
        if self.options.clip_value is not None:
            clip_grad_value_(parameters, self.options.clip_value)
        limit = math.inf if self.options.clip_norm is None else self.options.clip_norm
        self._standing.gradient_norm = clip_grad_norm_(parameters, limit)
        progress = self._progress()
        for group in self.optimizer.param_groups:
            frozen = progress < group.get("begins", 0.0)
            group["lr"] = 0.0 if frozen else group["initial_lr"] * self._schedule(progress)
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self._average is not None:
            self._average.update_parameters(self.model)

    def _housekeeping(self, stop: StopSignal) -> None:
        """Between two batches: watch the loss, show, validate, log, save, and stop when asked to."""
        standing, step, options = self._standing, self._standing.step, self.options
        standing.seconds = self._processes.clock(time.monotonic() - self._resumed_at)
        if step % _CHECK_STEPS == 0:
            self._check_loss()
            self._reporter.show(self._progress())
        # A line of the log and a validation come before any checkpoint of their step, so that none comes twice.
        if options.evaluate_every is None:
            due = self.batches.position == len(self.batches)
        else:
            due = step % options.evaluate_every == 0
        if due or self._finished():
            self._evaluate()
        elif step % options.log_every == 0:
            self._check_loss()
            self._reporter.write(self._figures())
        if self._processes.any_of(stop.requested):
            self._save()
            raise TrainingInterrupted("training was stopped, and everything is saved")
        if standing.seconds - self._saved_at >= 60 * options.save_minutes:
            self._save()

    def _progress(self) -> float:
        """How far the training is, 0 to 1, by epochs or minutes, whichever is further."""
        done = self._standing.epoch / self.options.epochs
        if self.options.max_minutes is not None:
            seconds = 60 * self.options.max_minutes
            # The last validation must fit in too: it takes as long as the one before; until there was one, a guess.
            spared = self._standing.evaluation_seconds or 0.03 * seconds
            budget = max(0.5 * seconds, seconds - spared)
            done = max(done, self._standing.seconds / budget)
        return min(1.0, done)

    def _finished(self) -> bool:
        return self._impatient() or self._progress() >= 1.0

    def _impatient(self) -> bool:
        patience = self.options.patience
        return patience is not None and self._standing.evals_without_improvement >= patience

    def _figures(self) -> dict[str, Any]:
        return self._reporter.figures(self.optimizer.param_groups[0]["lr"])

    def _evaluate(self) -> None:
        """Validate, keep the weights if they are the best, and save; once a step at most."""
        standing = self._standing
        if standing.last_evaluated == standing.step:
            return
        self._check_loss()
        figures = self._figures()
        began = time.monotonic()
        model = self.accelerator.unwrap_model(self.model) if self._average is None else self._average.module
        model.eval()
        with torch.inference_mode():
            scores = {name: float(value) for name, value in self.validate(model).items()}
        scores = self._processes.broadcast_from_rank0(scores)
        self.model.train()
        standing.evaluation_seconds = self._processes.clock(time.monotonic() - began)
        standing.seconds = self._processes.clock(time.monotonic() - self._resumed_at)
        standing.last_evaluated = standing.step
        better = self._is_better(scores)
        standing.evals_without_improvement = 0 if better else standing.evals_without_improvement + 1
        if better:
            standing.best, standing.best_loss = scores[self.metric.name], scores.get("loss")
            self._best = {name: tensor.to("cpu", copy=True) for name, tensor in model.state_dict().items()}
            self._write_best()
        self._reporter.announce(scores, best=better)
        self._reporter.write(figures | {"validation": scores})
        self._save()

    def _is_better(self, scores: Mapping[str, float]) -> bool:
        """Whether these scores beat the best; between equal ones, as few rows give, the validation loss decides."""
        score, standing = scores[self.metric.name], self._standing
        if score == standing.best and standing.best_loss is not None:
            return scores["loss"] < standing.best_loss
        return self.metric.improves(score, standing.best)

    def _write_best(self) -> None:
        if self._best is not None and self._processes.is_first:
            write_weights(self.folder / WEIGHTS_FILE, self._best)

    def _check_loss(self) -> None:
        standing = self._standing
        standing.sync()
        # In float16 a gradient may overflow: that update is left out and the next ones are scaled down.
        scaled = self.accelerator.scaler is not None
        if math.isfinite(standing.loss_sum) and (scaled or math.isfinite(standing.gradient_norm)):
            return
        kept = self.folder / CHECKPOINT_FILE
        known = f" (the last good state is kept in {kept})" if kept.exists() else ""
        told = f"the loss is no longer a number at step {standing.step}{known}"
        raise TrainingError(f"{told}: begin another run with a lower --learning-rate")

    def _save(self) -> None:
        """Write the checkpoint from which training goes on as if it had not stopped."""
        self._check_loss()
        path, own = self.folder / CHECKPOINT_FILE, self._processes.own_file(self.folder / CHECKPOINT_FILE)
        if own is not None:
            mine = {"step": self._standing.step, "random": random_state(), "carried": self._carried}
            save_checkpoint(own, mine)
        else:
            model, scaler = self.accelerator.unwrap_model(self.model), self.accelerator.scaler
            state = {
                "model": model.state_dict(),
                "gradients": [parameter.grad for parameter in model.parameters()],  # None, or half accumulated
                "average": None if self._average is None else self._average.state_dict(),
                "best": self._best,
                "optimizer": self.optimizer.state_dict(),
                "scaler": None if scaler is None else scaler.state_dict(),
                "random": random_state(),
                "batches": self._place(),
                "carried": self._carried,
                "standing": vars(self._standing),
            }
            save_checkpoint(path, state)
        self._saved_at = self._standing.seconds

    def _place(self) -> dict[str, int]:
        return {"epoch": self.batches.epoch, "position": self.batches.position, "count": len(self.batches)}

    def _restore(self) -> None:
        path = self.folder / CHECKPOINT_FILE
        state = load_checkpoint(path)
        own = self._processes.own_file(path)
        if own is not None:
            state |= load_checkpoint(own)
        model = self.accelerator.unwrap_model(self.model)
        try:
            model.load_state_dict(state["model"])
            for parameter, gradient in zip(model.parameters(), state["gradients"], strict=True):
                parameter.grad = None if gradient is None else gradient.to(parameter.device)
            if self._average is not None:
                self._average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            if self.accelerator.scaler is not None:
                self.accelerator.scaler.load_state_dict(state["scaler"])
            self.batches.epoch, self.batches.position = state["batches"]["epoch"], state["batches"]["position"]
            if self._place() != state["batches"]:
                raise ValueError(f"{len(self.batches)} batches an epoch, not {state['batches']['count']}")
            self._standing = TrainingState(**state["standing"])
            if own is not None and state["step"] != self._standing.step:
                raise ValueError(f"{own} is of another step")
            self._carried = send_to_device(state["carried"], self.accelerator.device)
            self._best = state["best"]
            set_random_state(state["random"])
        except (AttributeError, KeyError, RuntimeError, ValueError, TypeError) as error:
            raise TrainingError(f"{path} is of another model or data set: resume with the same options") from error
        # A recipe has written the fresh model into the folder by now, or a crash came between the two files.
        self._write_best()
