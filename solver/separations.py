"""Separated students: which of their assignments exclude each other."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from solver.problem import PairFacts, Separation, SlotFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain import Round
    from solver.arrays import Bools, Ints
    from solver.numbering import Numbering


def separated(round_: Round) -> dict[str, set[str]]:
    """For every separated student, those that the student is kept apart from."""
    apart: dict[str, set[str]] = defaultdict(set)
    for decision in round_.decisions:
        if decision.kind == "separate" and decision.student_id != decision.other_student_id:
            apart[decision.student_id].add(decision.other_student_id)
            apart[decision.other_student_id].add(decision.student_id)
    return apart


def kept_apart(slots: SlotFacts, j: int, others: Ints) -> Bools:
    """Which of ``others`` a student cannot have while a separated student is in slot ``j``."""
    same: Bools = others == j
    if not slots.in_person[j]:
        return same
    meet = (slots.begins[others] <= slots.ends[j]) & (slots.begins[j] <= slots.ends[others])
    together: Bools = same | (meet & slots.in_person[others] & (slots.employer[others] == slots.employer[j]))
    return together


def build_separations(round_: Round, numbers: Numbering, slots: SlotFacts, pairs: PairFacts) -> tuple[Separation, ...]:
    """For every assignment of a separated student: it and those of the other that it excludes, at most one of all.

    The excluded ones are of one employer, of which the other student has at most one slot anyway.
    """
    rows: list[Separation] = []
    for student_id, others in sorted(separated(round_).items()):
        for other in sorted(o for o in others if o > student_id):
            rows.extend(_rows(slots, pairs, numbers.student[student_id], numbers.student[other]))
    return tuple(rows)


def _rows(slots: SlotFacts, pairs: PairFacts, s: int, t: int) -> list[Separation]:
    rows = []
    theirs = np.arange(pairs.first[t], pairs.first[t + 1])
    for p in range(int(pairs.first[s]), int(pairs.first[s + 1])):
        excluded = theirs[kept_apart(slots, int(pairs.slot.raw[p]), pairs.slot[theirs])]
        if len(excluded):
            rows.append(Separation((p, *(int(q) for q in excluded))))
    return rows


def flattened(separations: Sequence[Separation]) -> tuple[Ints, Ints]:
    """The pairs of all ``separations`` one after another, and which separation each is of."""
    lengths = [len(separation.pairs) for separation in separations]
    pairs = np.fromiter(chain.from_iterable(s.pairs for s in separations), dtype=np.int64, count=sum(lengths))
    return pairs, np.repeat(np.arange(len(lengths)), lengths)


def among(separations: Sequence[Separation], keep: Ints) -> tuple[Separation, ...]:
    """The separations within the pairs ``keep`` (ascending), each pair by its position there."""
    pairs, owner = flattened(separations)
    place = np.minimum(np.searchsorted(keep, pairs), max(0, len(keep) - 1))
    inside = keep[place] == pairs if len(keep) else np.zeros(len(pairs), dtype=bool)
    owner, place = owner[inside], place[inside]
    breaks = np.flatnonzero(np.diff(owner)) + 1
    return tuple(Separation(tuple(part.tolist())) for part in np.split(place, breaks) if len(part) > 1)
