"""`nlprnn serve`: names of models, and mistakes before anything listens for long."""

from __future__ import annotations

import socket

import pytest

from nlprnn.cli import serve as serve_verb
from nlprnn.web import server


@pytest.fixture
def served(monkeypatch):
    """The services that the command would serve, in a list that each call fills."""
    services = []
    monkeypatch.setattr(server, "make_server", lambda given, options: services.extend(given))
    monkeypatch.setattr(server, "serve", lambda made, listener, ready: (ready(), listener.close()))
    return services


def test_models_have_names(nlprnn_command, served, classifier_folder, tagger_folder):
    models = [classifier_folder, tagger_folder, classifier_folder, f"mine={classifier_folder}"]
    result = nlprnn_command("serve", *models, "--port", "0")
    assert result.exit_code == 0, result.stderr
    assert [service.name for service in served] == ["classifier", "tagger", "classifier-2", "mine"]
    assert "mine (classifier) at http://127.0.0.1:" in result.stderr


def test_mistakes_are_one_sentence(fails, served, classifier_folder, monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fails("serve", classifier_folder, "--port", port, words=[f"port {port}", "--port or --host"])
    fails("serve", classifier_folder, "--host", "no.such.host.", "--port", "0", words=["no.such.host."])
    fails("serve", tmp_path / "none", "--port", "0", words=["none"])
    fails("serve", f"a={classifier_folder}", f"a={classifier_folder}", "--port", "0", words=["a is given twice"])
    fails("serve", words=["MODEL"])
    monkeypatch.setattr(serve_verb, "find_spec", lambda name: None)
    fails("serve", classifier_folder, words=["starlette and uvicorn", 'pip install "nlprnn[serve]"'])
