"""From a round and its options to the problem in integers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from solver import laying
from solver.build_students import in_group, progress_of, student_facts
from solver.fixed import FixedRows, RuledOut, constants_of
from solver.kernels import chosen_for
from solver.narrow import Narrow
from solver.numbering import number, sector_key
from solver.problem import PairFacts, Problem, SlotFacts
from solver.resources import build_resources
from solver.separations import build_separations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.details import Rows
    from engine.domain import Round
    from engine.options import Options
    from solver.arrays import Bools, Ints
    from solver.numbering import Numbering

_LOADED = (laying,)
COMPILED_FOR = np.uint16
"""The least that slots' numbers are kept in, however few they are: loops compiled for it suit nearly every round."""


def build_problem(
    round_: Round,
    options: Options,
    *,
    fixed: FixedRows | None = None,
    without: frozenset[str] = frozenset(),
) -> Problem:
    """The integer problem of ``round_`` over ``options``.

    ``fixed`` holds pins and frozen rows (default: the round's); ``without`` names rules to leave out, for tests that
    show what each rule does.
    """
    fixed = fixed or FixedRows.of(round_, without)
    numbers = number(round_, options.students, options.slots)
    progress = progress_of(round_, numbers)
    slots = _with_fixed(slot_facts(round_, numbers), numbers, fixed, progress.priority)
    pairs = _pairs(round_, options, numbers, RuledOut.of(round_, numbers, slots, fixed, without))
    members, frozen = fixed.members(round_, numbers)
    return Problem(
        student_ids=numbers.student_ids,
        slot_ids=numbers.slot_ids,
        school_ids=numbers.school_ids,
        students=student_facts(round_, numbers, progress, fixed, without),
        slots=slots,
        pairs=pairs,
        resources=build_resources(round_, numbers, slots, fixed, without),
        small_min=round_.policy.small_school_group_min,
        small_school=np.array([round_.schools[urn].small for urn in numbers.school_ids], dtype=bool),
        fixed=tuple((numbers.student[s], numbers.slot[j]) for s, j in fixed.pairs),
        fixed_members=members,
        frozen_members=frozen,
        separations=() if "separate" in without else build_separations(round_, numbers, slots, pairs),
        share=_share(round_, options),
        constants=constants_of(round_, numbers, progress, slots, fixed),
        rules_off=without,
    )


