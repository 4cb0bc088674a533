"""Separated students: which of their assignments exclude each other."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from solver.problem import PairFacts, Separation, SlotFacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.domain import Round
    from solver.arrays import Bools, Ints
    from solver.numbering import Numbering
    from solver.problem import Problem


def separated(round_: Round) -> dict[str, set[str]]:
    """For every separated student, those that the student is kept apart from."""
    apart: dict[str, set[str]] = defaultdict(set)
    for decision in round_.decisions:
        if decision.kind == "separate" and decision.student_id != decision.other_student_id:
            apart[decision.student_id].add(decision.other_student_id)
            apart[decision.other_student_id].add(decision.student_id)
    return apart


def kept_apart(slots: SlotFacts, j: int | Ints, others: Ints) -> Bools:
    """Which of ``others`` a student cannot have while a separated student is in slot ``j`` (one, or one for each)."""
    meet = (slots.begins[others] <= slots.ends[j]) & (slots.begins[j] <= slots.ends[others])
    visits = slots.in_person[others] & slots.in_person[j] & (slots.employer[others] == slots.employer[j])
    together: Bools = (others == j) | (meet & visits)
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


def _rows(slots: SlotFacts, pairs: PairFacts, s: int, t: int) -> Iterator[Separation]:
    """The separations of two students' pairs; only slots of one employer can exclude each other."""
    ours, theirs = (np.arange(pairs.first[each], pairs.first[each + 1]) for each in (s, t))
    employer = slots.employer[pairs.slot[theirs]]
    theirs, employer = theirs[np.argsort(employer, kind="stable")], np.sort(employer)
    wanted = slots.employer[pairs.slot[ours]]
    start, end = (np.searchsorted(employer, wanted, side=side) for side in ("left", "right"))
    p = np.repeat(ours, end - start)
    q = theirs[np.arange(len(p)) + np.repeat(end - np.cumsum(end - start), end - start)]
    apart = kept_apart(slots, pairs.slot[p], pairs.slot[q])
    p, q = p[apart], q[apart]
    breaks, excluded = np.flatnonzero(np.diff(p, prepend=-1)), q.tolist()
    edges = pairwise([*breaks.tolist(), len(excluded)])
    return (Separation((one, *excluded[a:b])) for one, (a, b) in zip(p[breaks].tolist(), edges, strict=True))


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


def apart_from_none(problem: Problem, offered: Ints, given: Ints) -> Ints:
    """``offered`` less what a separation is about and is not ``given``: who of the two may have it others settle."""
    about = [pair for each in among(problem.separations, offered) for pair in each.pairs]
    free = np.ones(len(offered), dtype=bool)
    free[np.array(about, dtype=np.int64)] = False
    free[np.searchsorted(offered, given)] = True
    return np.asarray(offered[free])
