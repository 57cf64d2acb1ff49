"""Peers of the benchmarks: a driver answers in its own process, and what cannot be measured has a reason."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click
import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
DRIVER = """
import sys
sys.path.insert(0, {folder!r})
from driver import serve

def job(settings):
    print("noise of a library")
    def work():
        if settings["fail"]:
            raise ValueError("no such model")
        sum(range(100_000))
        return settings["items"]
    return work

serve({{"job": job}})
"""


@pytest.fixture
def process(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("peers.process")


@pytest.fixture
def start(process, tmp_path):
    """Start a peer with a tiny driver; it is closed after the test."""
    peers = []

    def peer(job="job", **settings):
        path = tmp_path / "tiny_driver.py"
        path.write_text(DRIVER.format(folder=str(FOLDER / "peers")), encoding="utf-8")
        peers.append(process.Peer([sys.executable, str(path)], job, **settings))
        return peers[-1]

    yield peer
    for peer in peers:
        peer.close()


def test_one_process_answers_all_measurements(start):
    peer = start(fail=False, items=7)
    assert peer.measure() > 0
    first = peer.process.pid
    assert peer.measure() > 0
    assert peer.process.pid == first
    running = peer.process
    peer.close()
    assert running.returncode == 0


@pytest.mark.parametrize(("job", "reason"), [("job", "ValueError: no such model"), ("other", "KeyError: 'other'")])
def test_error_of_a_driver_is_reported(start, job, reason):
    with pytest.raises(click.ClickException, match=reason):
        start(job, fail=True).measure()


def test_missing_peers_have_a_reason(process, tmp_path):
    (tmp_path / "flair.failed").write_text("Collecting\nERROR: no matching distribution\nmore\n", encoding="utf-8")
    (tmp_path / "keras" / "bin").mkdir(parents=True)
    (tmp_path / "keras" / "bin" / "python").touch()  # its installation was interrupted
    assert process.peer_ways(["keras", "flair"], "job", folder=tmp_path) == {
        "keras": "not installed: run `python benchmarks/peers/environments.py keras`",
        "flair": "not installed: ERROR: no matching distribution",
    }


def test_each_peer_has_a_driver(process):
    environments = importlib.import_module("peers.environments")
    assert {path.name for path in process.DRIVERS.glob("*_driver.py")} == {
        f"{name}_driver.py" for name in environments.ENVIRONMENTS
    }


def test_failed_installation_leaves_its_reason(process, tmp_path, monkeypatch):
    environments = importlib.import_module("peers.environments")
    missing = environments.Environment("1.0", ())
    monkeypatch.setitem(environments.ENVIRONMENTS, "keras", missing)
    assert environments.install("keras", tmp_path) == "Python 1.0 is not installed."
    assert environments.interpreter("keras", tmp_path) == "not installed: Python 1.0 is not installed."
