"""Server that a page of the documentation starts, at a free port instead of 8000."""

from __future__ import annotations

import shlex
import socket
import subprocess
import time

_PORT = "localhost:8000"


class Server:
    """A process of `nlprnn serve`, which ends with the next one or with `stop`."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self, line: str, environment: dict[str, str]) -> str:
        """Start the server of a command and wait until it answers; return its error, "" = none."""
        self.stop()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [*shlex.split(line), "--port", str(self.port)]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
        )
        while self._process.poll() is None:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return ""
            time.sleep(0.2)
        return self._process.communicate()[1]

    def request(self, line: str) -> str:
        """Return a command of curl with the port of the server, which fails where the answer is an error."""
        return line.replace(_PORT, f"127.0.0.1:{self.port}").replace("curl ", "curl --silent --fail-with-body ", 1)

    def stop(self) -> None:
        """End the server, if there is one."""
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None
