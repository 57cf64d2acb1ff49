"""Requests as bytes to texts and options, each fault with a status and one sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from nlprnn.errors import OptionError
from nlprnn.experiment.options import Options, option_fields
from nlprnn.web.options import ServeOptions

_RESERVED = ("text", "texts", "model")


class RequestError(Exception):
    """A request that is not answered.

    Args:
        status: of HTTP.
        message: one sentence for the client, without anything of the server.
        retry_after: seconds after which to try again.
    """

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.retry_after = retry_after


@dataclass(frozen=True)
class ParsedRequest:
    """What a client sends.

    Attributes:
        texts: at least one.
        single: whether it was `text` rather than `texts`.
        model: name of the model; None = the only one, or the first.
        options: of the operation.
    """

    texts: Sequence[str]
    single: bool
    model: str | None
    options: Mapping[str, Any]


async def read_request(request: Request, limits: ServeOptions) -> ParsedRequest:
    """Read the body of a request, within the limits of size and time.

    Raises:
        RequestError: it is too large or too slow, not JSON, or has no texts.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestError(415, "send JSON, with the header Content-Type: application/json")
    try:
        async with asyncio.timeout(limits.timeout):
            body = await _body(request, 1024 * limits.max_body_kb)
    except TimeoutError:
        raise RequestError(408, f"the body took more than {limits.timeout:g} s to arrive") from None
    except ClientDisconnect:
        raise RequestError(400, "the client has gone") from None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        where = f", line {error.lineno} column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise RequestError(400, f"the body is not valid JSON{where}") from None
    if not isinstance(value, dict):
        raise RequestError(422, 'the body is no object such as {"text": "..."}')
    return _parsed(value, limits)


async def _body(request: Request, limit: int) -> bytes:
    too_large = RequestError(413, f"the body is larger than {limit // 1024:,} kB")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and len(length) < 20 and int(length) > limit:
        raise too_large
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(value: dict[str, Any], limits: ServeOptions) -> ParsedRequest:
    if ("text" in value) == ("texts" in value):
        raise RequestError(422, "give either text, a string, or texts, a list of strings")
    single = "text" in value
    texts = [value["text"]] if single else value["texts"]
    if not isinstance(texts, list):
        raise RequestError(422, f"texts is no list of strings but {_kind(texts)}")
    if not 1 <= len(texts) <= limits.max_texts:
        raise RequestError(422, f"texts has {len(texts):,} texts: send 1 to {limits.max_texts:,} in one request")
    for index, text in enumerate(texts):
        name = "text" if single else f"texts[{index}]"
        if not isinstance(text, str):
            raise RequestError(422, f"{name} is no string but {_kind(text)}")
        if len(text) > limits.max_length:
            raise RequestError(422, f"{name} has {len(text):,} characters: send at most {limits.max_length:,}")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise RequestError(422, f"{name} has half a surrogate pair, which is no character") from None
    model = value.get("model")
    if model is not None and not isinstance(model, str):
        raise RequestError(422, f"model is no string but {_kind(model)}")
    return ParsedRequest(texts, single, model, {name: item for name, item in value.items() if name not in _RESERVED})


def parse_options(kind: type[Options], values: Mapping[str, Any]) -> Options:
    """Return the options of a request.

    Raises:
        RequestError: one is unknown, of the wrong type or out of range.
    """
    try:
        if not option_fields(kind) and values:
            raise OptionError(f"unknown option {next(iter(values))}: there are none")
        return kind.from_mapping(values)
    except OptionError as error:
        raise RequestError(422, str(error)[:300]) from None


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
