"""Tiny models, and the server that has them, on a free port of this machine."""

from __future__ import annotations

import threading

import pytest

from nlprnn.web.options import ServeOptions
from nlprnn.web.server import make_server, open_socket, serve
from nlprnn.web.services import make_service


@pytest.fixture
def services(make_classifier, make_tagger, make_translator, make_generator):
    """A service of each kind of model that has a tiny one."""
    made = {
        "classifier": make_classifier(),
        "tagger": make_tagger(),
        "translator": make_translator(),
        "generator": make_generator(),
    }
    return [make_service(name, pipeline) for name, pipeline in made.items()]


@pytest.fixture
def limits():
    """Options of the server, which a test module may replace."""
    return ServeOptions(max_length=1000, max_texts=8, max_tokens=200, max_body_kb=64, batch_ms=2)


@pytest.fixture
def address(services, limits):
    """The address of a running server, which must end in time."""
    listener = open_socket("127.0.0.1", 0)
    server = make_server(services, limits)
    ready = threading.Event()
    thread = threading.Thread(target=serve, args=(server, listener), kwargs={"ready": ready.set}, daemon=True)
    thread.start()
    assert ready.wait(20)
    host, port = listener.getsockname()
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
