"""The application: addresses, limits and faults of the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from nlprnn.errors import DataError, OptionError
from nlprnn.web.batcher import Batcher, Failure, QueueFullError, Worker
from nlprnn.web.metrics import Metrics
from nlprnn.web.openapi import describe
from nlprnn.web.options import GenerateRequest, ServeOptions
from nlprnn.web.page import page_routes
from nlprnn.web.requests import ParsedRequest, RequestError, parse_options, read_request
from nlprnn.web.security import SecurityHeaders
from nlprnn.web.services import Operation, Service, generation_options
from nlprnn.web.streaming import stream_text

logger = logging.getLogger(__name__)

_MODEL_FAILED = "the model failed on this text"
_OF_CLIENT = (DataError, OptionError)
"""Errors that a client can mend, such as an unknown label; the messages of all others stay in the log."""


class Server:
    """Models with their batches.

    Args:
        services: the models, with different names.
        limits: options of the server.
    """

    def __init__(self, services: Sequence[Service], limits: ServeOptions) -> None:
        self.services = services
        self.limits = limits
        self.metrics = Metrics()
        self.worker = Worker(limits.max_queue, self.metrics)
        self._batchers = {
            (service.name, operation.name): Batcher(
                operation.answer, self.worker, max_batch=limits.max_batch, wait=limits.batch_ms / 1000
            )
            for service in services
            for operation in service.operations.values()
        }

    @contextlib.asynccontextmanager
    async def running(self, app: Starlette) -> AsyncIterator[None]:
        """Answer while the block runs."""
        for batcher in self._batchers.values():
            batcher.start()
        try:
            yield
        finally:
            for batcher in self._batchers.values():
                await batcher.stop()
            self.worker.thread.shutdown(wait=False, cancel_futures=True)

    async def answer(self, request: Request) -> Response:
        """Answer a request for an operation, whose name is its path."""
        parsed = await read_request(request, self.limits)
        service, operation = self._find(request.url.path[1:], parsed.model)
        options = parse_options(operation.options, parsed.options)
        if isinstance(options, GenerateRequest):
            most = self.limits.max_tokens
            if options.length > most and "length" in parsed.options:
                raise RequestError(422, f"length is {options.length:,}: send at most {most:,}")
            options = replace(options, length=min(options.length, most))
            if options.stream:
                return self._stream(service, parsed, options)
        try:
            async with asyncio.timeout(self.limits.timeout):
                answers = await self._batchers[service.name, operation.name].submit(parsed.texts, options)
        except QueueFullError as full:
            raise RequestError(429, str(full), retry_after=full.retry_after) from None
        except TimeoutError:
            raise RequestError(504, f"the answer took more than {self.limits.timeout:g} s") from None
        return self._respond(service, parsed, answers)

    def _find(self, name: str, model: str | None) -> tuple[Service, Operation]:
        """Return the model of a name, or the first, that has an operation."""
        fitting = [service for service in self.services if name in service.operations]
        if model is None:
            return fitting[0], fitting[0].operations[name]
        for service in fitting:
            if service.name == model:
                return service, service.operations[name]
        names = ", ".join(service.name for service in fitting)
        raise RequestError(404, f"there is no model of this name for {name}: choose one of {names}")

    def _respond(self, service: Service, parsed: ParsedRequest, answers: Sequence[Any]) -> Response:
        failures = [answer for answer in answers if isinstance(answer, Failure)]
        for failure in failures:
            if not isinstance(failure.error, _OF_CLIENT):
                logger.error("a text could not be answered", exc_info=failure.error)
        self.metrics.add_failures(len(failures))
        records = [{"error": _message(one)} if isinstance(one, Failure) else one for one in answers]
        if not parsed.single:
            return JSONResponse({"model": service.name, "answers": records})
        if failures:
            status = 422 if isinstance(failures[0].error, _OF_CLIENT) else 500
            raise RequestError(status, _message(failures[0]))
        return JSONResponse({"model": service.name, **records[0]})

    def _stream(self, service: Service, parsed: ParsedRequest, options: GenerateRequest) -> Response:
        if not parsed.single:
            raise RequestError(422, "a stream is of one text: send text rather than texts")
        if self.metrics.streams >= self.limits.max_streams:
            raise RequestError(429, "too many texts are being streamed: try again in 1 s", retry_after=1)
        try:
            sampling = generation_options(options)
        except ValueError as error:
            raise RequestError(422, str(error)) from None
        generator = cast(Any, service.pipeline)
        events = stream_text(generator, parsed.texts[0], sampling, self.worker, timeout=self.limits.timeout)
        return StreamingResponse(events, media_type="text/event-stream")

    def models(self) -> list[dict[str, Any]]:
        """Return what clients may know of the models."""
        return [
            {
                "name": service.name,
                "kind": service.kind,
                "operations": list(service.operations),
                "example": next(iter(service.operations.values())).example,
                **service.facts,
            }
            for service in self.services
        ]


def _message(failure: Failure) -> str:
    return str(failure.error)[:300] if isinstance(failure.error, _OF_CLIENT) else _MODEL_FAILED


def make_app(services: Sequence[Service], limits: ServeOptions) -> Starlette:
    """Return the application that serves models.

    Args:
        services: with different names.
        limits: options of the server.
    """
    server = Server(services, limits)
    description = describe(services, limits)
    metrics = server.metrics

    async def health(request: Request) -> Response:
        return JSONResponse({"status": "ok", "models": [service.name for service in services]})

    async def models(request: Request) -> Response:
        return JSONResponse({"models": server.models()})

    async def openapi(request: Request) -> Response:
        return JSONResponse(description)

    async def counts(request: Request) -> Response:
        return PlainTextResponse(metrics.render(), media_type="text/plain; version=0.0.4")

    names = dict.fromkeys(name for service in services for name in service.operations)
    gets = {"/health": health, "/models": models, "/openapi.json": openapi, "/metrics": counts}
    routes = [
        *(Route(f"/{name}", _counted(f"/{name}", server.answer, metrics), methods=["POST"]) for name in names),
        *(Route(path, _counted(path, answer, metrics), methods=["GET"]) for path, answer in gets.items()),
        *page_routes(),
    ]
    app = Starlette(
        routes=routes,
        lifespan=server.running,
        exception_handlers=cast("Mapping[Any, Any]", {HTTPException: _http_fault, Exception: _fault}),
    )
    app.add_middleware(SecurityHeaders)
    return app


_Answer = Callable[[Request], Awaitable[Response]]


def _counted(path: str, answer: _Answer, metrics: Metrics) -> _Answer:
    """Count the requests to an address, and turn faults into responses."""

    async def counted(request: Request) -> Response:
        began = time.perf_counter()
        try:
            response = await answer(request)
        except RequestError as error:
            response = _error(error.status, error.message)
            if error.retry_after is not None:
                response.headers["Retry-After"] = str(error.retry_after)
            if error.status in (408, 413):  # the rest of the body is not read
                response.headers["Connection"] = "close"
        except Exception:  # a fault of ours ends one request, not the server, and is logged
            logger.exception("a request could not be answered")
            response = _error(500, "the server failed")
        metrics.add_request(path, response.status_code, time.perf_counter() - began)
        return response

    return counted


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)


async def _http_fault(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    message = {404: "there is nothing at this address", 405: "this method is not allowed here"}.get(status, "no")
    response = _error(status, message)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


async def _fault(request: Request, error: Exception) -> Response:
    return _error(500, "the server failed")
