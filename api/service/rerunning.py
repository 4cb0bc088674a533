"""Run a published round again after a change, with what was published as its baseline."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any

from api.errors import RefusedError
from api.service.allocating import Allocated, Run, answer
from api.service.published import BASELINE, published_allocation, published_certificate, published_seed
from engine.cells import UnreadableError, day
from engine.disruption import changes_csv, changes_of, counts_of
from engine.loading import load_round
from engine.publication import read_schools
from engine.rerun import baseline_csv, baseline_of, not_published, rerun_round
from engine.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path
    from threading import Event

    from engine.allocation import Allocation
    from engine.disruption import Change
    from engine.domain import Round
    from solver.outcome import Progress

CHANGES = "changes.csv"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: the round as it is now, the published folder, a new folder, and the limits of the run.

    ``since`` is the text of a date; blank is the round's start.
    """

    source: Path
    published: Path
    out: Path
    since: str = ""
    time_limit: float | None = None
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Rerun:
    """What was written, what it changed, and what the coordinator should know beside it."""

    allocated: Allocated
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]


def rerun_published(
    request: Request,
    *,
    stop: Event,
    listener: Callable[[Progress], None] | None = None,
    stage: Callable[[str], None] = lambda _name: None,
    started: float | None = None,
) -> Rerun:
    """Answer ``request.source`` again into ``request.out``, or raise and write nothing (see ``allocate_round``)."""
    since = _date(request.since)
    run = Run(request.out, request.time_limit, request.workers, stop, listener, stage, started or perf_counter())
    if os.path.realpath(request.out) == os.path.realpath(request.published):
        raise RefusedError(f"{request.out} holds the published allocation, which stays as it is; name a new folder")
    run.require_place()
    certificate = published_certificate(request.published)
    published = published_allocation(request.published)
    stage("Reading the round")
    round_ = load_round(request.source, seed_text=published_seed(certificate))
    asked = rerun_round(round_, baseline_of(round_, published), since)
    urns = read_schools(request.published)
    allocated = answer(asked, run, lambda now, allocation: beside(now, allocation, urns))
    changes = changes_of(asked, allocated.allocation, urns)
    return Rerun(allocated, changes, tuple(_remarks(round_, published, certificate)))


def _date(text: str) -> date | None:
    try:
        return day(text) if text else None
    except UnreadableError as refused:
        raise RefusedError(f"--from takes a date, as 2026-03-31 or 31/03/2026; {text!r} is none") from refused


def beside(
    round_: Round, allocation: Allocation, urns: Mapping[str, str]
) -> tuple[Mapping[str, bytes], Mapping[str, Any]]:
    """The baseline and the changes as files, and what the certificate says of them."""
    baseline, changes = baseline_csv(round_.baseline), changes_of(round_, allocation, urns)
    assert round_.rerun_from is not None
    claims = {
        "from": round_.rerun_from.isoformat(),
        "baseline_sha256": sha256(baseline).hexdigest(),
        "published": len(round_.baseline),
        "frozen": len(round_.frozen),
        "changes": counts_of(changes),
    }
    return {BASELINE: baseline, CHANGES: changes_csv(changes)}, {"rerun": claims}


def _remarks(round_: Round, published: Allocation, certificate: Mapping[str, Any] | None) -> list[str]:
    remarks = []
    if certificate is None:
        remarks.append("the published folder has no certificate.json, so the lottery seed is the round's own")
    extra = len(not_published(round_, published))
    if extra:
        rows = counted(extra, "row")
        remarks.append(
            f"{rows} of the round's baseline table are not in the published allocation and count for nothing"
        )
    return remarks
