"""Batches of concurrent requests, the limits of the queue, and connections that are slow, idle or gone."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from dataclasses import replace

import httpx
import pytest

from nlprnn.errors import OptionError
from nlprnn.web.options import GenerateRequest, NoOptions, ServeOptions
from nlprnn.web.services import Operation, Service

LIMITS = ServeOptions(max_queue=8, timeout=20.0, batch_ms=5, idle_timeout=1, max_streams=1)
SHORT = pytest.mark.parametrize("limits", [replace(LIMITS, timeout=0.5)], ids=["short"])


class Model:
    """Answers with the length of a text once `gate` is open; "bad" fails, and "wrong" is the fault of the client."""

    def __init__(self):
        self.batches = []
        self.gate = threading.Event()
        self.gate.set()

    def answer(self, texts, options):
        self.batches.append(len(texts))
        self.gate.wait(30)
        if "bad" in texts:
            raise RuntimeError("/secret/path is broken")
        if "wrong" in texts:
            raise OptionError("this text is wrong")
        return [{"length": len(text)} for text in texts]

    def stream(self, prompt, options):
        for number in range(10_000):
            time.sleep(0.002)
            yield f"{prompt}{number} "


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def services(model):
    operations = [
        Operation("classify", NoOptions, model.answer, "", ""),
        Operation("generate", GenerateRequest, model.answer, "", ""),
    ]
    return [Service("m", "classifier", model, {one.name: one for one in operations}, {})]


@pytest.fixture
def limits():
    return LIMITS


def post_all(address, bodies, **options):
    """Post bodies concurrently; return the responses in order."""

    async def post():
        async with httpx.AsyncClient(base_url=address, timeout=20, limits=httpx.Limits(max_connections=200)) as client:
            posts = [client.post("/classify", json=body, **options) for body in bodies]
            return await asyncio.gather(*posts)

    return asyncio.run(post())


def metric(address, name):
    lines = httpx.get(f"{address}/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).rpartition(" ")[2])


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_concurrent_texts_share_batches(address, model):
    texts = ["x" * size for size in range(7)]
    responses = post_all(address, [{"text": text} for text in texts])
    assert [response.json()["length"] for response in responses] == list(range(7))
    assert len(model.batches) < len(texts)
    assert metric(address, "nlprnn_batch_texts_sum") == len(texts)
    assert metric(address, "nlprnn_waiting_texts") == 0


def test_bad_text_fails_alone(address):
    responses = post_all(address, [{"text": text} for text in ("a", "bad", "ab", "wrong", "abc")])
    assert [response.status_code for response in responses] == [200, 500, 200, 422, 200]
    assert [responses[index].json()["length"] for index in (0, 2, 4)] == [1, 2, 3]
    assert "secret" not in responses[1].text
    assert responses[3].json() == {"error": "this text is wrong"}
    (response,) = post_all(address, [{"texts": ["a", "bad", "abc"]}])
    first, second, third = response.json()["answers"]
    assert (first, third) == ({"length": 1}, {"length": 3})
    assert set(second) == {"error"}
    assert metric(address, "nlprnn_failed_texts_total") == 3


def test_full_queue_refuses_and_recovers(address, model):
    model.gate.clear()
    responses = []
    client = threading.Thread(target=lambda: responses.extend(post_all(address, [{"text": "a"}] * 20)))
    client.start()
    name = 'nlprnn_requests_total{path="/classify",status="429"}'
    wait_for(lambda: f"{name} 12\n" in httpx.get(f"{address}/metrics").text)
    model.gate.set()
    client.join(20)
    refused = [response for response in responses if response.status_code == 429]
    assert len(refused) == 12
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)
    assert sum(response.status_code == 200 for response in responses) == LIMITS.max_queue
    assert post_all(address, [{"text": "a"}])[0].status_code == 200


@SHORT
def test_late_answer_is_refused_and_its_place_given_back(address, model):
    model.gate.clear()
    (response,) = post_all(address, [{"text": "a"}])
    assert response.status_code == 504
    assert "0.5 s" in response.json()["error"]
    model.gate.set()
    wait_for(lambda: metric(address, "nlprnn_waiting_texts") == 0)
    assert post_all(address, [{"text": "a"}])[0].status_code == 200


def test_client_that_goes_ends_its_stream(address):
    body = {"text": "a", "stream": True}
    with httpx.stream("POST", f"{address}/generate", json=body, timeout=20) as response:
        lines = response.iter_lines()  # which closes the response where nothing holds it
        first = next(lines)
        assert json.loads(first.removeprefix("data: "))["text"].startswith("a0")
        assert metric(address, "nlprnn_streams") == 1
        assert httpx.post(f"{address}/generate", json=body).status_code == 429
        assert post_all(address, [{"text": "ab"}])[0].json()["length"] == 2  # between the pieces of the stream
    wait_for(lambda: metric(address, "nlprnn_streams") == 0)


@SHORT
def test_stream_ends_in_time(address):
    began = time.monotonic()
    lines = httpx.post(f"{address}/generate", json={"text": "a", "stream": True}, timeout=20).text.split("\n\n")
    assert "more than 0.5 s" in lines[-2]
    assert time.monotonic() - began < 5


@SHORT
def test_slow_and_idle_connections_are_closed(address):
    host, port = address.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port)), timeout=10) for _ in range(20)]
    slow_head = socket.create_connection((host, int(port)), timeout=10)
    slow_head.sendall(b"POST /classify HTTP/1.1\r\nHost: x\r\n")
    slow_body = socket.create_connection((host, int(port)), timeout=10)
    slow_body.sendall(
        b"POST /classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    )
    assert post_all(address, [{"text": "abc"}])[0].json()["length"] == 3
    assert slow_body.recv(4096).startswith(b"HTTP/1.1 408 ")
    for connection in [*idle, slow_head]:
        assert connection.recv(10) == b""
        connection.close()
    slow_body.close()


def test_request_in_progress_is_answered_at_the_end(services, model):
    from nlprnn.web.server import make_server, open_socket, serve

    listener = open_socket("127.0.0.1", 0)
    server, ready = make_server(services, LIMITS), threading.Event()
    thread = threading.Thread(target=serve, args=(server, listener), kwargs={"ready": ready.set})
    thread.start()
    assert ready.wait(20)
    host, port = listener.getsockname()
    model.gate.clear()
    results = []
    client = threading.Thread(target=lambda: results.extend(post_all(f"http://{host}:{port}", [{"text": "abcd"}])))
    client.start()
    wait_for(lambda: model.batches)
    server.should_exit = True
    time.sleep(0.2)
    model.gate.set()
    client.join(20)
    thread.join(20)
    assert not thread.is_alive()
    assert results[0].json()["length"] == 4
