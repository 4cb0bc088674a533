"""Each pair rule in a round of three lines where it alone decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from audit_rounds import (
    FAR,
    FRIDAY,
    MONDAY,
    TUESDAY,
    at,
    did,
    employer,
    experience,
    policy_of,
    round_of,
    slot,
    student,
    talk,
    virtual,
    visit,
)

from engine.calendar import occupied
from engine.domain import CalendarRow, Decision
from engine.options import build_options
from engine.pair_rules import PAIR_MASKS
from engine.rules import PAIR_RULES

SATURDAY = date(2026, 5, 16)
AWAY = frozenset({at(MONDAY, "AM")})


def _closed(day, half="AM", year=None, urn="100001"):
    return {"calendar": (CalendarRow(urn, (at(day, half),), year),)}


def _forbid(**what):
    return Decision("forbid", "s1", **what)


REMOVED = [
    ("available", round_of(student(available=False))),
    ("year", round_of(student(year_group=12))),
    ("year", round_of(virtual("x1", year_groups=frozenset({9})))),
    ("individual_age", round_of(student(year_group=9))),
    ("cleared", round_of(employer(cleared_until=None))),
    ("cleared", round_of(employer(cleared_until=date(2026, 5, 10)))),
    ("cleared", round_of(employer(cleared_until=MONDAY), slot(half="PM", half_days=2))),
    ("cleared", round_of(employer(cleared_until=None), virtual("x1"))),
    ("dates", round_of(starts=TUESDAY)),
    ("dates", round_of(slot(date=FRIDAY, half="PM", half_days=2))),
    ("dates", round_of(slot(date=SATURDAY, starts_on_school_day=False), ends=date(2026, 5, 31))),
    ("dates", round_of(slot(half_days=3, occupies=occupied(MONDAY, "AM", 2, frozenset())))),
    ("school_only", round_of(slot(urn="100002"))),
    ("access", round_of(student(accommodations=frozenset({"step_free"})))),
    ("access", round_of(student(accommodations=frozenset({"familiar_adult"})))),
    ("access", round_of(student(accommodations=frozenset({"step_free"})), visit())),
    ("access", round_of(student(accommodations=frozenset({"bsl"})), talk())),
    ("access", round_of(student(accommodations=frozenset({"large_print"})), virtual("x1"))),
    ("travel", round_of(student(home=FAR))),
    ("travel", round_of(visit(site=FAR), policy=policy_of(group_travel_km=11.0))),
    ("travel", round_of(talk(site=FAR), policy=policy_of(employer_travel_km=11.0))),
    ("calendar", round_of(student(unavailable=AWAY))),
    ("calendar", round_of(**_closed(MONDAY))),
    ("calendar", round_of(**_closed(MONDAY, year=10))),
    ("calendar", round_of(slot(half_days=6), **_closed(date(2026, 5, 13), "PM"))),
    ("calendar", round_of(virtual("x1"), **_closed(MONDAY))),
    ("calendar", round_of(talk(), student(unavailable=AWAY))),
    ("repeat", round_of(did(experience_id="x1"))),
    ("repeat", round_of(did(experience_id="x1", counts=False))),
    ("forbid", round_of(_forbid(slot_id="t1"))),
    ("forbid", round_of(_forbid(experience_id="x1"))),
    ("forbid", round_of(_forbid(employer_id="e1"))),
]

KEPT = [
    round_of(),
    round_of(student(year_group=9), visit()),
    round_of(student(year_group=9), virtual("x1")),
    round_of(employer(cleared_until=MONDAY)),
    round_of(slot(date=FRIDAY, half_days=2)),
    round_of(slot(urn="100001")),
    round_of(slot(capacity=0, groups=0)),
    round_of(student(accommodations=frozenset({"bsl"})), experience(accommodations=frozenset({"bsl", "step_free"}))),
    round_of(student(accommodations=frozenset({"familiar_adult", "personal_care"})), visit()),
    round_of(student(accommodations=frozenset({"step_free", "personal_care"})), talk()),
    round_of(student(accommodations=frozenset({"quiet_space"})), virtual("x1")),
    round_of(visit(site=FAR)),
    round_of(**_closed(MONDAY, "PM")),
    round_of(**_closed(MONDAY, year=11)),
    round_of(**_closed(MONDAY, urn="100002")),
    round_of(student(unavailable=frozenset({at(TUESDAY, "AM")}))),
    round_of(did(experience_id="x2"), did(employer_id="e1"), did("s2", experience_id="x1")),
    round_of(_forbid(slot_id="t2"), Decision("forbid", "s2", slot_id="t1")),
]


def _options(round_, **more):
    return build_options(round_, **more).slot.tolist()


@pytest.mark.parametrize(("rule", "round_"), REMOVED)
def test_a_rule_alone_removes_the_pair_and_without_it_the_pair_is_an_option(rule, round_):
    """The pair is gone, only this rule is charged with it, and leaving the rule out brings it back."""
    options = build_options(round_)
    only = [int(code == rule) for code in PAIR_RULES]
    assert options.slot.tolist() == []
    assert options.removed.tolist() == [only]
    assert options.removed_alone.tolist() == [only]
    assert _options(round_, rules=set(PAIR_RULES) - {rule}) == [0]


@pytest.mark.parametrize("round_", KEPT)
def test_a_pair_that_only_comes_near_a_rule_is_an_option(round_):
    """What looks like a breach and is none leaves the pair, charged to nothing."""
    options = build_options(round_)
    assert options.slot.tolist() == [0]
    assert not options.removed.any()


def test_every_pair_rule_has_a_mask_and_a_round_where_it_decides():
    """The registry of rules, the masks and the rounds above name the same rules."""
    assert set(PAIR_MASKS) == set(PAIR_RULES) == {rule for rule, _ in REMOVED}


def test_a_pair_removed_twice_is_charged_to_both_rules_and_to_neither_alone():
    """Two rules against one pair count once each, and neither is said to decide it."""
    options = build_options(round_of(student(available=False, year_group=12)))
    charged = dict(zip(PAIR_RULES, options.removed[0].tolist(), strict=True))
    assert {code for code, count in charged.items() if count} == {"available", "year"}
    assert not options.removed_alone.any()


def test_pairs_come_by_student_and_then_by_slot_in_order_of_their_ids():
    """Ids ascend whatever the order of rows, and offsets say whose pairs are whose."""
    pupils = [student("s2", year_group=9), student("s10"), student("s1")]
    dates = [slot("t3"), slot("t1", date=TUESDAY), slot("t20")]
    round_ = round_of(*pupils, *dates)
    options = build_options(replace(round_, slots=dict(reversed(round_.slots.items()))))
    assert options.students == ("s1", "s10", "s2")
    assert options.slots == ("t1", "t20", "t3")
    assert options.first.tolist() == [0, 3, 6, 6]
    assert options.slot.tolist() == [0, 1, 2, 0, 1, 2]
    assert options.removed[2, PAIR_RULES.index("individual_age")] == 3


def test_a_round_without_slots_or_students_has_no_options():
    """Nothing to offer, or nobody to offer it to, is an answer and not an error."""
    for gone in ({"slots": {}}, {"students": {}}, {"slots": {}, "experiences": {}}, {"slots": {}, "students": {}}):
        options = build_options(replace(round_of(), **gone))
        assert len(options.slot) == 0
        assert len(options.first) == len(options.students) + 1
        assert options.removed.shape == (len(options.students), len(PAIR_RULES))
