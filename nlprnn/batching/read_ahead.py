"""Reading ahead: a thread prepares what is needed next while the current value is used."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class ReadAhead(Generic[Key, Value]):
    """Values by their keys, of which one is prepared ahead.

    All are prepared by one thread, one after the other. Leaving the context waits for the one that is being prepared.

    Args:
        prepare: function of a key that returns its value.
    """

    def __init__(self, prepare: Callable[[Key], Value]) -> None:
        self._prepare = prepare
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._key: Key | None = None
        self._ahead: Future[Value] | None = None

    def __enter__(self) -> ReadAhead[Key, Value]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)

    def get(self, key: Key, following: Key | None) -> Value:
        """Return the value of a key, and begin to prepare that of the following one.

        Raises:
            Exception: raised by `prepare` for this key.
        """
        ahead = self._ahead if self._ahead is not None and self._key == key else self._thread.submit(self._prepare, key)
        value = ahead.result()
        self._key, self._ahead = following, None
        if following is not None:
            self._ahead = self._thread.submit(self._prepare, following)
        return value
