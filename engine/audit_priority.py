"""Who is behind and who comes first, by the audit's own count: deficits, groups and priority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.goals import key_stage

if TYPE_CHECKING:
    from engine.audit_case import Case
    from engine.domain import HistoryRow, Student


def stage_history(case: Case, student: Student) -> list[HistoryRow]:
    """The student's history rows of the student's current key stage, whether they count or not."""
    stage = key_stage(student.year_group)
    return [row for row in case.history.get(student.student_id, ()) if key_stage(row.year_group) == stage]


def deficit(case: Case, student: Student) -> int:
    """The half-days that the student still lacks in this key stage: target less counting history, at least 0."""
    done = sum(row.half_days for row in stage_history(case, student) if row.counts)
    return max(0, case.round_.policy.target_half_days[key_stage(student.year_group)] - done)


def is_priority(case: Case, student: Student) -> bool:
    """Whether the student is available, in a group that the policy puts first, and behind."""
    if not student.available or deficit(case, student) == 0:
        return False
    return any(in_group(case, student, name) for name in case.round_.policy.priority)


def in_group(case: Case, student: Student, name: str) -> bool:
    """Whether the student is in the group ``name`` as the policy defines it."""
    if name == "fsm":
        return student.fsm or (case.round_.policy.disadvantage == "ever6" and student.ever6)
    if name == "sen":
        return student.sen_status in {"K", "E"}
    return student.in_care if name == "in_care" else student.neet_risk
