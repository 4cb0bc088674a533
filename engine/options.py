"""The options of a round: every student and slot that pass the pair rules, and what each rule takes away.

Works in bulk, a school year at a time; what students share (places, clashes, limits) is the solver's to settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.cohorts import cohorts
from engine.ground import Ground
from engine.pair_rules import PAIR_MASKS
from engine.preferences import Wishes, worth
from engine.rules import PAIR_RULES
from engine.travel import journey_tenths

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from engine.cohorts import Cohort
    from engine.domain import Round

    Integers = NDArray[np.int32]
    Numbers = NDArray[np.int64]
    Broken = NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Options:
    """The pairs of students and slots that pass every pair rule, by student and then by slot.

    ``first`` is int64[students + 1]: the pairs of student ``i`` are ``first[i]`` to ``first[i + 1]``. Over the pairs,
    int32 each: ``slot``; ``tenths``, the student's own journey in 0.1 km; ``points`` and ``rank`` of preference (rank 0
    for none). ``removed`` and ``removed_alone`` are int32[students, pair rules]: the slots that each rule removes for
    the student, and those that no other rule removes.
    """

    students: tuple[str, ...]
    slots: tuple[str, ...]
    first: Numbers
    slot: Integers
    tenths: Integers
    points: Integers
    rank: Integers
    removed: Integers
    removed_alone: Integers


def build_options(round_: Round, rules: Collection[str] = PAIR_RULES) -> Options:
    """The options of ``round_`` under ``rules``; withdrawn slots (no capacity, no groups) stay options.

    Takes memory of some 32 bytes a pair. Without the rule ``travel``, ``tenths`` is BEYOND where a journey is too long.
    """
    ground = Ground(round_)
    wishes = Wishes(ground)
    return _together(ground, [_part(cohort, wishes, rules) for cohort in cohorts(ground)])


def pair_tenths(round_: Round, student_id: str, slot_id: str) -> int | None:
    """The student's own journey to any slot, an option or not, in 0.1 km; None if there is no route."""
    experience = round_.experiences[round_.slots[slot_id].experience_id]
    return journey_tenths(round_, round_.students[student_id], experience)


def pair_points(round_: Round, student_id: str, slot_id: str) -> int:
    """The preference points of any student in any slot, an option or not."""
    rows = [row for row in round_.preferences if row.student_id == student_id]
    return worth(round_.policy, rows, round_.experiences[round_.slots[slot_id].experience_id]).points


def pair_rank(round_: Round, student_id: str, slot_id: str) -> int:
    """The preference rank of any student in any slot, an option or not; 0 for none."""
    rows = [row for row in round_.preferences if row.student_id == student_id]
    return worth(round_.policy, rows, round_.experiences[round_.slots[slot_id].experience_id]).rank


@dataclass(frozen=True, eq=False)
class _Part:
    """The options of one cohort; ``pairs`` holds slot, tenths, points and rank, int32[pairs] each."""

    members: Numbers
    counts: Numbers
    pairs: tuple[Integers, Integers, Integers, Integers]
    removed: Integers
    removed_alone: Integers


def _part(cohort: Cohort, wishes: Wishes, rules: Collection[str]) -> _Part:
    ground = cohort.ground
    broken = _broken(cohort, rules)
    counts, removed, removed_alone = _counts(broken)
    row = np.repeat(np.arange(len(broken)), counts)
    slot = np.flatnonzero(broken.ravel() == 0) - row * len(ground.slots)
    cell = ground.experience_of[slot] + row * len(ground.experiences)
    points, ranks = wishes.worth(cohort)
    own = ground.journeys.own(cohort.measured)
    pairs = (slot.astype(np.int32), own.take(cell), points.take(cell), ranks.take(cell))
    return _Part(cohort.members, counts, pairs, removed, removed_alone)


def _broken(cohort: Cohort, rules: Collection[str]) -> Broken:
    """The rules that every pair of a cohort breaks, a bit for each: uint16[members, slots]."""
    ground = cohort.ground
    by_experience = np.zeros((len(cohort.members), len(ground.experiences)), dtype=np.uint16)
    masks = [(np.uint16(1 << bit), PAIR_MASKS[code]) for bit, code in enumerate(PAIR_RULES) if code in rules]
    for bit, mask in masks:
        if mask.over == "experience":
            by_experience |= mask.removes(cohort) * bit
    broken = np.take(by_experience, ground.experience_of, axis=1)
    for bit, mask in masks:
        if mask.over == "slot":
            broken |= mask.removes(cohort) * bit
    return broken


def _counts(broken: Broken) -> tuple[Numbers, Integers, Integers]:
    """For each student the slots that no rule removes, those that each rule removes, and those that only it removes.

    int64[members], int32[members, rules] and int32[members, rules].
    """
    seen = np.zeros((len(broken), 1 << len(PAIR_RULES)), dtype=np.int64)
    for i, slots in enumerate(broken):
        seen[i] = np.bincount(slots, minlength=seen.shape[1])
    ways = np.flatnonzero(seen.any(axis=0))
    holds = (ways[:, None] >> np.arange(len(PAIR_RULES))) & 1
    alone = seen[:, 1 << np.arange(len(PAIR_RULES))]
    return seen[:, 0].copy(), (seen[:, ways] @ holds).astype(np.int32), alone.astype(np.int32)


def _together(ground: Ground, parts: list[_Part]) -> Options:
    """The parts of all cohorts laid out by student; ``parts`` is emptied on the way, to save memory."""
    size = len(ground.students)
    counts = np.zeros(size, dtype=np.int64)
    removed = np.zeros((size, len(PAIR_RULES)), dtype=np.int32)
    removed_alone = np.zeros_like(removed)
    for part in parts:
        counts[part.members] = part.counts
        removed[part.members] = part.removed
        removed_alone[part.members] = part.removed_alone
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    slot, tenths, points, rank = columns = [np.empty(int(first[-1]), dtype=np.int32) for _ in range(4)]
    while parts:
        part = parts.pop()
        ends = np.cumsum(part.counts).tolist()
        for at, start, end in zip(first[part.members].tolist(), [0, *ends], ends, strict=False):
            for column, values in zip(columns, part.pairs, strict=True):
                column[at : at + end - start] = values[start:end]
    return Options(
        tuple(student.student_id for student in ground.students),
        tuple(slot_.slot_id for slot_ in ground.slots),
        first,
        slot,
        tenths,
        points,
        rank,
        removed,
        removed_alone,
    )
