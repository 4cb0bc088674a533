"""Where each student stands before this round: how far behind, in which published groups, what is new to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.goals import key_stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain import HistoryRow, Round, Student

NO_TIER = ""
"""Below every tier: what a student without history in the key stage has reached."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One student's record: half-days still lacking in this key stage, groups, sectors met, highest tier reached."""

    deficit: int
    groups: frozenset[str]
    priority: bool
    sectors: frozenset[str]
    top_tier: str


def progress_of(round_: Round) -> Mapping[str, Progress]:
    """Every student's record, by student id; sectors are in lower case, as they are compared."""
    history: dict[str, list[HistoryRow]] = defaultdict(list)
    for row in round_.history:
        history[row.student_id].append(row)
    return {
        student_id: _progress(round_, student, history.get(student_id, []))
        for student_id, student in round_.students.items()
    }


def groups_of(student: Student, disadvantage: str) -> frozenset[str]:
    """The groups that a policy may name and that the student belongs to; ``disadvantage`` says what ``fsm`` means."""
    belongs = {
        "fsm": student.fsm or (disadvantage == "ever6" and student.ever6),
        "sen": student.sen_status in {"K", "E"},
        "in_care": student.in_care,
        "neet_risk": student.neet_risk,
    }
    return frozenset(group for group, holds in belongs.items() if holds)


def _progress(round_: Round, student: Student, history: list[HistoryRow]) -> Progress:
    stage = key_stage(student.year_group)
    in_stage = [row for row in history if key_stage(row.year_group) == stage]
    done = sum(row.half_days for row in in_stage if row.counts)
    deficit = max(0, round_.policy.target_half_days[stage] - done)
    groups = groups_of(student, round_.policy.disadvantage)
    return Progress(
        deficit=deficit,
        groups=groups,
        priority=student.available and deficit > 0 and not groups.isdisjoint(round_.policy.priority),
        sectors=frozenset(row.sector.casefold() for row in history),
        top_tier=max((row.tier for row in in_stage), default=NO_TIER),
    )
