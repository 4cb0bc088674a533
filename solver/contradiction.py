"""Pins and frozen rows that cannot be kept together, and a smallest set of them that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.allocation import Allocation, Assignment
from engine.audit import breaches_of
from solver.build import build_problem
from solver.core import build_core
from solver.fixed import FixedRows
from solver.model import Expression

if TYPE_CHECKING:
    from engine.audit import Breach
    from engine.domain import Round
    from engine.options import Options
    from solver.highs import Highs
    from solver.problem import Problem

NOT_YET_BROKEN = frozenset({"group", "pin"})
"""Breaches of pins alone that others may still mend: a group may fill, a pin left out on trial is no breach."""

Pair = tuple[str, str]


def contradiction(
    round_: Round, options: Options, fixed: FixedRows, highs: Highs, without: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Sentences of an irreducible set of pins and frozen rows that no allocation can keep; empty where all can be.

    Irreducible: any one of them left out, the others can be kept. Frozen rows alone never contradict, for they are
    exempt from every rule.
    """
    trial = _Trial(round_, options, highs, without)
    if not fixed.pins or not trial.fails(fixed):
        return ()
    kept = _irreducible(fixed, trial)
    reasons = tuple(breach.sentence for breach in trial.broken(kept))
    pins = tuple(f"Student {s} is pinned to slot {j} ({_named(round_, j)})." for s, j in kept.pins)
    frozen = tuple(f"Student {s} keeps slot {j} ({_named(round_, j)}), which has begun." for s, j in kept.frozen)
    return (*pins, *frozen, *(reasons or ("No choice of other students fills the groups that these pins need.",)))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Fixed rows tried against one round's rules."""

    round_: Round
    options: Options
    highs: Highs
    without: frozenset[str]

    def fails(self, fixed: FixedRows) -> bool:
        """Whether no allocation keeps these fixed rows."""
        if self.broken(fixed):
            return True
        if not any(self.asks_for_others(slot_id) for _, slot_id in fixed.pins):
            return False
        problem = build_problem(self.round_, self.options, fixed=fixed, without=self.without)
        return not _fillable(problem, self.highs)

    def asks_for_others(self, slot_id: str) -> bool:
        """Whether a pin into the slot may need other students beside it."""
        return self.round_.experiences[self.round_.slots[slot_id].experience_id].grouping == "group"

    def broken(self, fixed: FixedRows) -> list[Breach]:
        """What the fixed rows break by themselves."""
        pins = set(fixed.pins)
        decisions = tuple(d for d in self.round_.decisions if d.kind != "pin" or (d.student_id, d.slot_id) in pins)
        frozen = frozenset(Assignment(*pair) for pair in fixed.frozen)
        found = breaches_of(replace(self.round_, decisions=decisions), Allocation.of(fixed.pairs), frozen)
        return [b for b in found if b.rule not in NOT_YET_BROKEN | self.without]


def _irreducible(fixed: FixedRows, trial: _Trial) -> FixedRows:
    """Leave out what the contradiction does not need, in halves, then smaller parts, until no single row can go.

    A deletion filter (Chinneck 1997) in parts, for frozen rows may be thousands (ddmin: Zeller and Hildebrandt 2002).
    """
    rows = [*((pair, True) for pair in fixed.pins), *((pair, False) for pair in fixed.frozen)]
    size = len(rows)
    while size:
        at, before = 0, len(rows)
        while at < len(rows):
            fewer = rows[:at] + rows[at + size :]
            if trial.fails(_fixed(fewer)):
                rows = fewer
            else:
                at += size
        size = size // 2 if size > 1 or len(rows) == before else 1
    return _fixed(rows)


def _fixed(rows: list[tuple[Pair, bool]]) -> FixedRows:
    return FixedRows(tuple(pair for pair, pinned in rows if pinned), tuple(pair for pair, pinned in rows if not pinned))


def _fillable(problem: Problem, highs: Highs) -> bool:
    """Whether other students can fill the groups that pinned ones need."""
    needed = problem.fixed_members.keys() - problem.exempt_members
    slots = np.array(sorted({j for _, j in needed if problem.blocked[j]}), dtype=np.int64)
    core = build_core(problem, (), problem.pairs.in_slots(slots))
    if not core.program.row_lower.size or not core.program.upper.size:
        return True
    return highs.integer(core.program, Expression.zero(), [], None).status != "infeasible"


def _named(round_: Round, slot_id: str) -> str:
    slot = round_.slots[slot_id]
    return f"{round_.experiences[slot.experience_id].title}, {slot.date.isoformat()} {slot.half}"
