"""Reasons on random rounds: room and exchanges as the audit sees them, and no exchange that betters a proven answer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import numpy as np
import pytest
from random_rounds import random_round

from engine.allocation import Allocation
from engine.apart import kept_apart
from engine.audit import audit
from engine.given import given_rows
from engine.options import build_options
from engine.precedence import GOALS, NOBODY, Precedence
from engine.reasons import unplaced_reasons
from engine.room import Room
from solver.allocate import allocate

SEEDS = range(24)


@cache
def solved(seed):
    """A random round, its options and a proven allocation, or nothing where its pins contradict the rules."""
    round_ = random_round(seed)
    options = build_options(round_)
    outcome = allocate(round_, options)
    return None if outcome.allocation is None else (round_, options, outcome)


def settled(seed):
    """The same, less the students whose pins or limits leave the round without an answer."""
    found = solved(seed)
    if found is None:
        pytest.skip("this round's pins contradict its rules")
    return found


def thinned(round_, allocation, seed):
    """The allocation less some students' rows, where that breaks no rule."""
    rng = Random(seed)  # noqa: S311
    kept = allocation
    for student_id in sorted({row.student_id for row in allocation.assignments}):
        fewer = Allocation(tuple(row for row in kept.assignments if row.student_id != student_id))
        if rng.random() < 0.4 and not audit(round_, fewer).breaches:
            kept = fewer
    return kept


def added(allocation, student_id, slot_id, less=None):
    """The allocation with one row more and, perhaps, one less."""
    rows = [(row.student_id, row.slot_id) for row in allocation.assignments if row != less]
    return Allocation.of([*rows, (student_id, slot_id)])


def cases(round_, options, allocation):
    """Every student without a slot, with the numbers of the pairs and the slots that are the student's options."""
    placed = {row.student_id for row in allocation.assignments}
    for number, student_id in enumerate(options.students):
        student = round_.students[student_id]
        limit = round_.policy.max_experiences if student.max_experiences is None else student.max_experiences
        if student_id not in placed and limit:
            pairs = np.arange(options.first[number], options.first[number + 1])
            yield student, pairs, options.slot[pairs].astype(np.int64)


@pytest.mark.parametrize("seed", SEEDS)
def test_there_is_room_exactly_where_the_audit_accepts_one_more(seed):
    """For every unplaced student and option: nothing bars the slot if and only if adding the row breaks no rule."""
    round_, options, outcome = settled(seed)
    allocation = thinned(round_, outcome.allocation, seed)
    room = Room(round_, options.slots, allocation)
    for student, _, slots in cases(round_, options, allocation):
        closed = kept_apart(round_, allocation, [student.student_id]).get(student.student_id, frozenset())
        bars = room.bars(student.urn, support=student.support)
        for slot in slots.tolist():
            free = bars[slot] == 0 and options.slots[slot] not in closed
            breaches = audit(round_, added(allocation, student.student_id, options.slots[slot])).breaches
            assert free == (not breaches), (student.student_id, options.slots[slot], bars[slot], breaches)


@pytest.mark.parametrize("seed", SEEDS)
def test_exchanges_keep_the_rules_and_are_worth_what_the_audit_measures(seed):
    """Every exchange that is looked at is clean, and changes every goal by what it is said to change it by."""
    round_, options, outcome = settled(seed)
    allocation = thinned(round_, outcome.allocation, seed)
    rows = given_rows(round_, options, allocation)
    precedence = Precedence(options, Room(round_, options.slots, allocation), rows)
    before = audit(round_, allocation).goals
    for student, pairs, slots in cases(round_, options, allocation):
        closed = kept_apart(round_, allocation, [student.student_id]).get(student.student_id, frozenset())
        bars = precedence.room.bars(student.urn, support=student.support)[slots]
        holders = precedence._holders(student, slots, bars)
        worth = precedence._standing.worth(student.student_id, slots, pairs) - precedence._standing.losses[:, holders]
        equity = precedence._equity(student.student_id, holders)
        reserve = precedence._reserve(student.student_id, slots, holders)
        for n, (slot, holder) in enumerate(zip(slots.tolist(), holders.tolist(), strict=True)):
            if (holder == NOBODY and bars[n]) or options.slots[slot] in closed:
                continue
            less = None if holder == NOBODY else rows[holder]
            gone = next(
                (
                    a
                    for a in allocation.assignments
                    if less and a.student_id == less.student.student_id and a.slot_id == less.slot.slot_id
                ),
                None,
            )
            found = audit(round_, added(allocation, student.student_id, options.slots[slot], gone))
            assert not found.breaches
            said = dict(zip(GOALS, [*worth[:, n].tolist(), int(equity[n]), int(reserve[n])], strict=True))
            assert said == {goal: found.goals[goal] - before[goal] for goal in GOALS}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_proven_allocation_loses_by_every_exchange(seed):
    """No exchange betters an allocation whose levels are proven, so nobody is told that more time might help."""
    round_, options, outcome = settled(seed)
    assert outcome.status == "optimal"
    precedence = Precedence(
        options,
        Room(round_, options.slots, outcome.allocation),
        given_rows(round_, options, outcome.allocation),
    )
    for student, pairs, slots in cases(round_, options, outcome.allocation):
        closed = kept_apart(round_, outcome.allocation, [student.student_id]).get(student.student_id, frozenset())
        open_ = np.array([options.slots[slot] not in closed for slot in slots.tolist()], dtype=bool)
        bars = precedence.room.bars(student.urn, support=student.support)[slots]
        assert not precedence.standoff(student.student_id, pairs[open_], bars[open_]).wins


@pytest.mark.parametrize("seed", SEEDS)
def test_reasons_say_no_option_exactly_of_those_who_have_none(seed):
    """Everyone without a slot is explained once; a missing option and a lost contest are never confused."""
    round_, options, outcome = settled(seed)
    found = unplaced_reasons(round_, options, outcome.allocation, proven=True)
    placed = {row.student_id for row in outcome.allocation.assignments}
    assert [each.student_id for each in found] == [student for student in options.students if student not in placed]
    sizes = dict(zip(options.students, np.diff(options.first).tolist(), strict=True))
    for each in found:
        if each.reason != "not_available":
            assert each.reason.startswith("no_option") == (sizes[each.student_id] == 0), each
        assert each.reason != "unproven"


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_in_another_order_change_no_reason(seed):
    """The order of the round's tables is no reason for anything."""
    round_, options, outcome = settled(seed)
    upside_down = replace(
        round_,
        decisions=round_.decisions[::-1],
        preferences=round_.preferences[::-1],
        history=round_.history[::-1],
        calendar=round_.calendar[::-1],
    )
    again = unplaced_reasons(upside_down, build_options(upside_down), outcome.allocation, proven=True)
    assert again == unplaced_reasons(round_, options, outcome.allocation, proven=True)
