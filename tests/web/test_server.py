"""Addresses that a server cannot listen on."""

from __future__ import annotations

import pytest

from nlprnn.errors import NlprnnError

server = pytest.importorskip("nlprnn.web.server")


@pytest.mark.parametrize("host", ["../..", "a" * 5000, "nowhere.invalid", "x..y", "\x1b[31m"])
def test_host_that_is_none_is_an_error_that_names_the_mend(host):
    with pytest.raises(NlprnnError, match=r"cannot listen on .*: choose another --port or --host"):
        server.open_socket(host, 0)
