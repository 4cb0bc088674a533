"""The server and the worker in processes of their own, to be killed and begun again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PAUSE = threading.Event()


class Process:
    """A `foothold` command that is begun again whenever it was killed."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", "api.cli", *arguments]
        self._environment, self._log = {**os.environ, **environment}, log
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Begin, and return the first line that it prints."""
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._command, stdout=subprocess.PIPE, stderr=log, text=True, env=self._environment
            )
        return self.process.stdout.readline()

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def first_key(line: str) -> str:
    """The coordinator's key in what the first start prints."""
    return json.loads(line)["first_key"]
