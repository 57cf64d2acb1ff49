"""Answers over HTTP are those of the models; faults have the right status; nothing of the server is disclosed."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from nlprnn import Classifier
from nlprnn.errors import ModelError
from nlprnn.pipelines import GenerationOptions
from nlprnn.web.app import make_app
from nlprnn.web.page import page_routes
from nlprnn.web.security import CONTENT_SECURITY_POLICY
from nlprnn.web.services import make_service

TEXTS = ["The cat sat on the mat", "", "你好 😀 Ça"]


@pytest.fixture
def client(services, limits):
    with TestClient(make_app(services, limits), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def models(services):
    return {service.kind: service.pipeline for service in services}


def answers(client, operation, **body):
    response = client.post(f"/{operation}", json={"texts": TEXTS, **body})
    assert response.status_code == 200, response.text
    return response.json()["answers"]


def test_answers_are_those_of_the_models(client, models):
    labels = [(one.label, one.probability) for one in models["classifier"](TEXTS)]
    actual = answers(client, "classify")
    assert [(one["label"], one["probability"]) for one in actual] == [
        (x, pytest.approx(p, abs=1e-6)) for x, p in labels
    ]
    assert [one["labels"] for one in answers(client, "tag")] == [one.labels for one in models["tagger"](TEXTS)]
    assert [one["translation"] for one in answers(client, "translate")] == models["translator"](TEXTS)
    nll = [one.nll for one in models["generator"].score_each(TEXTS)]
    assert [one["nats"] for one in answers(client, "score")] == pytest.approx(nll)
    assert ["".join(piece["text"] for piece in one["segments"]) for one in answers(client, "explain")] == TEXTS
    attention = answers(client, "translate", attention=True)[0]["attention"]
    assert len(attention["weights"]) == len(attention["target"])
    single = client.post("/classify", json={"text": TEXTS[0]}).json()
    assert {key: value for key, value in single.items() if key != "model"} == actual[0]


def test_stream_is_the_text_of_an_answer(client, models):
    body = {"text": "The", "seed": 3, "length": 40, "temperature": 1}
    whole = client.post("/generate", json=body).json()["text"]
    assert whole == models["generator"](["The"], GenerationOptions(seed=3, length=40, temperature=1.0))[0]
    streamed = client.post("/generate", json={**body, "stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in streamed.text.split("\n\n") if line]
    assert events[-1] == {"done": True}
    assert "".join(event.get("text", "") for event in events) == whole
    assert len({one["text"] for one in answers(client, "generate", seed=3, length=20)}) > 0


BIG = json.dumps({"text": "a" * 70_000})


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("classify", "{", 400, "not valid JSON, line 1 column 2"),
        ("classify", b"\xff", 400, "not valid JSON"),
        ("classify", "[" * 30_000, 400, "not valid JSON"),
        ("classify", '{"text": ' + "9" * 5000 + "}", 400, "not valid JSON"),
        ("classify", "[]", 422, "no object"),
        ("classify", "{}", 422, "either text"),
        ("classify", '{"text": "a", "texts": ["b"]}', 422, "either text"),
        ("classify", '{"text": null}', 422, "text is no string but null"),
        ("classify", '{"texts": "a"}', 422, "texts is no list of strings but a string"),
        ("classify", '{"texts": ["a", 1]}', 422, "texts[1] is no string but a number"),
        ("classify", '{"texts": []}', 422, "send 1 to 8"),
        ("classify", json.dumps({"texts": ["a"] * 9}), 422, "9 texts: send 1 to 8"),
        ("classify", json.dumps({"text": "a" * 1001}), 422, "1,001 characters: send at most 1,000"),
        ("classify", r'{"text": "\ud800"}', 422, "half a surrogate pair"),
        ("classify", '{"text": "a", "labl": 1}', 422, "unknown option labl"),
        ("classify", '{"text": "a", "model": "translator"}', 404, "choose one of classifier"),
        ("classify", '{"text": "a", "model": 1}', 422, "model is no string"),
        ("classify", BIG, 413, "64 kB"),
        ("explain", '{"text": "a", "label": "none"}', 422, "no label 'none'"),
        ("translate", '{"text": "a", "beam": 0}', 422, "beam must be at least 1"),
        ("translate", '{"text": "a", "beam": true}', 422, "beam is a whole number"),
        ("translate", '{"text": "a", "length_penalty": NaN}', 422, "finite"),
        ("translate", '{"text": "a", "beam": 2, "n_best": 3}', 422, "n_best 3 needs a beam of 3"),
        ("generate", '{"text": "a", "length": 201}', 422, "at most 200"),
        ("generate", '{"text": "a", "length": 1e999}', 422, "length"),
        ("generate", '{"text": "a", "stop": [""]}', 422, "stop"),
        ("generate", '{"text": "a", "stop": [""], "stream": true}', 422, "stop"),
        ("generate", '{"texts": ["a"], "stream": true}', 422, "send text"),
        ("nothing", "{}", 404, "nothing at this address"),
        ("../../etc/passwd", "{}", 404, "nothing at this address"),
        ("static/page.html", "{}", 404, "nothing at this address"),
    ],
)
def test_faults_have_a_status_and_a_sentence(client, path, body, status, words):
    response = client.post(f"/{path}", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status, response.text
    assert words in response.json()["error"]
    assert client.post("/classify", json={"text": "a"}).status_code == 200


def test_other_methods_and_types_are_refused(client):
    assert client.get("/classify").status_code == 405
    assert client.post("/classify", data={"text": "a"}).status_code == 415
    assert client.post("/classify", content='{"text": "a"}', headers={"Content-Type": "text/plain"}).status_code == 415


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda items: st.lists(items, max_size=3) | st.dictionaries(st.text(max_size=5), items, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["text", "texts", "model", "beam", "n_best", "length", "seed", "stop", "label", "top_p", "top_k"]
)


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(NAMES, JSON), st.sampled_from(["classify", "explain", "tag", "translate", "score"]))
def test_no_request_is_a_fault_of_the_server(client, body, operation):
    content = json.dumps({"text": "cat", **body})
    response = client.post(f"/{operation}", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (200, 404, 422), response.text


def test_every_response_has_the_security_headers(client):
    for path in ("/", "/page.js", "/health", "/models", "/nothing"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_page_needs_nothing_from_outside(client):
    content = "".join(client.get(route.path).text for route in page_routes())
    assert "http://www.w3.org/2000/svg" in content  # a name, which is not fetched
    rest = content.replace("http://www.w3.org/2000/svg", "")
    for outside in (
        "http://",
        "https://",
        "//cdn",
        "@import",
        "url(",
        "eval(",
        "innerHTML",
        "<style",
        "onclick",
        " style=",
    ):
        assert outside not in rest


def test_description_fits_the_requests(client, services):
    described = client.get("/openapi.json").json()
    posts = {path: one["post"] for path, one in described["paths"].items() if "post" in one}
    assert set(posts) == {f"/{name}" for service in services for name in service.operations}
    for path, one in posts.items():
        content = one["requestBody"]["content"]["application/json"]
        defaults = {
            name: schema["default"] for name, schema in content["schema"]["properties"].items() if "default" in schema
        }
        response = client.post(
            path,
            json={**content["example"], **defaults, "text": "cat"} | ({"length": 5} if "length" in defaults else {}),
        )
        assert response.status_code == 200, response.text


def test_models_are_described_without_their_place(make_classifier, limits, tmp_path):
    make_classifier().save(tmp_path / "secret")
    service = make_service("name", Classifier.load(tmp_path / "secret"))
    with TestClient(make_app([service], limits)) as client:
        (model,) = client.get("/models").json()["models"]
        assert model["labels"] == ["one", "two", "three"]
        assert model["operations"] == ["classify", "explain"]
        assert client.get("/health").json() == {"status": "ok", "models": ["name"]}
        for path in ("/models", "/openapi.json", "/metrics", "/health"):
            assert "secret" not in client.get(path).text


def test_second_model_of_a_kind_is_chosen_by_name(services, make_classifier, limits):
    other = make_service("other", make_classifier("character"))
    with TestClient(make_app([*services, other], limits)) as client:
        for name, pipeline in (("classifier", services[0].pipeline), ("other", other.pipeline)):
            answer = client.post("/classify", json={"text": TEXTS[0], "model": name}).json()
            assert (answer["model"], answer["label"]) == (name, pipeline(TEXTS[:1])[0].label)


def test_metrics_are_in_the_format_of_prometheus(client):
    client.post("/classify", json={"text": "a"})
    client.post("/classify", json={})
    lines = client.get("/metrics").text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values['nlprnn_requests_total{path="/classify",status="200"}'] == "1"
    assert values['nlprnn_requests_total{path="/classify",status="422"}'] == "1"
    assert values['nlprnn_request_seconds_count{path="/classify"}'] == "2"
    assert values['nlprnn_request_seconds_bucket{path="/classify",le="+Inf"}'] == "2"


def test_other_kinds_are_not_served():
    with pytest.raises(ModelError, match="x is a object, which is not served"):
        make_service("x", object())
