"""Published allocations of random rounds, and what befell the round since: the questions that re-runs answer.

The allocation was made while a school's students were not in yet; then slots were withdrawn or deleted, students fell
ill or left, an employer took fewer, and the school's students came in. Some families have not been notified.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from random_rounds import random_round

from engine.domain import BaselineRow
from engine.options import build_options
from engine.rerun import baseline_of, rerun_round
from solver.allocate import allocate
from solver.build import build_problem
from solver.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.domain import Round
    from solver.problem import Problem


def disrupted_problems(seeds: Iterable[tuple[int, str]]) -> Iterator[tuple[str, Round, Problem]]:
    """Re-runs with published pairs that nothing freezes, with a name and as problems."""
    for seed, size in seeds:
        round_ = disrupted(seed, size)
        if round_ is not None:
            round_ = replace(round_, rerun_from=round_.starts)
            problem = build_problem(round_, build_options(round_))
            if problem.pairs.kept.any():
                yield f"{size}-{seed}", round_, problem


def disrupted(seed: int, size: str = "tiny") -> Round | None:
    """The round of a re-run, its baseline and date set; ``None`` where nothing could be published."""
    rng = Random(f"disruption-{size}-{seed}")  # noqa: S311
    now = random_round(seed, size)
    late = rng.choice([*now.schools, "none"])
    pinned = {d.student_id for d in now.decisions if d.kind == "pin"}
    away = {a: replace(s, available=s.available and (s.urn != late or a in pinned)) for a, s in now.students.items()}
    before = replace(now, students=away)
    published = allocate(before, build_options(before), Limits(workers=1)).allocation
    if published is None:
        return None
    taken = sorted({row.slot_id for row in published.assignments})
    if taken and rng.random() < 0.6:
        now = _withdraw(now, rng.sample(taken, min(len(taken), rng.randint(1, 2))))
    for befall in (_fewer, _ill, _delete_slot, _leave):
        if rng.random() < 0.6:
            now = befall(rng, now, pinned)
    quiet = tuple(
        BaselineRow(row.student_id, row.slot_id, notified=False) for row in published.assignments if rng.random() < 0.2
    )
    now = replace(now, baseline=quiet)
    days = (now.ends - now.starts).days + 2
    since = None if rng.random() < 0.3 else now.starts + timedelta(days=rng.randint(1, days))
    return rerun_round(now, baseline_of(now, published), since)


def _withdraw(round_: Round, gone: Iterable[str]) -> Round:
    withdrawn = {j: replace(round_.slots[j], capacity=0, groups=0) for j in gone}
    return replace(round_, slots=round_.slots | withdrawn)


def _fewer(rng: Random, round_: Round, _pinned: set[str]) -> Round:
    less = rng.choice(list(round_.employers))
    employer = replace(round_.employers[less], max_students=1, max_students_per_half_day=1)
    return replace(round_, employers=round_.employers | {less: employer})


def _ill(rng: Random, round_: Round, pinned: set[str]) -> Round:
    ill = rng.choice(list(round_.students))
    if ill in pinned and rng.random() < 0.8:
        return round_
    return replace(round_, students=round_.students | {ill: replace(round_.students[ill], available=False)})


def _delete_slot(rng: Random, round_: Round, _pinned: set[str]) -> Round:
    named = {d.slot_id for d in round_.decisions}
    gone = rng.choice(list(round_.slots))
    return round_ if gone in named else replace(round_, slots={j: s for j, s in round_.slots.items() if j != gone})


def _leave(rng: Random, round_: Round, _pinned: set[str]) -> Round:
    gone = rng.choice(list(round_.students))
    if any(gone in {d.student_id, d.other_student_id} for d in round_.decisions):
        return round_
    return replace(
        round_,
        students={a: s for a, s in round_.students.items() if a != gone},
        preferences=tuple(row for row in round_.preferences if row.student_id != gone),
        history=tuple(row for row in round_.history if row.student_id != gone),
        travel=tuple(row for row in round_.travel if row.origin != gone),
    )
