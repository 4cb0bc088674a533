"""The child that does one run: ``python -m api.jobs.solving FOLDER WORKERS``, by a supervisor only.

It knows no database, and gives way to those who wait for the server on the same machine. It tells of its progress in
JSON lines on standard output, stops with its best when standard input says so (at once where a kind of run has no best
before it is done), and ends at once when standard input ends, for then its supervisor is gone and nobody may hear of
the result.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.documents import audit_document
from api.errors import StoppedError
from api.exits import exit_for
from api.failures import evidence, message_of
from api.service import allocating, overriding, reporting, rerunning
from api.service.kinds import ALLOCATE, ASKED, BEFORE, EDITED, OUT, OVERRIDE, REPORT, RERUN, ROUND
from engine.filenames import file_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.audit import Audit
    from engine.domain import Round
    from solver.outcome import Progress

BETWEEN_EVENTS = 0.5
"""Seconds between two events of one level."""
STOP = b"stop\n"
GIVES_WAY = 10
"""By how much lower its priority is than its supervisor's."""


def main(place: str, workers: str) -> int:
    """Do what the folder ``place`` asks for, telling as it goes; the exit code is the command line's."""
    os.nice(GIVES_WAY)
    folder = Path(place)
    asked = json.loads((folder / ASKED).read_text())
    job = _Job(folder, asked, int(workers), threading.Event())
    threading.Thread(target=_listen, args=(job,), daemon=True).start()
    try:
        round_, found = MAKERS[asked["kind"]](job)
    except Exception as failure:  # noqa: BLE001 - whatever it is, the supervisor is told
        return _failed(failure)
    _say({"owners": owners_of(round_), "audit": audit_document(found)})
    return 0


def owners_of(round_: Round) -> dict[str, list[str]]:
    """Whose the files of rosters and school lists are, by the start of their path."""
    return {**_starts("rosters", "employer", round_.employers), **_starts("schools", "school", round_.schools)}


def _starts(folder: str, kind: str, ids: Iterable[str]) -> dict[str, list[str]]:
    return {f"{folder}/{name}": [kind, each] for each, name in file_names(ids).items()}


@dataclass(frozen=True, slots=True)
class _Job:
    """One run as the folder asks for it, and who may stop it."""

    folder: Path
    asked: dict[str, Any]
    workers: int
    stop: threading.Event


def _allocate(job: _Job) -> tuple[Round, Audit]:
    limit, out = job.asked["time_limit"], job.folder / OUT
    request = allocating.Request(job.folder / ROUND, out, time_limit=limit, workers=job.workers)
    done = allocating.allocate_round(request, stop=job.stop, listener=_Teller(), stage=_stage)
    return done.round_, done.audit


def _rerun(job: _Job) -> tuple[Round, Audit]:
    request = rerunning.Request(
        job.folder / ROUND,
        job.folder / BEFORE,
        job.folder / OUT,
        since=job.asked["since"],
        time_limit=job.asked["time_limit"],
        workers=job.workers,
    )
    done = rerunning.rerun_published(request, stop=job.stop, listener=_Teller(), stage=_stage).allocated
    return done.round_, done.audit


def _override(job: _Job) -> tuple[Round, Audit]:
    folders = overriding.Folders(job.folder / ROUND, job.folder / BEFORE, job.folder / EDITED, job.folder / OUT)
    said = {name: job.asked[name] for name in ("of", "by", "reason")}
    return overriding.override_run(folders, said, stage=_stage)


def _report(job: _Job) -> tuple[Round, Audit]:
    return reporting.report_again(job.folder / ROUND, job.folder / BEFORE, job.folder / OUT, stage=_stage)


MAKERS: dict[str, Callable[[_Job], tuple[Round, Audit]]] = {
    ALLOCATE: _allocate,
    RERUN: _rerun,
    OVERRIDE: _override,
    REPORT: _report,
}
"""What makes each kind of run."""
NOTHING_BEFORE_THE_END = frozenset({OVERRIDE, REPORT})
"""Kinds of run without a search: told to stop, they have no best to keep."""


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


def _stage(name: str) -> None:
    _say({"stage": name})


def _say(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _failed(failure: Exception) -> int:
    """Tell the supervisor of it, and return the exit code."""
    code = exit_for(failure)
    _say({"failure": {"code": code.name.lower(), "message": message_of(failure), **evidence(failure)}})
    return int(code)


def _listen(job: _Job) -> None:
    """Read without a buffer, whose lock this thread would still hold when the process ends."""
    while os.read(sys.stdin.fileno(), len(STOP)):
        if job.asked["kind"] in NOTHING_BEFORE_THE_END:
            os._exit(_failed(StoppedError("cancelled before it was done; what it was to be made of is as it was")))
        job.stop.set()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
