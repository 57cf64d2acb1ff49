"""Generated text as server-sent events, a few tokens of each text in turn, so that batches run between them."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator

from nlprnn.pipelines import GenerationOptions, Generator
from nlprnn.web.batcher import Worker

logger = logging.getLogger(__name__)

_SLICE = 0.02
"""Seconds of one turn of a text in the worker's thread."""


async def stream_text(
    generator: Generator, prompt: str, options: GenerationOptions, worker: Worker, *, timeout: float
) -> AsyncIterator[str]:
    """Yield events with pieces of the continuation, then one that ends it, or one with an error.

    The generator is closed where the client goes.

    Args:
        generator: the model.
        prompt: text to continue.
        options: of sampling.
        worker: runs the model.
        timeout: seconds after which the text ends.
    """
    end = time.monotonic() + timeout
    pieces: Iterator[str] | None = None
    worker.metrics.streams += 1
    try:
        pieces = await worker.run(generator.stream, prompt, options)
        more = True
        while more:
            text, more = await worker.run(_next_pieces, pieces)
            if text:
                yield _event({"text": text})
            if more and time.monotonic() > end:
                yield _event({"error": f"the text took more than {timeout:g} s"})
                return
        yield _event({"done": True})
    except asyncio.CancelledError:
        raise
    except Exception:  # a fault of ours ends one text, not the server, and is logged
        logger.exception("a text could not be generated")
        yield _event({"error": "the model failed on this text"})
    finally:
        worker.metrics.streams -= 1


def _next_pieces(pieces: Iterator[str]) -> tuple[str, bool]:
    """Return the text of one turn, and whether there is more."""
    end, texts = time.perf_counter() + _SLICE, []
    for piece in pieces:
        texts.append(piece)
        if time.perf_counter() > end:
            return "".join(texts), True
    return "".join(texts), False


def _event(value: dict[str, object]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"
