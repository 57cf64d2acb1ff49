"""The training loop: any `nn.Module`, any batches, any loss, with exact resume."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import Optimizer

from nlprnn.batching.row_lengths import to_device
from nlprnn.errors import TrainingError
from nlprnn.metrics import Metric
from nlprnn.training.best_weights import BestWeights
from nlprnn.training.branches import BranchAverage
from nlprnn.training.callback_runner import CallbackRunner
from nlprnn.training.callbacks import Callback
from nlprnn.training.display import Display
from nlprnn.training.distributed import DistributedContext
from nlprnn.training.dropout_schedule import DropoutSchedule
from nlprnn.training.ema import MovingAverage, moving_average
from nlprnn.training.files import CHECKPOINT_FOLDER
from nlprnn.training.metrics_log import MetricsLog
from nlprnn.training.options import TrainingOptions
from nlprnn.training.progress import ProgressReporter
from nlprnn.training.protocols import ComputeLoss, ResumableBatches
from nlprnn.training.schedules import with_warmup
from nlprnn.training.signals import StopSignal, TrainingInterrupted
from nlprnn.training.state import TrainingState
from nlprnn.training.tensorboard import TensorBoardWriter
from nlprnn.training.training_checkpoint import TrainingCheckpoint
from nlprnn.training.validation_runner import ValidationRunner

_CHECK_STEPS = 10

ModelT = TypeVar("ModelT", bound=nn.Module)


class Trainer(Generic[ModelT]):
    """Trains a model; keeps its best weights and a checkpoint to resume from.

    In `folder` it writes `model.safetensors` (the weights with the best validation score so far), `metrics.jsonl`, and
    checkpoints in `checkpoint`, from before the first step on; each file in one step.

    Args:
        model: the model to train.
        optimizer: over the model's parameters; the schedule scales the learning rate of each parameter group, from
            the progress on, 0 to 1, that a group's `start_progress` names.
        batches: epochs of batches, with a position (see `nlprnn.batching`).
        compute_loss: (model, batch, carried state) -> `LossOutput`.
        validate: model in evaluation mode -> its scores, `metric.name` among them; a `SplitValidation` keeps to a
            share of `options.max_minutes`.
        metric: the score that selects the best weights.
        folder: of all files.
        options: length, optimization, validation and machine.
        display: shows the progress; None = in the terminal.
        callbacks: called at log records, at validations and at the end.

    Raises:
        DeviceError: the device is not available or cannot compute in the precision, or the process has trained on
            another or in another precision before.
        TrainingError: TensorBoard is not installed.
    """

    def __init__(
        self,
        model: ModelT,
        optimizer: Optimizer,
        batches: ResumableBatches,
        compute_loss: ComputeLoss,
        validate: Callable[[ModelT], Mapping[str, float]],
        *,
        metric: Metric,
        folder: Path,
        options: TrainingOptions | None = None,
        display: Display | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        options = options or TrainingOptions()
        self._distributed = DistributedContext(options)
        self.options = self._distributed.agreed_options(options)
        self.metric = metric
        self.folder = Path(folder)
        self.compute_loss = compute_loss
        self.validate = validate
        self.accelerator = self._distributed.accelerator
        self.model, self.optimizer = self._distributed.prepare(model, optimizer)
        self.network = self._distributed.network(model, self.model)
        self.batches = self._distributed.prefetched(batches)
        self.batches.shard(self._distributed.rank, self._distributed.world_size)
        self.display = display or Display(enabled=self._distributed.rank == 0)
        self.state = TrainingState()
        self._validation = ValidationRunner(
            validate, self._distributed, self.state, self.options, lambda text: self.display.line(text)
        )
        tensorboard = [TensorBoardWriter()] if self.options.tensorboard else []
        self._callbacks = CallbackRunner([*callbacks, *tensorboard], self._distributed)
        self._average: MovingAverage | BranchAverage | None = None
        if self.options.branches > 1:
            self._average = BranchAverage(self.network, self.options.branches, self.options.ema or 0.0)
        elif self.options.ema:
            self._average = moving_average(self.network, self.options.ema)
        self._schedule = with_warmup(self.options.schedule, self.options.warmup)
        for group in self.optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self._dropout = DropoutSchedule(self.network)
        self._started_at = time.monotonic()  # as if training had never been interrupted
        self._carried: Any = None  # state that the loss function carries from batch to batch
        self._best = BestWeights(self.folder, writes=self._distributed.rank == 0)
        self._checkpoint = TrainingCheckpoint(
            self.folder / CHECKPOINT_FOLDER,
            self._distributed,
            network=self.network,
            average=self._average,
            optimizer=self.optimizer,
            batches=self.batches,
            state=self.state,
            keep=self.options.keep,
            run_id=self.options.run_id,
        )

    def fit(self, *, resume: bool = False, reset_patience: bool = True) -> dict[str, Any]:
        """Train until the epochs, the minutes, the patience or a callback end it; the model then has its best weights.

        Args:
            resume: continue from the checkpoint in the folder, as if training had never stopped.
            reset_patience: let a training continue that had run out of patience.

        Returns:
            summary of the run: steps, epochs, minutes and the best validation score.

        Raises:
            TrainingInterrupted: Ctrl-C or a termination signal; everything is saved.
            TrainingError: the loss is NaN or infinite, or there is no checkpoint to resume from.
            OSError: the disk is full; the last files are intact.
            Exception: that of a callback; everything is saved.
        """
        if resume:
            self._best.tensors, self._carried = self._checkpoint.restore()
            self._best.write_whole_model(self.network)
        self._callbacks.call(lambda callback: callback.on_begin(self))
        if reset_patience and self.state.out_of_patience(self.options):
            self.state.evals_without_improvement = 0
        self._callbacks.stop_reason = None
        self._started_at = time.monotonic() - self.state.seconds
        log = MetricsLog(self.folder, step=self.state.step) if self._distributed.rank == 0 else None
        reporter = ProgressReporter(self.state, self.display, log, metric=self.metric, epochs=self.options.epochs)
        with self.display, self._dropout, StopSignal() as stop:
            if not resume:
                self._validation.measure(self.network)
                self._save()  # so that there is a checkpoint before the first record of the log
            while not self._finished():
                self.model.train()
                for batch in self.batches:
                    self._train_on(batch)
                    self._after_step(reporter, stop)
                    if self._finished():
                        break
                else:
                    self._carried = None  # the next epoch starts at the beginning of the data
            self._evaluate(reporter)
            if self._is_stopped() and self._progress() < 1.0:
                reporter.print_early_stop(self._callbacks.stop_reason)
        self._best.load_into(self.network)
        self.model.eval()
        summary = self.state.summary(self.metric)
        self._callbacks.call(lambda callback: callback.on_end(self, summary))
        return summary

    def stop(self, reason: str) -> None:
        """End the training in order, as patience does: all is saved, and the model gets its best weights.

        It is meant for callbacks, which run in the first of several processes, and ends all of them.

        Args:
            reason: why, for the last line of the display.
        """
        self._callbacks.stop_reason = reason

    def _train_on(self, batch: Any) -> None:
        """Add the gradients of one batch, and update the weights after the last batch of an update."""
        state, accumulation = self.state, self.options.accumulate
        state.epoch = self.batches.epoch + self.batches.position / len(self.batches)
        if isinstance(self._average, BranchAverage) and state.step % accumulation == 0:
            self._average.enter_branch(self._progress(), self.network, self.optimizer)
        self._dropout.scale(self.options.dropout(self._schedule_progress()))
        is_update = (state.step + 1) % accumulation == 0
        # Only an update needs the gradients of the other processes.
        with nullcontext() if is_update else self.accelerator.no_sync(self.model):
            with self.accelerator.autocast():
                output = self.compute_loss(self.model, to_device(batch, self.accelerator.device), self._carried)
            self._carried = output.state
            self.accelerator.backward(output.loss / accumulation)
        state.step += 1
        if is_update:
            self._update()
        state.tokens += output.tokens
        state.loss_steps += 1
        state.loss_sum = state.loss_sum + output.loss.detach()

    def _update(self) -> None:
        """Clip the gradients, set the learning rates and take a step of the optimizer."""
        self.accelerator.unscale_gradients()
        parameters = list(self.model.parameters())
        if self.options.clip_value is not None:
            largest = torch.finfo(torch.float32).max  # a value beyond it, which no gradient reaches, does not convert
            clip_grad_value_(parameters, min(self.options.clip_value, largest))
        limit = math.inf if self.options.clip_norm is None else self.options.clip_norm
        self.state.gradient_norm = clip_grad_norm_(parameters, limit)
        progress = self._schedule_progress()
        for group in self.optimizer.param_groups:
            frozen = progress < group.get("start_progress", 0.0)
            group["lr"] = 0.0 if frozen else group["initial_lr"] * self._schedule(progress)
        self.optimizer.step()
        self.optimizer.zero_grad()
        if self._average is not None:
            self._average.update_parameters(self.model)

    def _after_step(self, reporter: ProgressReporter, stop: StopSignal) -> None:
        """Report, validate, log, save, call the callbacks and stop, each when it is due."""
        state, options, record = self.state, self.options, None
        state.seconds = self._distributed.seconds_since(self._started_at)
        if state.step % _CHECK_STEPS == 0:
            self._check_loss()
            reporter.show(self._progress())
        # A log record and a validation come before any checkpoint of their step, so that none comes twice.
        if self._evaluation_is_due():
            self._evaluate(reporter)
        elif state.step % options.log_every == 0:
            self._check_loss()
            record = reporter.record(self.optimizer.param_groups[0]["lr"])
            reporter.write(record)
        interrupted = self._distributed.any_rank(stop.requested)
        if interrupted or self._save_is_due():
            self._save()
        if record is not None:
            try:
                self._callbacks.call(lambda callback: callback.on_log(self, record))
            except Exception:  # of a callback; it is raised again
                self._save()
                raise
        if interrupted:
            raise TrainingInterrupted("training was stopped, and everything is saved", stop.number)

    def _progress(self) -> float:
        return self.state.progress(self.options)

    def _schedule_progress(self) -> float:
        """Return the progress of the schedules, 0 to 1: of the training, or of the current branch."""
        progress = self._progress()
        return self._average.progress(progress) if isinstance(self._average, BranchAverage) else progress

    def _is_stopped(self) -> bool:
        return self._callbacks.stop_reason is not None or self.state.out_of_patience(self.options)

    def _finished(self) -> bool:
        return self._is_stopped() or self._progress() >= 1.0

    def _evaluation_is_due(self) -> bool:
        if self._finished():
            return True
        if self.options.evaluate_every is None:
            return self.batches.position == len(self.batches)
        return self.state.step % self.options.evaluate_every == 0

    def _save_is_due(self) -> bool:
        state, options = self.state, self.options
        if options.save_every is not None and state.step % options.save_every == 0:
            return True
        return state.seconds - state.saved_seconds >= 60 * options.save_minutes

    def _evaluate(self, reporter: ProgressReporter) -> None:
        """Validate, keep the weights if they are the best, and save; at most once a step."""
        state = self.state
        if state.last_evaluated == state.step:
            return
        self._check_loss()
        record = reporter.record(self.optimizer.param_groups[0]["lr"])
        model = self.network if self._average is None else cast(ModelT, self._average.module)
        scores = self._validation.scores(model)
        self.model.train()
        state.seconds = self._distributed.seconds_since(self._started_at)
        improved = state.record_evaluation(scores, self.metric, tolerance=self.options.tolerance)
        if improved:
            self._best.keep(model)
        shown = {name: scores[name] for name in self.options.shown_scores or scores}
        reporter.print_validation(shown, best=improved)
        record["validation"] = scores
        reporter.write(record)
        self._save()
        self._callbacks.call(lambda callback: callback.on_log(self, record))
        self._callbacks.call(lambda callback: callback.on_validation(self, scores, best=improved))

    def _check_loss(self) -> None:
        """Raise TrainingError if the loss or a gradient is NaN or infinite."""
        loss_sum, gradient_norm = self.state.sync()
        # In float16 a gradient may overflow: that update is skipped and the next ones are scaled down.
        scaled = self.accelerator.scaler is not None
        if math.isfinite(loss_sum) and (scaled or math.isfinite(gradient_norm)):
            return
        kept = self._checkpoint.kept
        saved = f" (the last good state is kept in {kept})" if kept else ""
        raise TrainingError(
            f"the loss is no longer a number at step {self.state.step}{saved}: begin another run with a lower "
            "--learning-rate"
        )

    def _save(self) -> None:
        """Write the checkpoint from which training resumes as if it had not stopped."""
        self._check_loss()
        self.state.saved_seconds = self.state.seconds
        self._checkpoint.save(best=self._best.tensors, carried=self._carried)
