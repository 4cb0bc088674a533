"""The server and the worker in processes of their own, to be killed, and a caller that remembers what it was told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    from pathlib import Path

PAUSE = threading.Event()
AWAY = (httpx2.TransportError,)


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


class Caller(threading.Thread):
    """Sends tables one after another and asks for runs, and keeps what the server said that it has."""

    def __init__(self, base: str, key: str, round_id: str, frozen: list[str]) -> None:
        super().__init__()
        self._base, self._key, self._round, self._frozen = base, {"Authorization": f"Bearer {key}"}, round_id, frozen
        self.ended = threading.Event()
        self.acknowledged: dict[int, str] = {}
        self.runs: dict[str, str] = {}
        self.published: set[str] = set()
        self.strange: list[str] = []

    def run(self) -> None:
        """Go on until told to end, whatever happens to the server meanwhile."""
        number = 0
        while not self.ended.is_set():
            number += 1
            with suppress(*AWAY):
                self._send(number)
            for round_id in self._frozen:
                with suppress(*AWAY):
                    if round_id not in self.runs:
                        self._ask(round_id)
                    elif round_id not in self.published:
                        self._publish(round_id)
            PAUSE.wait(0.05)

    def _send(self, number: int) -> None:
        rows = f"urn,date\n100001,2026-03-{2 + number % 20:02d}\n"
        headers = {**self._key, "If-Match": "*", "Content-Type": "text/csv"}
        path = f"{self._base}/v1/rounds/{self._round}/schools/100001/calendar"
        said = httpx2.put(path, content=rows, headers=headers, timeout=60)
        if said.status_code == 200:
            self.acknowledged[said.json()["version"]] = rows.splitlines()[1]
        elif said.status_code != 503:
            self.strange.append(f"{said.status_code} {said.text}")

    def _ask(self, round_id: str) -> None:
        headers = {**self._key, "Idempotency-Key": "only"}
        said = httpx2.post(f"{self._base}/v1/rounds/{round_id}/runs", json={}, headers=headers, timeout=60)
        if said.status_code == 202:
            self.runs[round_id] = said.json()["id"]
        elif said.status_code != 503:
            self.strange.append(f"{said.status_code} {said.text}")

    def _publish(self, round_id: str) -> None:
        """Sign and publish once the run is done; whatever was cut off is asked again, and refused if it was done."""
        base, headers = f"{self._base}/v1/rounds/{round_id}", {**self._key, "If-Match": "*"}
        state = httpx2.get(base, headers=self._key, timeout=60).json().get("state")
        if state == "allocated":
            signed = {"run": self.runs[round_id], "reason": "in the storm"}
            httpx2.post(f"{base}/sign-off", json=signed, headers=headers, timeout=60)
        elif state == "signed off":
            httpx2.post(f"{base}/publish", headers=headers, timeout=60)
        elif state == "published":
            self.published.add(round_id)


def first_key(line: str) -> str:
    """The coordinator's key in what the first start prints."""
    return json.loads(line)["first_key"]
