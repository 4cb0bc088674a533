"""Allocate a round from its tables to its folder: load, options, solve, audit, write, in that order and no other."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from api.errors import AuditBreachedError, ContradictionError, StoppedError
from api.service.certificate import make_certificate
from api.service.folders import require_writable
from engine.audit import audit
from engine.loading import load_round
from engine.options import build_options
from engine.publication import publish, require_publishable
from solver import processes
from solver.allocate import allocate
from solver.limits import Clock, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from threading import Event

    from engine.allocation import Allocation
    from engine.audit import Audit
    from engine.domain import Round
    from solver.outcome import Outcome, Progress

    Beside = Callable[[Round, Allocation], tuple[Mapping[str, bytes], Mapping[str, Any]]]

AFTERWARDS, LOADING = 1.8, 0.6
"""What the audit and writing take, about, in what reading the round has taken when solving begins, and in what starting
took, for they too load what they need."""


def _nothing_more(_round: Round, _allocation: Allocation) -> tuple[Mapping[str, bytes], Mapping[str, Any]]:
    return {}, {}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a round, a folder to write, and the limits of the run."""

    source: Path
    out: Path
    time_limit: float | None = None
    workers: int = 2
    seed_text: str | None = None


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was written: the folder, its certificate, and the audit that let it be written."""

    round_: Round
    allocation: Allocation
    out: Path
    certificate: Mapping[str, Any]
    audit: Audit

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.out / "report.html"


def allocate_round(
    request: Request,
    *,
    stop: Event,
    listener: Callable[[Progress], None] | None = None,
    stage: Callable[[str], None] = lambda _name: None,
    started: float | None = None,
) -> Allocated:
    """Allocate ``request.source`` into ``request.out``, or raise and write nothing.

    ``stop``, once set, ends the run with the best allocation found so far; ``listener`` hears each level's figures and
    ``stage`` the name of each step. Raises ``RoundRefusedError`` (bad input),
    ``ContradictionError`` (pins against rules), ``StoppedError`` (nothing to keep) or ``AuditBreachedError``.
    """
    run = Run(request.out, request.time_limit, request.workers, stop, listener, stage, started or perf_counter())
    run.require_place()
    stage("Reading the round")
    return answer(load_round(request.source, seed_text=request.seed_text), run)


@dataclass(frozen=True, slots=True)
class Run:
    """One run: where it writes, its limits, who may stop it and who hears of it.

    ``began`` is when its process did, and ``reading`` when the round began to be read, in seconds.
    """

    out: Path
    time_limit: float | None
    workers: int
    stop: Event
    listener: Callable[[Progress], None] | None
    stage: Callable[[str], None]
    began: float
    reading: float = field(default_factory=perf_counter)

    def require_place(self) -> None:
        """Refuse, before any work, a folder that could not be written."""
        require_publishable(self.out)
        require_writable(self.out)

    def go_on(self) -> None:
        """Raise ``StoppedError`` if the run was asked to stop."""
        if self.stop.is_set():
            raise StoppedError("stopped before any allocation")

    def clock(self) -> Clock:
        """The solver's clock, with the time that is left once time is kept back for the audit and for writing."""
        if self.time_limit is None:
            return Clock(Limits(None, self.workers), cancelled=self.stop)
        now = perf_counter()
        afterwards = AFTERWARDS * (now - self.reading) + LOADING * (self.reading - self.began)
        left = max(0.0, self.time_limit - (now - self.began) - afterwards)
        return Clock(Limits(left, self.workers), cancelled=self.stop)


def answer(round_: Round, run: Run, beside: Beside = _nothing_more) -> Allocated:
    """Solve the round, audit the answer and write it; ``beside`` adds files and claims of its own to the folder."""
    run.go_on()
    run.stage("Finding who may go where")
    options = build_options(round_)
    run.go_on()
    run.stage("Solving, level by level")
    outcome = allocate(without_names(round_), options, listener=run.listener, clock=run.clock())
    allocation = _answer(outcome)
    run.stage("Auditing, without the solver")
    found = _audited(round_, allocation)
    files, claims = beside(round_, allocation)
    certificate = {
        **make_certificate(round_, options, outcome, found),
        **claims,
        "wall_seconds": round(perf_counter() - run.began, 3),
        "peak_mb": peak_mb(),
    }
    run.stage("Writing, with a reason for everyone left out")
    publish(round_, options, allocation, certificate, found, {**outcome.proof_files, **files}, run.out)
    return Allocated(round_, allocation, run.out, certificate, found)


def without_names(round_: Round) -> Round:
    """The round as the solver sees it: no student has a name."""
    return replace(round_, students={key: replace(each, name="") for key, each in round_.students.items()})


def peak_mb() -> int:
    """The most memory this process has held, and the largest of its solvers' processes, in megabytes."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (2**10 if sys.platform == "darwin" else 1)
    return (own + processes.largest_kb()) // 2**10


def _answer(outcome: Outcome) -> Allocation:
    if outcome.status == "infeasible":
        raise ContradictionError(outcome.contradiction)
    if outcome.allocation is None:
        raise StoppedError("stopped before any allocation")
    return outcome.allocation


def _audited(round_: Round, allocation: Allocation) -> Audit:
    found = audit(round_, allocation)
    if found.breaches:
        raise AuditBreachedError(found.breaches)
    return found
