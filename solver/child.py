"""A conversation with a child process that solves programs: it can be ended at any moment, in the middle of a job."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from solver import processes

if TYPE_CHECKING:
    import subprocess

    from solver.limits import Clock

HIGHS, CP_SAT = processes.HIGHS, "solver.integer_child"
POLL_SECONDS = 0.05


class ChildError(RuntimeError):
    """A child process ended without an answer."""


@dataclass(slots=True)
class Child:
    """One process of ``module``, started at its first job."""

    clock: Clock
    module: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process where it is not running, so that it is ready when the first job comes."""
        if self.process is None:
            self.process = processes.start(self.module)
        return self.process

    def answer(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """Send a job and wait; ``None`` when the run is stopped meanwhile."""
        process = self.start()
        replies: list[dict[str, Any] | None] = []
        thread = threading.Thread(target=_converse, args=(process, job, replies), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(POLL_SECONDS)
            overdue = self.clock.left() < -1.0
            if thread.is_alive() and (self.clock.cancelled.is_set() or overdue):
                self.clock.stop()
                self.close()
                thread.join()
                return None
        if not replies or replies[0] is None:
            self.close()
            if self.clock.cancelled.is_set():
                return None
            raise ChildError(f"{self.module} ended without an answer")
        return replies[0]

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            processes.end(self.process)
            self.process = None


def _converse(process: subprocess.Popen[bytes], job: dict[str, Any], replies: list[dict[str, Any] | None]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        pickle.dump(job, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        replies.append(pickle.load(process.stdout))  # noqa: S301 -- our own child
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        replies.append(None)
