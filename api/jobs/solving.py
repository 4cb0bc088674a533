"""The child that solves one run: ``python -m api.jobs.solving ROUND OUT WORKERS [SECONDS]``, by a supervisor only.

It knows no database, and gives way to those who wait for the server on the same machine. It tells of its progress in
JSON lines on standard output, stops with its best when standard input says so, and ends at once when standard input
ends, for then its supervisor is gone and nobody may hear of the result.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.documents import audit_document
from api.exits import exit_for
from api.failures import evidence, message_of
from api.service.allocating import Request, allocate_round
from engine.filenames import file_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain import Round
    from solver.outcome import Progress

BETWEEN_EVENTS = 0.5
"""Seconds between two events of one level."""
STOP = b"stop\n"
GIVES_WAY = 10
"""By how much lower its priority is than its supervisor's."""


def main(source: str, out: str, workers: str, seconds: str = "") -> int:
    """Solve, telling as it goes; the exit code is the command line's."""
    os.nice(GIVES_WAY)
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    limit = float(seconds) if seconds else None
    request = Request(Path(source), Path(out), time_limit=limit, workers=int(workers))
    try:
        allocated = allocate_round(request, stop=stop, listener=_Teller(), stage=lambda name: _say({"stage": name}))
    except Exception as failure:  # noqa: BLE001 - whatever it is, the supervisor is told
        code = exit_for(failure)
        _say({"failure": {"code": code.name.lower(), "message": message_of(failure), **evidence(failure)}})
        return int(code)
    _say({"owners": owners_of(allocated.round_), "audit": audit_document(allocated.audit)})
    return 0


def owners_of(round_: Round) -> dict[str, list[str]]:
    """Whose the files of rosters and school lists are, by the start of their path."""
    return {**_starts("rosters", "employer", round_.employers), **_starts("schools", "school", round_.schools)}


def _starts(folder: str, kind: str, ids: Iterable[str]) -> dict[str, list[str]]:
    return {f"{folder}/{name}": [kind, each] for each, name in file_names(ids).items()}


class _Teller:
    """Tells each level's figures, not more often than anybody reads them."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def __call__(self, event: Progress) -> None:
        if not event.done and time.monotonic() - self._told_at < BETWEEN_EVENTS:
            return
        self._told_at = time.monotonic()
        gap = None if event.value is None or event.bound is None else event.bound - event.value
        figures = {"value": event.value, "bound": event.bound, "gap": gap}
        _say({"level": event.level, **figures, "seconds": round(event.seconds, 1), "done": event.done})


def _say(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _listen(stop: threading.Event) -> None:
    """Read without a buffer, whose lock this thread would still hold when the process ends."""
    while os.read(sys.stdin.fileno(), len(STOP)):
        stop.set()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
