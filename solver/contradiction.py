"""Pins and frozen rows that cannot be kept together, and a smallest set of them that shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.allocation import Allocation, Assignment
from engine.audit import audit
from solver.build import build_problem
from solver.core import build_core
from solver.highs import Highs
from solver.model import Expression

if TYPE_CHECKING:
    from engine.audit import Breach
    from engine.domain import Round
    from engine.options import Options
    from solver.fixed import FixedRows
    from solver.limits import Clock
    from solver.problem import Problem

NOT_YET_BROKEN = frozenset({"group", "pin"})
"""Breaches of pins alone that others may still mend: a group may fill, a pin left out on trial is no breach."""


def contradiction(
    round_: Round, options: Options, fixed: FixedRows, clock: Clock, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Sentences of an irreducible set of pins that no allocation can keep; empty where all can be kept.

    Irreducible: any one of them left out, the others can be kept (a deletion filter, Chinneck 1997).
    """
    if not fixed.pins or not _contradict(round_, options, fixed, clock, without):
        return ()
    kept = fixed
    for pin in fixed.pins:
        fewer = replace(kept, pins=tuple(p for p in kept.pins if p != pin))
        if _contradict(round_, options, fewer, clock, without):
            kept = fewer
    reasons = tuple(b.sentence for b in _broken(round_, kept, without))
    pins = tuple(_sentence(round_, student_id, slot_id) for student_id, slot_id in kept.pins)
    return (*pins, *(reasons or ("No choice of other students fills the groups that these pins need.",)))


def _contradict(round_: Round, options: Options, fixed: FixedRows, clock: Clock, without: frozenset[str]) -> bool:
    if _broken(round_, fixed, without):
        return True
    problem = build_problem(round_, options, fixed=fixed, without=without)
    return bool(problem.fixed_members) and not _fillable(problem, clock)


def _broken(round_: Round, fixed: FixedRows, without: frozenset[str]) -> list[Breach]:
    """What the fixed rows break by themselves."""
    decisions = tuple(d for d in round_.decisions if d.kind != "pin" or (d.student_id, d.slot_id) in set(fixed.pins))
    frozen = frozenset(Assignment(*pair) for pair in fixed.frozen)
    found = audit(replace(round_, decisions=decisions), Allocation.of(fixed.pairs), frozen=frozen)
    return [b for b in found.breaches if b.rule not in NOT_YET_BROKEN | without]


def _fillable(problem: Problem, clock: Clock) -> bool:
    """Whether other students can fill the groups that fixed ones need."""
    slots = np.array(sorted({j for _, j in problem.fixed_members}), dtype=np.int64)
    pairs = np.flatnonzero(np.isin(problem.pairs.slot, slots))
    core = build_core(problem, (), pairs)
    if not core.program.row_lower.size or not core.program.upper.size:
        return True
    highs = Highs(clock)
    try:
        return highs.integer(core.program, Expression.zero(), [], None).status != "infeasible"
    finally:
        highs.close()


def _sentence(round_: Round, student_id: str, slot_id: str) -> str:
    slot = round_.slots[slot_id]
    title = round_.experiences[slot.experience_id].title
    return f"Student {student_id} is pinned to slot {slot_id} ({title}, {slot.date.isoformat()} {slot.half})."
