"""The worker: takes the runs whose turn it is, one after another, and watches over the process that solves each.

Nothing of a student is logged: a line names a run and how it ended.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from api.errors import RefusedError
from api.jobs import leases, solving
from api.jobs.laying_out import lay_out
from api.jobs.leases import Lease, LeaseLostError, Made
from api.private_folders import clear_abandoned, private_folder
from api.service.kinds import OUT
from api.settings import LEASE_SECONDS
from api.store.documents import HUB_OWN, Owner
from engine.publication import read_certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from threading import Event

    from api.private_folders import PrivateFolder
    from api.store.database import Database

IDLE = 0.5
"""Seconds between two looks for work, and between two looks at the child."""
RENEWALS = 5
"""How often a lease is renewed before it would run out."""
PATIENCE = 600.0
"""Seconds for which the database may be away before a finished run is given up to whoever comes next."""
PRIVATE = frozenset({"FOOTHOLD_DATABASE_URL"})
LIST = "contents.json"
log = logging.getLogger("foothold.worker")


def work(database: Database, stop: Event, *, workers: int = 2, lease_seconds: float = LEASE_SECONDS) -> None:
    """Do runs until ``stop`` is set; a run under way is then given back, to be done from its start.

    What killed workers left behind is removed first, and again whenever there is a run to do, for it may be theirs.
    """
    clear_abandoned()
    while not stop.is_set():
        try:
            lease = leases.claim(database, lease_seconds)
        except DBAPIError:
            log.warning("the database does not answer")
            lease = None
        if lease is None:
            stop.wait(IDLE)
        else:
            with suppress(LeaseLostError):
                _do(database, lease, stop, workers)


def _do(database: Database, lease: Lease, stop: Event, workers: int) -> None:
    log.info("run %s: started", lease.run_id)
    clear_abandoned()
    with private_folder() as private:
        folder = private.path
        try:
            lay_out(database, lease, folder)
        except RefusedError as refused:
            problem = {"code": "bad_input", "message": str(refused)}
            _insist(lambda: leases.fail(database, lease, problem, cancelled=False))
            return
        child = _Child.start(private, workers)
        try:
            events, given_back = _watch(database, lease, child, stop)
        finally:
            child.end()
        if given_back:
            _insist(lambda: leases.give_back(database, lease))
        elif child.failure is None and child.process.returncode == 0:
            made = _made(folder / OUT, child)
            _insist(lambda: leases.finish(database, lease, made, events))
        else:
            failure = child.failure or {"code": "child_lost", "message": "the process that solved it ended"}
            cancelled = failure["code"] == "no_allocation"
            _insist(lambda: leases.fail(database, lease, failure, cancelled=cancelled))
    log.info("run %s: ended", lease.run_id)


def _watch(database: Database, lease: Lease, child: _Child, stop: Event) -> tuple[list[dict[str, Any]], bool]:
    """Renew the lease and pass events on while the child works; the last events, and whether the worker must stop."""
    due, waiting = 0.0, list[dict[str, Any]]()
    while child.process.poll() is None:
        waiting += child.said()
        if time.monotonic() >= due:
            due = time.monotonic() + lease.seconds / RENEWALS
            with suppress(DBAPIError):
                if leases.renew(database, lease, waiting):
                    child.ask_to_stop()
                waiting = []
        if stop.wait(IDLE / 5):
            return waiting, True
    child.listener.join()
    return [*waiting, *child.said()], False


def _insist(step: Callable[[], None]) -> None:
    """Take the last step even if the database is away for a while; it may be taken twice without harm."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return step()
        except DBAPIError:
            if time.monotonic() > until:
                raise
            time.sleep(IDLE)


@dataclass(slots=True)
class _Child:
    """The process that solves, what it said, and how it failed if it did."""

    process: subprocess.Popen[bytes]
    listener: threading.Thread
    lines: queue.SimpleQueue[dict[str, Any]] = field(default_factory=queue.SimpleQueue)
    failure: dict[str, Any] | None = None
    owners: Mapping[str, list[str]] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, private: PrivateFolder, workers: int) -> _Child:
        """Start it with nothing of this process's but its folder, where its own temporary files are too."""
        environment = {name: value for name, value in os.environ.items() if name not in PRIVATE}
        environment["TMPDIR"] = str(private.path)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", solving.__name__, str(private.path), str(workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=[private.lock],
        )
        child = cls(process, threading.Thread())
        child.listener = threading.Thread(target=child._listen, daemon=True)
        child.listener.start()
        return child

    def said(self) -> list[dict[str, Any]]:
        """What it said since this was last asked."""
        lines = []
        with suppress(queue.Empty):
            while True:
                lines.append(self.lines.get_nowait())
        return lines

    def ask_to_stop(self) -> None:
        """Ask for the best it has."""
        with suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.write(solving.STOP)
            self.process.stdin.flush()

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.listener.join()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if "failure" in said:
                self.failure = said["failure"]
            elif "owners" in said:
                self.owners, self.audit = said["owners"], said["audit"]
            else:
                self.lines.put(said)


def _made(out: Path, child: _Child) -> Made:
    files = {}
    for path in sorted(each for each in out.rglob("*") if each.is_file() and each.name != LIST):
        name = path.relative_to(out).as_posix()
        kind, owner = child.owners.get(name.rpartition(".")[0], (HUB_OWN.kind, HUB_OWN.id))
        files[name] = (Owner(kind, owner), path.read_bytes())
    return Made(files, read_certificate(out), child.audit)
