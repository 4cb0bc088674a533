"""Planted allocations: an audit of one is clean, and after a single move that must break a rule it names that rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from audit_planting import Planted, asked_of, half_days, journey_tenths, planted
from audit_rounds import did, employer, school, slot, student, virtual
from hypothesis import HealthCheck, Phase, find, given, settings

from engine.allocation import Allocation
from engine.audit import Audit, audit
from engine.calendar import half_day
from engine.domain import Decision
from engine.rules import RULE_CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.domain import Experience, Round, Slot, Student

SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
FIRST_FOUND = settings(max_examples=2000, deadline=None, database=None, phases=[Phase.generate])
"""An example will do: it need not be the smallest."""
OTHER = school("999999")


def check(plan: Planted) -> Audit:
    return audit(plan.round_, Allocation.of(plan.rows))


def changed(plan: Planted, table: str, key: str, **facts: Any) -> Planted:
    """The plan with one fact of one line of a table changed; the line is added if ``facts`` hold it whole."""
    lines = dict(getattr(plan.round_, table))
    lines[key] = facts["line"] if "line" in facts else replace(lines[key], **facts)
    return replace(plan, round_=replace(plan.round_, **{table: lines}))


def decided(plan: Planted, decision: Decision) -> Planted:
    return replace(plan, round_=replace(plan.round_, decisions=(*plan.round_.decisions, decision)))


def with_policy(plan: Planted, **settings_: Any) -> Planted:
    return replace(plan, round_=replace(plan.round_, policy=replace(plan.round_.policy, **settings_)))


def rows_of(plan: Planted) -> Iterator[tuple[Student, Slot, Experience]]:
    return map(plan.of, plan.rows)


def unavailable(plan: Planted) -> Iterator[Planted]:
    for who, _, _ in rows_of(plan):
        yield changed(plan, "students", who.student_id, available=False)


def wrong_year(plan: Planted) -> Iterator[Planted]:
    for who, _, what in rows_of(plan):
        yield changed(plan, "experiences", what.experience_id, year_groups=what.year_groups - {who.year_group})


def too_young(plan: Planted) -> Iterator[Planted]:
    for who, _, what in rows_of(plan):
        if what.in_person and what.grouping == "individual":
            everyone = changed(plan, "experiences", what.experience_id, year_groups=frozenset(range(7, 14)))
            yield changed(everyone, "students", who.student_id, year_group=9)


def lapsed(plan: Planted) -> Iterator[Planted]:
    for _, _, what in rows_of(plan):
        until = plan.round_.employers[what.employer_id].cleared_until
        for sooner in (until - timedelta(days=1), None):
            yield changed(plan, "employers", what.employer_id, cleared_until=sooner)


def outside_dates(plan: Planted) -> Iterator[Planted]:
    if plan.rows:
        yield replace(plan, round_=replace(plan.round_, ends=plan.round_.ends - timedelta(days=1)))
        yield replace(plan, round_=replace(plan.round_, starts=plan.round_.starts + timedelta(days=1)))


def kept_for_others(plan: Planted) -> Iterator[Planted]:
    for _, slot_, _ in rows_of(plan):
        yield changed(plan, "slots", slot_.slot_id, urn=OTHER.urn)


def not_offered(plan: Planted) -> Iterator[Planted]:
    for who, _, what in rows_of(plan):
        for need in asked_of(who, what):
            yield changed(plan, "experiences", what.experience_id, accommodations=what.accommodations - {need})


def too_far(plan: Planted) -> Iterator[Planted]:
    for who, _, what in rows_of(plan):
        tenths = journey_tenths(plan.round_, who, what)
        if tenths == 0:
            continue
        shorter = (tenths - 1) / 10
        if what.delivery == "in_school":
            yield with_policy(plan, employer_travel_km=shorter)
        elif what.grouping == "group":
            yield with_policy(plan, group_travel_km=shorter)
        else:
            yield changed(plan, "students", who.student_id, max_travel_km=shorter)


def fewer_places(plan: Planted) -> Iterator[Planted]:
    for _, slot_, what in rows_of(plan):
        if what.grouping == "individual":
            yield changed(plan, "slots", slot_.slot_id, capacity=slot_.capacity - 1)


def smaller(table: str, fact: str) -> Callable[[Planted], Iterator[Planted]]:
    """The move that lowers a tight limit by one, wherever it is in use."""

    def move(plan: Planted) -> Iterator[Planted]:
        for key, line in getattr(plan.round_, table).items():
            if getattr(line, fact):
                yield changed(plan, table, key, **{fact: getattr(line, fact) - 1})

    return move


def second_school(plan: Planted) -> Iterator[Planted]:
    joined = changed(plan, "schools", OTHER.urn, line=OTHER)
    joined = changed(joined, "students", "new", line=student("new", urn=OTHER.urn))
    for _, slot_, what in rows_of(plan):
        if what.delivery == "in_school":
            yield replace(joined, rows=(*plan.rows, ("new", slot_.slot_id)))


def spoilt_groups(plan: Planted) -> Iterator[Planted]:
    for _, slot_, what in rows_of(plan):
        if what.grouping == "group":
            yield changed(plan, "slots", slot_.slot_id, groups=slot_.groups - 1)
            yield changed(plan, "slots", slot_.slot_id, group_max=99, group_min=99)
            yield changed(
                with_policy(plan, small_school_group_min=99), "slots", slot_.slot_id, group_max=98, group_min=98
            )


def in_two_places(plan: Planted) -> Iterator[Planted]:
    for who, slot_, _ in rows_of(plan):
        more = changed(plan, "employers", "new", line=employer("new"))
        more = changed(more, "experiences", "new", line=virtual("new", employer_id="new"))
        for date, half in half_days(slot_, plan.round_.closed_dates):
            once_more = changed(more, "slots", "new", line=slot("new", experience_id="new", date=date, half=half))
            yield replace(once_more, rows=(*plan.rows, (who.student_id, "new")))


def away(plan: Planted) -> Iterator[Planted]:
    for who, slot_, _ in rows_of(plan):
        for date, half in half_days(slot_, plan.round_.closed_dates):
            yield changed(plan, "students", who.student_id, unavailable=frozenset({half_day(date, half)}))


def done_before(plan: Planted) -> Iterator[Planted]:
    for who, _, what in rows_of(plan):
        past = did(who.student_id, experience_id=what.experience_id, half_days=0, counts=False)
        yield replace(plan, round_=replace(plan.round_, history=(past,)))


def lower_limits(plan: Planted) -> Iterator[Planted]:
    policy = plan.round_.policy
    for name in ("max_experiences", "max_half_days", "max_virtual"):
        if getattr(policy, name):
            yield with_policy(plan, **{name: getattr(policy, name) - 1})


def unhonoured(plan: Planted) -> Iterator[Planted]:
    for n, (student_id, slot_id) in enumerate(plan.rows):
        yield replace(decided(plan, Decision("pin", student_id, slot_id)), rows=plan.rows[:n] + plan.rows[n + 1 :])


def forbidden(plan: Planted) -> Iterator[Planted]:
    for who, slot_, what in rows_of(plan):
        yield decided(plan, Decision("forbid", who.student_id, slot_id=slot_.slot_id))
        yield decided(plan, Decision("forbid", who.student_id, experience_id=what.experience_id))
        yield decided(plan, Decision("forbid", who.student_id, employer_id=what.employer_id))


def side_by_side(plan: Planted) -> Iterator[Planted]:
    for one, slot_ in plan.rows:
        for other, same in plan.rows:
            if one != other and slot_ == same:
                yield decided(plan, Decision("separate", one, other_student_id=other))


def unheard_of(plan: Planted) -> Iterator[Planted]:
    for student_id, slot_id in plan.rows:
        yield replace(plan, rows=(*plan.rows, ("nobody", slot_id)))
        yield replace(plan, rows=(*plan.rows, (student_id, "nowhere")))


def twice(plan: Planted) -> Iterator[Planted]:
    for row in plan.rows:
        yield replace(plan, rows=(*plan.rows, row))


MOVES: dict[str, Callable[[Planted], Iterator[Planted]]] = {
    "available": unavailable,
    "year": wrong_year,
    "individual_age": too_young,
    "cleared": lapsed,
    "dates": outside_dates,
    "school_only": kept_for_others,
    "access": not_offered,
    "travel": too_far,
    "capacity": fewer_places,
    "employer_day": smaller("employers", "max_students_per_half_day"),
    "employer_total": smaller("employers", "max_students"),
    "support": smaller("slots", "support_places"),
    "one_school": second_school,
    "group": spoilt_groups,
    "clash": in_two_places,
    "calendar": away,
    "school_out": smaller("schools", "max_out_per_half_day"),
    "coach": smaller("schools", "coach_seats_per_half_day"),
    "repeat": done_before,
    "limit": lower_limits,
    "pin": unhonoured,
    "forbid": forbidden,
    "separate": side_by_side,
    "unknown": unheard_of,
    "duplicate": twice,
}
"""For every rule, the single moves that must break it in a round without slack."""
BREAKS_OTHERS = frozenset({"individual_age", "one_school", "clash", "pin"})
"""Moves that may break a second rule: a younger student's other slots, a row too many or too few."""


