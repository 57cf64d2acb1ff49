"""The calls of callbacks, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlprnn.errors import TrainingError
from nlprnn.training.callbacks import Callback
from nlprnn.training.distributed import DistributedContext


class CallbackRunner:
    """Calls callbacks in the first process; a stop or an exception of one ends the training of all processes.

    Args:
        callbacks: called one after the other.
        distributed: the processes of the training.

    Attributes:
        stop_reason: why training is to end early, in words; None = it is not.
    """

    def __init__(self, callbacks: Sequence[Callback], distributed: DistributedContext) -> None:
        self.stop_reason: str | None = None
        self._callbacks = tuple(callbacks) if distributed.rank == 0 else ()
        self._distributed = distributed

    def call(self, event: Callable[[Callback], None]) -> None:
        """Call one method of all callbacks; all processes call this at the same step.

        Raises:
            Exception: that of a callback; in the further processes, a TrainingError.
        """
        error: Exception | None = None
        try:
            for callback in self._callbacks:
                event(callback)
        except Exception as raised:  # raised again below, once all processes know of it
            error = raised
        outcome = {"failed": float(error is not None), "stopped": float(self.stop_reason is not None)}
        outcome = self._distributed.broadcast_from_rank0(outcome)
        if outcome["failed"]:
            raise error or TrainingError("a callback failed in the first process: see the message there")
        if outcome["stopped"] and self.stop_reason is None:
            self.stop_reason = "by the first process"
