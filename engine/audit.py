"""The audit's table of contents: every rule re-checked and every goal re-measured, one plain question at a time.

It shares nothing with the options or the solver, so that a mistake there cannot hide here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import audit_decisions, audit_resources, audit_students
from engine.audit_case import Breach, Case, begun_rows, lay_out
from engine.audit_decisions import split_overrides
from engine.audit_goals import MEASURES
from engine.audit_pairs import dates, pair_check
from engine.goals import GOALS
from engine.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from engine.allocation import Allocation, Assignment
    from engine.domain import Round
    from engine.policy import Level

__all__ = ["CHECKS", "MEASURES", "Audit", "Breach", "LevelValue", "audit", "breaches_of"]


@dataclass(frozen=True, slots=True)
class LevelValue:
    """What a level of the policy is worth on the allocation: the signed sum of its goals."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit found: breaches by rule, pins that override, every goal's value, every level's."""

    breaches: tuple[Breach, ...]
    overrides: tuple[str, ...]
    goals: Mapping[str, int]
    levels: tuple[LevelValue, ...]

    @property
    def clean(self) -> bool:
        """Whether no rule is broken."""
        return not self.breaches


def audit(
    round_: Round,
    allocation: Allocation,
    *,
    frozen: frozenset[Assignment] | None = None,
    levels: Iterable[Level] | None = None,
) -> Audit:
    """Check ``allocation`` against every rule and measure every goal.

    ``frozen`` rows (by default those of the round's re-run) are exempt from every rule and counted in every limit,
    which they may raise.
    ``levels`` replace the policy's. Rows that name nothing of the round are breaches and count for no goal.
    """
    case = lay_out(round_, allocation, begun_rows(round_) if frozen is None else frozen)
    breaches, overrides = split_overrides(case, _findings(case))
    goals = {goal.name: MEASURES[goal.name](case) for goal in GOALS}
    ranked = round_.policy.levels if levels is None else levels
    return Audit(breaches, overrides, goals, tuple(_level_value(level, goals) for level in ranked))


def breaches_of(round_: Round, allocation: Allocation, frozen: frozenset[Assignment]) -> tuple[Breach, ...]:
    """What the audit would call breaches, with no goal measured: for where that alone is asked, and many times."""
    case = lay_out(round_, allocation, frozen)
    return split_overrides(case, _findings(case))[0]


def _findings(case: Case) -> list[Breach]:
    """What every rule's check finds, rule by rule in their order."""
    return [finding for rule in RULES for finding in sorted(CHECKS[rule.code](case), key=_place)]


def _level_value(level: Level, goals: Mapping[str, int]) -> LevelValue:
    return LevelValue(level.name, sum(times * goals[name] for name, times in level.goals.items()))


def _place(breach: Breach) -> tuple[str, str, str]:
    return breach.student_id, breach.slot_id, breach.sentence


CHECKS: dict[str, Callable[[Case], Iterable[Breach]]] = {
    "available": pair_check("available"),
    "year": pair_check("year"),
    "individual_age": pair_check("individual_age"),
    "cleared": pair_check("cleared"),
    "dates": dates,
    "school_only": pair_check("school_only"),
    "access": pair_check("access"),
    "travel": pair_check("travel"),
    "capacity": audit_resources.capacity,
    "employer_day": audit_resources.employer_day,
    "employer_total": audit_resources.employer_total,
    "support": audit_resources.support,
    "one_school": audit_resources.one_school,
    "group": audit_resources.group,
    "clash": audit_students.clash,
    "calendar": pair_check("calendar"),
    "school_out": audit_resources.school_out,
    "coach": audit_resources.coach,
    "repeat": audit_students.repeat,
    "limit": audit_students.limit,
    "pin": audit_decisions.pin,
    "forbid": audit_decisions.forbid,
    "separate": audit_decisions.separate,
    "unknown": audit_decisions.unknown,
    "duplicate": audit_decisions.duplicate,
}
