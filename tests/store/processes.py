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
KINDS = ("allocate", "rerun")
"""What each frozen round is asked for, one after the other was published."""


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
    """Sends tables one after another, asks for runs and publishes them, and keeps what the server said that it has."""

    def __init__(self, base: str, key: str, round_id: str, frozen: list[str]) -> None:
        super().__init__()
        self._base, self._key, self._round, self._frozen = base, {"Authorization": f"Bearer {key}"}, round_id, frozen
        self.ended = threading.Event()
        self.acknowledged: dict[int, str] = {}
        self.runs: dict[str, list[str]] = {}
        self.published: dict[str, int] = {}
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
                    asked, shown = len(self.runs.get(round_id, ())), self.published.get(round_id, 0)
                    if asked > shown:
                        self._publish(round_id)
                    elif asked < len(KINDS):
                        self._ask(round_id, KINDS[asked])
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

    def _ask(self, round_id: str, kind: str) -> None:
        headers = {**self._key, "Idempotency-Key": kind}
        said = httpx2.post(f"{self._base}/v1/rounds/{round_id}/runs", json={"kind": kind}, headers=headers, timeout=60)
        if said.status_code == 202:
            self.runs.setdefault(round_id, []).append(said.json()["id"])
        elif said.status_code != 503:
            self.strange.append(f"{said.status_code} {said.text}")

    def _publish(self, round_id: str) -> None:
        """Sign and publish what was run last once it is done; whatever was cut off is asked again."""
        base, headers, run = (
            f"{self._base}/v1/rounds/{round_id}",
            {**self._key, "If-Match": "*"},
            self.runs[round_id][-1],
        )
        row = httpx2.get(base, headers=self._key, timeout=60).json()
        if row.get("published_run") == run:
            self.published[round_id] = len(self.runs[round_id])
        elif row.get("state") == "signed off":
            httpx2.post(f"{base}/publish", headers=headers, timeout=60)
        elif row.get("state") in {"allocated", "published"}:
            signed = {"run": run, "reason": "in the storm"}
            httpx2.post(f"{base}/sign-off", json=signed, headers=headers, timeout=60)


def first_key(line: str) -> str:
    """The coordinator's key in what the first start prints."""
    return json.loads(line)["first_key"]