@SMALL
@given(plan=planted())
def test_a_planted_allocation_is_clean(plan: Planted):
    """Shows that the audit finds nothing in an allocation that uses every limit up and passes none."""
    found = check(plan)
    assert (found.breaches, found.overrides) == ((), ())
    assert found.goals["reach"] == len({student_id for student_id, _ in plan.rows})


@SMALL
@given(plan=planted())
def test_one_move_that_must_break_a_rule_is_found(plan: Planted):
    """Shows that each single move from a tight allocation is charged with its rule, and mostly with nothing else."""
    for rule, move in MOVES.items():
        for moved in move(plan):
            rules = {breach.rule for breach in check(moved).breaches}
            assert rule in rules
            assert rules == {rule} or rule in BREAKS_OTHERS


@pytest.mark.parametrize("rule", RULE_CODES)
def test_every_rule_is_broken_by_some_move_from_some_round(rule: str):
    """Shows that the property above is not empty for any rule of the registry."""
    assert find(planted(), lambda plan: any(True for _ in MOVES[rule](plan)), settings=FIRST_FOUND)


@SMALL
@given(plan=planted())
def test_a_frozen_allocation_has_no_breach_whatever_is_moved(plan: Planted):
    """Shows that rows frozen before the facts changed stay exempt, so that a re-run never blames the past."""
    rows = Allocation.of(plan.rows)
    for rule, move in MOVES.items():
        if rule in {"one_school", "clash", "pin", "unknown", "duplicate"}:
            continue
        for moved in move(plan):
            found = audit(moved.round_, rows, frozen=frozenset(rows.assignments))
            assert (found.breaches, found.overrides) == ((), ())


@settings(SMALL, max_examples=12)
@given(plan=planted())
def test_the_order_of_rows_changes_nothing(plan: Planted):
    """Shows that an audit of the rows backwards, in a round with its tables backwards, is the same audit."""
    backwards: Round = replace(
        plan.round_,
        **{
            table: dict(reversed(getattr(plan.round_, table).items()))
            for table in ("schools", "students", "employers", "experiences", "slots")
        },
    )
    for move in MOVES.values():
        for moved in move(plan):
            again = replace(moved, rows=tuple(reversed(moved.rows)))
            assert check(again) == check(moved)
    assert audit(backwards, Allocation.of(plan.rows)) == check(plan)