def slot_facts(round_: Round, numbers: Numbering) -> SlotFacts:
    """Arrays over the slots, before fixed assignments are taken out."""
    slots = [round_.slots[slot_id] for slot_id in numbers.slot_ids]
    experiences = [round_.experiences[slot.experience_id] for slot in slots]

    def ints(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    def bools(values: list[bool]) -> Bools:
        return np.array(values, dtype=bool)

    return SlotFacts(
        employer=ints([numbers.employer[e.employer_id] for e in experiences]),
        sector=ints([numbers.sector[sector_key(e.sector)] for e in experiences]),
        tier=ints([int(e.tier[1:]) for e in experiences]),
        in_person=bools([e.in_person for e in experiences]),
        in_school=bools(
            [e.delivery == "in_school" and not round_.has_begun(s) for e, s in zip(experiences, slots, strict=True)]
        ),
        virtual=bools([e.delivery == "virtual" for e in experiences]),
        grouped=bools([e.grouping == "group" for e in experiences]),
        counts=bools([e.counts for e in experiences]),
        half_days=ints([s.half_days for s in slots]),
        begins=ints([numbers.half_day[s.occupies[0]] if s.occupies else -1 for s in slots]),
        ends=ints([numbers.half_day[s.occupies[-1]] if s.occupies else -2 for s in slots]),
        capacity=ints([s.capacity for s in slots]),
        groups=ints([s.groups for s in slots]),
        group_min=ints([s.group_min for s in slots]),
        group_max=ints([s.group_max for s in slots]),
        reserved=ints([s.reserved for s in slots]),
        reserved_taken=np.zeros(len(slots), dtype=np.int64),
    )


def _pairs(round_: Round, options: Options, numbers: Numbering, ruled_out: RuledOut) -> PairFacts:
    """The eligible pairs in the solver's numbering, put in place student by student, for a hub has very many.

    Those that fixed assignments rule out are never put there: a second set of arrays would be the most memory of a run.
    """
    order = np.array([numbers.student[s] for s in options.students], dtype=np.int64)
    renumber: NDArray[Any] = np.array([numbers.slot[j] for j in options.slots], dtype=options.slot.dtype)
    lost = _lost(options, order, renumber, ruled_out)
    counts = np.zeros(len(order), dtype=np.int64)
    counts[order] = np.diff(options.first) - lost
    first = np.concatenate([[0], np.cumsum(counts)])
    slot, worth = np.zeros(int(first[-1]), dtype=options.slot.dtype), options.details.points_of_grades
    kinds = [np.min_scalar_type(int(most)) for most in (worth.min(initial=0), worth.max(initial=0))]
    points = np.zeros(len(slot), dtype=np.result_type(*kinds))
    for kind in (np.uint8, np.uint16, np.uint32):
        km: NDArray[Any] = np.zeros(len(slot), dtype=kind)
        if _lay_out(options, order, renumber, lost, ruled_out, first, (slot, km, points)) <= np.iinfo(kind).max:
            break
    return PairFacts(
        first, Narrow.of(slot, COMPILED_FOR), Narrow.of(km), Narrow.of(points), _kept(round_, numbers, first, slot)
    )


def _lay_out(
    options: Options,
    order: Ints,
    renumber: NDArray[Any],
    lost: Ints,
    ruled_out: RuledOut,
    first: Ints,
    columns: tuple[NDArray[Any], ...],
) -> int:
    """Fill ``columns`` (slots, kilometres, points) with what is not ruled out; the kilometres of the farthest."""
    loops, worth = chosen_for(len(options.slot)), options.details.points_of_grades
    experience_of, begin = np.empty(len(renumber), dtype=np.int64), np.zeros(len(order), dtype=np.int64)
    experience_of[renumber] = options.details.ground.experience_of

    def laid(members: Ints, at: Ints, rows: Rows, first: Ints, columns: tuple[NDArray[Any], ...]) -> int:
        known = (options.first, options.slot, renumber, experience_of, rows.tenths, rows.grades, worth)
        return int(loops.lay_out(members[at], at, order, *known, first, *columns))

    def stretch(members: Ints, rows: Rows) -> int:
        farthest = [laid(members, np.flatnonzero(lost[members] == 0), rows, first, columns)]
        for at in np.flatnonzero(lost[members]):
            student = members[at]
            size = int(options.first[student + 1] - options.first[student])
            every = tuple(np.zeros(size, dtype=column.dtype) for column in columns)
            farthest.append(laid(members, np.array([at]), rows, begin, every))
            left = ~ruled_out.among(int(order[student]), every[0])
            for column, own in zip(columns, every, strict=True):
                column[first[order[student]] : first[order[student] + 1]] = own[left]
        return max(farthest)

    return max(options.by_stretch(stretch), default=0)


def _lost(options: Options, order: Ints, renumber: NDArray[Any], ruled_out: RuledOut) -> Ints:
    """How many options each student loses to fixed assignments: shape (students,), by the options' numbers."""
    lost = np.zeros(len(order), dtype=np.int64)
    some = np.isin(order, np.array(sorted(ruled_out.students), dtype=np.int64))
    for student in np.flatnonzero(some | ruled_out.begun.any()).tolist():
        own = renumber[options.slot[options.first[student] : options.first[student + 1]]]
        lost[student] = np.count_nonzero(ruled_out.among(int(order[student]), own))
    return lost


def _kept(round_: Round, numbers: Numbering, first: Ints, slot: NDArray[Any]) -> Bools:
    """By pair, whether it is a notified row of the published allocation."""
    kept = np.zeros(len(slot), dtype=bool)
    for row in round_.baseline:
        if row.notified and row.student_id in numbers.student and row.slot_id in numbers.slot:
            s, j = numbers.student[row.student_id], numbers.slot[row.slot_id]
            kept[first[s] : first[s + 1]] |= slot[first[s] : first[s + 1]] == j
    return kept


def _share(round_: Round, options: Options) -> Ints:
    """The percentage, rounded down, of each equity group among available students with an option."""
    reachable = [options.students[i] for i in np.flatnonzero(np.diff(options.first) > 0)]
    base = max(1, len(reachable))
    groups = round_.policy.equity_groups
    return np.array([100 * sum(in_group(round_, s, g) for s in reachable) // base for g in groups], dtype=np.int64)


def _with_fixed(slots: SlotFacts, numbers: Numbering, fixed: FixedRows, priority: Bools) -> SlotFacts:
    """The slots with what fixed assignments take of their reserved places."""
    taken = np.zeros(len(numbers.slot_ids), dtype=np.int64)
    for student_id, slot_id in fixed.pairs:
        taken[numbers.slot[slot_id]] += bool(priority[numbers.student[student_id]])
    return replace(slots, reserved_taken=taken)
