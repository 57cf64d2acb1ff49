"""Addresses that a server cannot listen on."""

from __future__ import annotations

import socket

import pytest

from nlprnn.errors import NlprnnError

server = pytest.importorskip("nlprnn.web.server")


def no_address(host, *arguments, **options):
    host.encode("idna")  # as the function itself does before it asks the network, which a test does not
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("host", ["../..", "a" * 5000, "nowhere.invalid", "x..y", "\x1b[31m"])
def test_host_that_is_none_is_an_error_that_names_the_mend(host, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", no_address)
    with pytest.raises(NlprnnError, match=r"cannot listen on .*: choose another --port or --host"):
        server.open_socket(host, 0)
