"""Reading ahead: the next value is prepared while the last is used, each once and in order."""

from __future__ import annotations

import threading

import pytest

from nlprnn.batching.read_ahead import ReadAhead


def test_the_next_value_is_prepared_while_the_last_is_used():
    prepared, used = [], threading.Event()

    def prepare(key):
        prepared.append(key)
        if key == 1:  # the value of 0 is in use by now
            assert used.wait(30)
        return key * 10

    with ReadAhead(prepare) as ahead:
        assert ahead.get(0, 1) == 0
        used.set()
        assert ahead.get(1, 2) == 10
        assert ahead.get(2, None) == 20
        assert ahead.get(7, None) == 70  # not the following one
    assert prepared == [0, 1, 2, 7]


def test_errors_come_with_their_value():
    def prepare(key):
        if key == 1:
            raise ValueError("row 2 is missing")
        return key

    with ReadAhead(prepare) as ahead:
        assert ahead.get(0, 1) == 0
        with pytest.raises(ValueError, match="row 2"):
            ahead.get(1, 2)


def test_leaving_ends_the_thread():
    with ReadAhead(str) as ahead:
        ahead.get(1, 2)
    assert not any(thread.name.startswith("read-ahead") for thread in threading.enumerate())
