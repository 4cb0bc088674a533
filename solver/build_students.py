"""What the solver knows of each student: limits left, need, priority, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.goals import key_stage
from engine.lottery_tickets import ticket
from solver.numbering import sector_key
from solver.problem import NO_LIMIT, StudentFacts

if TYPE_CHECKING:
    from engine.domain import Round
    from solver.arrays import Bools, Ints
    from solver.fixed import FixedRows
    from solver.numbering import Numbering


@dataclass(frozen=True, slots=True)
class Progress:
    """Students' records before this round; arrays of shape (students,) and (students, sectors)."""

    deficit: Ints
    priority: Bools
    top_tier: Ints
    known_sector: Bools


def progress_of(round_: Round, numbers: Numbering) -> Progress:
    """Deficits, priority and history from the round's facts."""
    count = len(numbers.student_ids)
    stage = [key_stage(round_.students[s].year_group) for s in numbers.student_ids]
    done = np.zeros(count, dtype=np.int64)
    top_tier = np.zeros(count, dtype=np.int64)
    known = np.zeros((count, max(1, len(numbers.sectors))), dtype=bool)
    for row in round_.history:
        s = numbers.student[row.student_id]
        known[s, numbers.sector[sector_key(row.sector)]] = True
        if key_stage(row.year_group) == stage[s]:
            top_tier[s] = max(top_tier[s], int(row.tier[1:]))
            done[s] += row.half_days if row.counts else 0
    target = np.array([round_.policy.target_half_days[k] for k in stage], dtype=np.int64)
    deficit = np.maximum(0, target - done)
    flagged = [
        round_.students[s].available and any(in_group(round_, s, g) for g in round_.policy.priority)
        for s in numbers.student_ids
    ]
    return Progress(deficit, np.array(flagged, dtype=bool) & (deficit > 0), top_tier, known)


def in_group(round_: Round, student_id: str, group: str) -> bool:
    """Whether a student belongs to ``fsm``, ``sen``, ``in_care`` or ``neet_risk`` as the policy reads them."""
    student = round_.students[student_id]
    if group == "fsm":
        return student.fsm or (round_.policy.disadvantage == "ever6" and student.ever6)
    if group == "sen":
        return student.sen_status in {"K", "E"}
    return student.in_care if group == "in_care" else student.neet_risk


def student_facts(
    round_: Round, numbers: Numbering, progress: Progress, fixed: FixedRows, without: frozenset[str]
) -> StudentFacts:
    """The students as arrays, less what their fixed assignments use."""
    students = [round_.students[s] for s in numbers.student_ids]
    used = fixed.used_by_students(round_, numbers, progress)
    policy = round_.policy
    own = [policy.max_experiences if s.max_experiences is None else s.max_experiences for s in students]
    free = "limit" in without
    baseline = {row.student_id for row in round_.baseline}
    groups = [[in_group(round_, s, g) for g in policy.equity_groups] for s in numbers.student_ids]

    def left(limit: Ints | int, use: Ints) -> Ints:
        return np.full(len(students), NO_LIMIT) if free else np.maximum(0, limit - use)

    return StudentFacts(
        school=np.array([numbers.school[s.urn] for s in students], dtype=np.int64),
        max_slots=left(np.array(own, dtype=np.int64), used.slots),
        max_half_days=left(policy.max_half_days, used.half_days),
        max_virtual=left(policy.max_virtual, used.virtual),
        priority=progress.priority,
        need_left=np.maximum(0, progress.deficit - used.counting_half_days),
        placed=used.slots > 0,
        guaranteed=~progress.priority | used.counting,
        progressed=used.progressed,
        top_tier=progress.top_tier,
        known_sector=used.known_sector,
        in_group=np.array(groups, dtype=bool).reshape(len(students), len(policy.equity_groups)),
        ticket=np.array([ticket(round_.seed, s) for s in numbers.student_ids], dtype=np.int64),
        support=np.array([s.support for s in students], dtype=bool),
        baseline=np.array([s in baseline for s in numbers.student_ids], dtype=bool),
    )
