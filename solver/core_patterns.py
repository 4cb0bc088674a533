"""How one student's slots go together, as columns of the exact model.

A student with several slots has one pattern, or none: how many slots of each kind (half-days, counting, virtual,
higher tier) the student is given. What a student earns by all slots together (need, a first counting slot, a higher
tier) then is a number by pattern, and the relaxation cannot have it by halves.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from solver.fixed import conflicts
from solver.model import INFINITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.arrays import Bools, Ints
    from solver.core_rules import Pool
    from solver.model import Model
    from solver.problem import Problem

MOST = 250
"""Patterns of one student; a student with more of them is left to the relaxation that knows none."""
MOST_BUNDLES = 20_000
"""Bundles from which a set of those alike is dealt out what it is given."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a model: ``column`` and ``student`` by pattern, and what one gives, shape (patterns,).

    ``given`` are counting half-days; ``counting``: gives a counting slot; ``higher``: one of a higher tier than before.
    ``covered``: students who have patterns, shape (students,).
    """

    column: Ints
    student: Ints
    given: Ints
    counting: Bools
    higher: Bools
    covered: Bools

    @classmethod
    def none(cls, problem: Problem) -> Patterns:
        """No student has patterns."""
        nothing = np.zeros(0, dtype=np.int64)
        return cls(
            nothing, nothing, nothing, nothing > 0, nothing > 0, np.zeros(len(problem.students.school), dtype=bool)
        )


def pattern_rows(model: Model, problem: Problem, pool: Pool) -> Patterns:
    """A column for every pattern of the pool's students with several slots."""
    facts, slots = problem.students, problem.slots
    several = np.flatnonzero(facts.max_slots[pool.student] > 1)
    owners, begins = np.unique(pool.student[several], return_index=True)
    columns, student, given, counting, higher = [], [], [], [], []
    covered = np.zeros(len(facts.school), dtype=bool)
    for s, own in zip(owners.tolist(), np.split(several, begins[1:]) if len(owners) else [], strict=True):
        slot = pool.slot[own]
        rises = (slots.tier[slot] > facts.top_tier[s]) & ~facts.progressed[s]
        kind = _kinds(problem, slot, rises)
        lead = np.array([int(np.flatnonzero(kind == k)[0]) for k in range(int(kind.max()) + 1)])
        found = _patterns(problem, s, slot, kind, lead)
        if found is None:
            continue
        covered[s] = True
        column = model.columns(np.full(len(found), float(pool.alike[s])), integer=True)
        row = model.rows(-INFINITY, pool.alike[s], 1)
        model.put(np.repeat(row, len(column)), column, 1)
        same = model.rows(0, 0, len(lead))
        model.put(same[kind], pool.column[own], 1)
        at, which = np.nonzero(found)
        model.put(same[which], column[at], -found[at, which])
        days = np.where(slots.counts[slot[lead]], slots.half_days[slot[lead]], 0)
        columns.append(column)
        student.append(np.full(len(found), s))
        given.append(found @ days)
        counting.append(found @ days > 0)
        higher.append(found @ rises[lead].astype(np.int64) > 0)
    none = np.zeros(0, dtype=np.int64)
    return Patterns(
        np.concatenate([none, *columns]),
        np.concatenate([none, *student]),
        np.concatenate([none, *given]),
        np.concatenate([none > 0, *counting]),
        np.concatenate([none > 0, *higher]),
        covered,
    )


def bundles_among(problem: Problem, student: int, slot: Ints) -> Ints:
    """The first ``MOST_BUNDLES`` bundles of the student's slots ``slot``: positions in that list or -1, a row each."""
    alone = np.arange(len(slot), dtype=np.int64)
    depth = int(problem.students.max_slots[student])
    found = list(islice(_within(*_beside(problem, student, slot, alone, alone)), MOST_BUNDLES))
    rows = np.full((len(found), depth), -1, dtype=np.int64)
    for row, bundle in zip(rows, found, strict=True):
        row[: len(bundle)] = bundle
    return rows


def _kinds(problem: Problem, slot: Ints, rises: Bools) -> Ints:
    """A number for each of a student's pairs, the same for those that a pattern does not tell apart."""
    slots = problem.slots
    facts = np.column_stack([slots.half_days[slot], slots.counts[slot], slots.virtual[slot], rises])
    return np.asarray(np.unique(facts, axis=0, return_inverse=True)[1].ravel())


def _patterns(problem: Problem, student: int, slot: Ints, kind: Ints, lead: Ints) -> Ints | None:
    """Numbers by kind of every pattern within the student's limits, shape (patterns, kinds); ``None``: too many."""
    found = list(islice(_within(*_beside(problem, student, slot, kind, lead)), MOST + 1))
    if len(found) > MOST:
        return None
    rows = np.zeros((len(found), len(lead)), dtype=np.int64)
    for row, pattern in zip(rows, found, strict=True):
        np.add.at(row, pattern, 1)
    return rows


def _beside(
    problem: Problem, student: int, slot: Ints, kind: Ints, lead: Ints
) -> tuple[Bools, Ints, Ints, tuple[int, int, int]]:
    """What ``_within`` asks: which kinds go together, their half-days and virtual slots, and the student's limits."""
    facts, slots = problem.students, problem.slots
    member = (kind[:, None] == np.arange(len(lead))[None, :]).astype(np.int64)
    beside = member.T @ compatible_slots(problem, slot).astype(np.int64) @ member > 0
    days, online = slots.half_days[slot[lead]], slots.virtual[slot[lead]].astype(np.int64)
    limits = int(facts.max_slots[student]), int(facts.max_half_days[student]), int(facts.max_virtual[student])
    return beside, days, online, limits


def _within(beside: Bools, days: Ints, online: Ints, limits: tuple[int, int, int]) -> Iterator[list[int]]:
    """Every multiset of kinds that go together in pairs and keep the limits, its kinds ascending."""
    open_: list[tuple[list[int], int, int]] = [([], 0, 0)]
    while open_:
        pattern, used, virtual = open_.pop()
        for k in range(pattern[-1] if pattern else 0, len(days)):
            after, calls = used + int(days[k]), virtual + int(online[k])
            if after <= limits[1] and calls <= limits[2] and all(beside[k, i] for i in pattern):
                yield [*pattern, k]
                if len(pattern) + 1 < limits[0]:
                    open_.append(([*pattern, k], after, calls))


def compatible_slots(problem: Problem, slot: Ints) -> Bools:
    """Whether one student can have both of two different slots of a list, shape (slots, slots)."""
    apart = [conflicts(problem.slots, j, slot, problem.rules_off) | (slot == j) for j in slot.tolist()]
    return ~np.array(apart, dtype=bool).reshape(len(slot), len(slot))
