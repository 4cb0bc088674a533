"""The coordinator's runs on submission day: a worker solves all day long, one run after another."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import httpx2

from api.service.runs import CANCELLED, DONE, FAILED, OPEN_STATES
from loadtests.ground import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.ground import Ground


@dataclass
class Solving:
    """The coordinator's runs, one asked for when the last has ended, until the day is over."""

    ground: Ground
    runs: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Ask for the first run."""
        self._client = httpx2.Client(base_url=self.ground.host, headers=signed(self.ground.hub), timeout=60)
        self._thread = threading.Thread(target=self._keep_asking)
        self._ask()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the last look and leave what runs to be stopped with the worker."""
        self.over.set()
        self._thread.join()
        self._client.close()

    def sentence(self) -> str:
        """How many runs there were, and how long they took."""
        took = [f"{run['certificate']['wall_seconds']:.0f} s" for run in self.runs if run["state"] == DONE]
        return f"{len(self.runs)} runs, {len(took)} done in the time" + (f" ({', '.join(took)})" if took else "")

    def faults(self) -> Iterator[str]:
        """The runs that ended otherwise than done and clean."""
        for run in self.runs:
            if run["state"] in {CANCELLED, FAILED}:
                yield f"a run ended as {run['state']}: {run['problem']}"
            elif run["state"] == DONE and run["audit"]["breaches"]:
                yield f"the audit of a run found {len(run['audit']['breaches'])} breaches"

    def _keep_asking(self) -> None:
        while not self.over.wait(1):
            self.runs[-1] = self._client.get(f"/v1/runs/{self.runs[-1]['id']}").raise_for_status().json()
            if self.runs[-1]["state"] not in OPEN_STATES:
                self._ask()

    def _ask(self) -> None:
        key = {"Idempotency-Key": f"day {len(self.runs)}"}
        path = f"/v1/rounds/{self.ground.solved}/runs"
        self.runs.append(self._client.post(path, json={}, headers=key).raise_for_status().json())
