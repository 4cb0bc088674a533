"""The parent's side of a child process that answers jobs one after another and can be ended at any moment."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.limits import Clock

POLL_SECONDS = 0.05


class ChildError(RuntimeError):
    """A child process ended without an answer."""


@dataclass(slots=True)
class Child:
    """A process that runs ``module``, started at its first job or before; see ``solver.child_jobs`` for its side."""

    clock: Clock
    module: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process where it is not running, so that it is ready when the first job comes."""
        if self.process is None:
            command = [sys.executable, "-m", self.module]
            self.process = subprocess.Popen(  # noqa: S603 -- our own child, in a session that Ctrl-C does not reach
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        return self.process

    def ask(self, job: dict[str, Any]) -> dict[str, Any] | None:
        """Send a job and wait; ``None`` when the run is stopped meanwhile."""
        replies: list[dict[str, Any] | None] = []
        thread = threading.Thread(target=_converse, args=(self.start(), job, replies), daemon=True)
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
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    pipe.close()
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
