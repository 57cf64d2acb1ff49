"""The server's process: sockets, connections that are idle or slow, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from nlprnn.errors import NlprnnError
from nlprnn.web.app import make_app
from nlprnn.web.options import ServeOptions
from nlprnn.web.services import Service

_SHUTDOWN = 10
"""Seconds for the requests that are being answered when the server is stopped."""

_LARGEST_HEAD = 16 * 1024


def open_socket(host: str, port: int) -> socket.socket:
    """Listen on an address.

    Raises:
        NlprnnError: another program has the port, or the address is none of this machine.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, proto)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, UnicodeError) as error:  # as of a label of a host name that is empty or too long
        reason = getattr(error, "strerror", None) or str(error)
        raise NlprnnError(f"cannot listen on {host}, port {port} ({reason}): choose another --port or --host") from None
    return listener


def make_server(services: Sequence[Service], options: ServeOptions) -> uvicorn.Server:
    """Return a server of models that has yet to begin.

    Args:
        services: with different names.
        options: of the server.
    """
    config = uvicorn.Config(
        make_app(services, options),
        http=_protocol(options.idle_timeout),
        log_level=logging.ERROR,
        access_log=False,
        server_header=False,
        timeout_keep_alive=options.idle_timeout,
        timeout_graceful_shutdown=_SHUTDOWN,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
        backlog=2048,
    )
    return uvicorn.Server(config)


def serve(server: uvicorn.Server, listener: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serve models until Ctrl-C or SIGTERM; requests that are being answered then get their answers.

    Args:
        server: from `make_server`.
        listener: a socket that is bound.
        ready: is called when the server answers.
    """
    _raise_file_limit()

    async def run() -> None:
        notice = asyncio.get_running_loop().create_task(_when_started(server, ready))
        try:
            await server.serve([listener])
        finally:
            notice.cancel()

    # uvicorn raises the signal again after its end.
    with (
        contextlib.suppress(KeyboardInterrupt),
        asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner,
    ):
        runner.run(run())


async def _when_started(server: uvicorn.Server, ready: Callable[[], None]) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    ready()


def _protocol(timeout: int) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol, which also closes a connection whose first request does not come in time."""

    class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            asyncio.get_running_loop().call_later(timeout, self._close_if_idle)

        def _close_if_idle(self) -> None:
            if self.cycle is None and not self.transport.is_closing():
                self.transport.close()

    return Protocol


def _raise_file_limit() -> None:
    """Let the process have as many connections as the system allows; Windows has no such limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
