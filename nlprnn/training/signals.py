"""Stop signals: Ctrl-C and SIGTERM let the training loop save before it ends."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from nlprnn.errors import TrainingError


class TrainingInterrupted(TrainingError):  # noqa: N818 - it is nobody's error
    """Training was stopped from outside; everything is saved.

    Args:
        message: one sentence.
        number: of the signal.
    """

    def __init__(self, message: str, number: int = signal.SIGINT) -> None:
        super().__init__(message)
        self.number = number

    @property
    def exit_code(self) -> int:
        """Exit code of a process that the signal ends, as in shells: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.number


class StopSignal:
    """Context in which the first Ctrl-C or SIGTERM only sets `requested`; a second Ctrl-C stops immediately.

    Outside the main thread, where Python cannot handle signals, it does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self.number: int = signal.SIGINT
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> StopSignal:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # None: not set from Python

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self.requested and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.requested, self.number = True, number
