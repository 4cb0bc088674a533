"""A caller who leads rounds through their lives while the server is killed, and remembers what it was told."""

from __future__ import annotations

import threading
from contextlib import suppress

import httpx2
from processes import PAUSE

AWAY = (httpx2.TransportError,)
PLAN = ("allocate", "override", "publish", "rerun", "publish", "report")
"""What is asked for each round, one after the other: runs of every kind, and what was run last published twice."""
KINDS = tuple(step for step in PLAN if step != "publish")
LEFT_OUT = "W1"
"""The student whom the override leaves without a place."""
REASON = {"reason": "in the storm"}


class Caller(threading.Thread):
    """Sends tables one after another, leads rounds through the plan, and keeps what the server said that it has."""

    def __init__(self, base: str, key: str, round_id: str, frozen: list[str]) -> None:
        super().__init__()
        self._base, self._key, self._round, self._frozen = base, {"Authorization": f"Bearer {key}"}, round_id, frozen
        self.ended = threading.Event()
        self.acknowledged: dict[int, str] = {}
        self.runs: dict[str, list[str]] = {round_id: [] for round_id in frozen}
        self.published: dict[str, list[str]] = {round_id: [] for round_id in frozen}
        self.taken = dict.fromkeys(frozen, 0)
        self.strange: list[str] = []

    @property
    def through(self) -> bool:
        """Whether every round was led to the end of the plan."""
        return all(taken == len(PLAN) for taken in self.taken.values())

    def run(self) -> None:
        """Go on until told to end, whatever happens to the server meanwhile."""
        number = 0
        while not self.ended.is_set():
            number += 1
            with suppress(*AWAY):
                self._send(number)
            for round_id in self._frozen:
                with suppress(*AWAY):
                    if self.taken[round_id] < len(PLAN) and self._take(round_id, PLAN[self.taken[round_id]]):
                        self.taken[round_id] += 1
            PAUSE.wait(0.05)

    def _take(self, round_id: str, step: str) -> bool:
        """Take the next step if the run before it has ended; whether the server said that it is taken."""
        runs = self.runs[round_id]
        state = self._get(f"/v1/runs/{runs[-1]}").get("state") if runs else "done"
        if state in {"failed", "cancelled"}:
            self.strange.append(f"run {runs[-1]} has {state}")
        if state != "done":
            return False
        if step == "publish":
            return self._publish(round_id, runs[-1])
        said = self._hand_in(runs[-1]) if step == "override" else self._ask(round_id, step)
        if said.status_code == 202:
            runs.append(said.json()["id"])
        return self._is_taken(said, 202)

    def _send(self, number: int) -> None:
        rows = f"urn,date\n100001,2026-03-{2 + number % 20:02d}\n"
        headers = {**self._key, "If-Match": "*", "Content-Type": "text/csv"}
        path = f"{self._base}/v1/rounds/{self._round}/schools/100001/calendar"
        said = httpx2.put(path, content=rows, headers=headers, timeout=60)
        if self._is_taken(said, 200):
            self.acknowledged[said.json()["version"]] = rows.splitlines()[1]

    def _ask(self, round_id: str, kind: str) -> httpx2.Response:
        sent = {"kind": kind, **({"of": self.runs[round_id][-1]} if kind == "report" else {})}
        headers = {**self._key, "Idempotency-Key": kind}
        return httpx2.post(f"{self._base}/v1/rounds/{round_id}/runs", json=sent, headers=headers, timeout=60)

    def _hand_in(self, run_id: str) -> httpx2.Response:
        path = f"{self._base}/v1/runs/{run_id}"
        made = httpx2.get(f"{path}/files/allocations.csv", headers=self._key, timeout=60)
        if made.status_code != 200:
            return made
        rows = "".join(row for row in made.text.splitlines(keepends=True) if not row.startswith(f"{LEFT_OUT},"))
        headers = {**self._key, "Idempotency-Key": "override", "Content-Type": "text/csv"}
        return httpx2.post(f"{path}/overrides", content=rows, params=REASON, headers=headers, timeout=60)

    def _publish(self, round_id: str, run: str) -> bool:
        """Sign and publish what was run last; whatever was cut off is asked again."""
        headers, row = {**self._key, "If-Match": "*"}, self._get(f"/v1/rounds/{round_id}")
        base = f"{self._base}/v1/rounds/{round_id}"
        if row.get("published_run") == run:
            self.published[round_id].append(run)
            return True
        if row.get("state") == "signed off":
            self._is_taken(httpx2.post(f"{base}/publish", headers=headers, timeout=60), 200)
        elif row.get("state") in {"allocated", "published"}:
            signed = {"run": run, **REASON}
            self._is_taken(httpx2.post(f"{base}/sign-off", json=signed, headers=headers, timeout=60), 200)
        return False

    def _get(self, path: str) -> dict[str, object]:
        said = httpx2.get(f"{self._base}{path}", headers=self._key, timeout=60)
        return said.json() if self._is_taken(said, 200) else {}

    def _is_taken(self, said: httpx2.Response, status: int) -> bool:
        """Whether it was; an answer that is neither that nor tells of a store that is away is strange."""
        if said.status_code not in {status, 503}:
            self.strange.append(f"{said.status_code} {said.text}")
        return said.status_code == status
