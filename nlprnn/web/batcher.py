"""Dynamic batching: texts of concurrent requests are answered together, within a bounded queue."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from nlprnn.web.metrics import Metrics

logger = logging.getLogger(__name__)

_LONGEST_RETRY = 30


class QueueFullError(Exception):
    """More texts wait than may.

    Args:
        retry_after: seconds after which there may be room.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many texts wait: try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Failure:
    """What a single text came to that could not be answered: the error, for the log."""

    error: BaseException


@dataclass(eq=False, frozen=True)
class _Item:
    text: str
    options: Any
    answer: asyncio.Future[Any]


@dataclass(frozen=True)
class Worker:
    """The one thread that all models run in, and the number of texts that wait for it.

    Attributes:
        max_queue: texts that may wait.
        metrics: of the server.
        thread: runs one batch at a time: the cores are shared within it.
    """

    max_queue: int
    metrics: Metrics
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "nlprnn-model"))

    def reserve(self, count: int) -> None:
        """Take places in the queue.

        Raises:
            QueueFullError: there are not as many.
        """
        waiting = self.metrics.waiting
        # An empty queue takes any request, even one of more texts than the queue holds.
        if waiting and waiting + count > self.max_queue:
            seconds = waiting * self.metrics.seconds_per_text
            raise QueueFullError(min(_LONGEST_RETRY, max(1, math.ceil(seconds))))
        self.metrics.waiting += count

    def release(self, count: int) -> None:
        """Give places in the queue back."""
        self.metrics.waiting -= count

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, function, *arguments)


class Batcher:
    """Batches of the texts of one operation.

    Args:
        answer: function of texts and options that returns an answer for each, run in the worker's thread.
        worker: the thread.
        max_batch: texts of a batch.
        wait: seconds that the first text of a batch waits for others.
    """

    def __init__(
        self, answer: Callable[[Sequence[str], Any], Sequence[Any]], worker: Worker, *, max_batch: int, wait: float
    ) -> None:
        self._answer = answer
        self._worker = worker
        self._max_batch = max_batch
        self._wait = wait
        self._items: asyncio.Queue[_Item] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to answer; within a running loop."""
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Answer no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def submit(self, texts: Sequence[str], options: Any) -> list[Any]:
        """Return the answer for each text, a `Failure` where it has none.

        Args:
            texts: of a request.
            options: of a request; texts with equal options share batches.

        Raises:
            QueueFullError: too many texts wait.
        """
        self._worker.reserve(len(texts))
        loop = asyncio.get_running_loop()
        items = [_Item(text, options, loop.create_future()) for text in texts]
        for item in items:
            self._items.put_nowait(item)
        try:
            return [await items[0].answer] if len(items) == 1 else await asyncio.gather(*(one.answer for one in items))
        finally:
            self._worker.release(len(texts))

    async def _work(self) -> None:
        while True:
            batch = [await self._items.get()]
            if self._wait and self._items.qsize() + 1 < self._max_batch:
                await asyncio.sleep(self._wait)
            while len(batch) < self._max_batch and not self._items.empty():
                batch.append(self._items.get_nowait())
            groups: dict[Any, list[_Item]] = {}
            for item in batch:
                if not item.answer.done():  # else its client has gone, or has waited too long
                    groups.setdefault(item.options, []).append(item)
            for options, items in groups.items():
                await self._answer_group(items, options)

    async def _answer_group(self, items: Sequence[_Item], options: Any) -> None:
        began = time.perf_counter()
        answers = await self._worker.run(self._answer_each, [item.text for item in items], options)
        self._worker.metrics.add_batch(len(items), time.perf_counter() - began)
        for item, answer in zip(items, answers, strict=True):
            if not item.answer.done():
                item.answer.set_result(answer)

    def _answer_each(self, texts: Sequence[str], options: Any) -> Sequence[Any]:
        """Answer a batch; where that fails, each text by itself, so that a bad one fails alone."""
        try:
            return self._answer(texts, options)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # that of a library in Rust is no Exception
            if len(texts) == 1:
                return [Failure(error)]
        return [self._answer_each([text], options)[0] for text in texts]
