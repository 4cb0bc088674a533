"""Each pair rule alone: a three-line round in which a row breaks that rule and no other, and one just within it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from audit_rounds import (
    FAR,
    FRIDAY,
    HERE,
    MONDAY,
    NEARBY,
    TUESDAY,
    at,
    audited,
    did,
    employer,
    experience,
    policy_of,
    round_of,
    rules_broken,
    school,
    slot,
    student,
    talk,
    virtual,
    visit,
)

from engine.calendar import occupied
from engine.domain import CalendarRow, Decision, Point, TravelRow
from engine.rules import PAIR_RULES

if TYPE_CHECKING:
    from engine.domain import Round

SATURDAY = date(2026, 5, 16)
NEXT_MONDAY = date(2026, 5, 18)
TEN_KM = Point(53.49, -2.9)

BROKEN: list[tuple[str, str, Round]] = [
    ("available", "not available", round_of(student(available=False))),
    ("year", "Year 12, but experience x1 (slot t1) is for Year 7, 8, 9, 10, 11", round_of(student(year_group=12))),
    ("year", "is for Year no year", round_of(experience(year_groups=frozenset()))),
    ("individual_age", "Year 9", round_of(student(year_group=9))),
    ("cleared", "not cleared at all", round_of(employer(cleared_until=None))),
    (
        "cleared",
        "hold to 2026-05-10, but slot t1 runs to 2026-05-11",
        round_of(employer(cleared_until=date(2026, 5, 10))),
    ),
    (
        "cleared",
        "runs to 2026-05-12",
        round_of(employer(cleared_until=MONDAY), slot(half_days=3)),
    ),
    ("cleared", "not cleared at all", round_of(virtual("x1"), employer(cleared_until=None))),
    ("dates", "from 2026-05-11 to 2026-05-11", round_of(starts=TUESDAY)),
    ("dates", "to 2026-05-18", round_of(slot(date=FRIDAY, half="PM", half_days=2))),
    ("dates", "weekend or a closed date", round_of(slot(date=SATURDAY, starts_on_school_day=False), ends=NEXT_MONDAY)),
    ("dates", "weekend or a closed date", round_of(closed_dates=frozenset({MONDAY}))),
    ("school_only", "kept for school 100002", round_of(school(), school("100002"), slot(urn="100002"))),
    ("access", "needs bsl, quiet_space", round_of(student(accommodations=frozenset({"bsl", "quiet_space"})))),
    ("access", "needs hearing_loop", round_of(virtual("x1"), student(accommodations=frozenset({"hearing_loop"})))),
    ("access", "needs large_print", round_of(talk(), student(accommodations=frozenset({"large_print"})))),
    ("access", "needs screen_reader", round_of(talk(), student(accommodations=frozenset({"screen_reader"})))),
    ("access", "needs step_free", round_of(visit(), student(accommodations=frozenset({"step_free"})))),
    ("access", "needs personal_care", round_of(student(accommodations=frozenset({"personal_care"})))),
    ("travel", "is 11.1 km, and the limit is 8.0 km", round_of(experience(site=FAR))),
    ("travel", "the limit is 1.0 km", round_of(student(max_travel_km=1.0))),
    ("travel", "the limit is 9.9 km", round_of(visit(site=TEN_KM), policy=policy_of(group_travel_km=9.9))),
    ("travel", "The journey of employer e1", round_of(talk(site=TEN_KM), policy=policy_of(employer_travel_km=9.9))),
    ("travel", "has no route", round_of(experience(site=None))),
    ("travel", "is 8.1 km", round_of(travel=(TravelRow("s1", "x1", 81),))),
    ("calendar", "unavailable on 2026-05-11 AM", round_of(student(unavailable=frozenset({at(MONDAY, "AM")})))),
    (
        "calendar",
        "unavailable on 2026-05-12 AM",
        round_of(slot(half_days=3), student(unavailable=frozenset({at(TUESDAY, "AM")}))),
    ),
    ("calendar", "School 100001 cannot release", round_of(calendar=(CalendarRow("100001", (at(MONDAY, "AM"),)),))),
    ("calendar", "(Year 10)", round_of(calendar=(CalendarRow("100001", (at(MONDAY, "AM"),), 10),))),
    ("repeat", "did experience x1", round_of(did(experience_id="x1", counts=False))),
    ("forbid", "forbidden slot t1", round_of(Decision("forbid", "s1", slot_id="t1"))),
    ("forbid", "no reason given", round_of(Decision("forbid", "s1", experience_id="x1"))),
    (
        "forbid",
        "by R. Jones: allergy",
        round_of(Decision("forbid", "s1", employer_id="e1", reason="allergy", by="R. Jones")),
    ),
]

KEPT: list[tuple[str, Round]] = [
    ("available", round_of(student(available=True))),
    ("year", round_of(experience(year_groups=frozenset({10})))),
    ("individual_age", round_of(student(year_group=10))),
    ("individual_age", round_of(visit(), student(year_group=9))),
    ("individual_age", round_of(virtual("x1"), student(year_group=7))),
    ("individual_age", round_of(talk(grouping="individual"), student(year_group=7))),
    ("cleared", round_of(employer(cleared_until=MONDAY))),
    ("cleared", round_of(employer(cleared_until=TUESDAY), slot(half="PM", half_days=2))),
    ("dates", round_of(slot(date=FRIDAY, half="PM"))),
    ("dates", round_of(slot(date=FRIDAY, half="AM", half_days=2))),
    ("dates", round_of(slot(date=MONDAY))),
    (
        "dates",
        round_of(
            slot(half="PM", half_days=2, date=FRIDAY, occupies=occupied(FRIDAY, "PM", 2, frozenset())), ends=NEXT_MONDAY
        ),
    ),
    ("school_only", round_of(slot(urn="100001"))),
    ("access", round_of(student(accommodations=frozenset({"bsl"})), experience(accommodations=frozenset({"bsl"})))),
    ("access", round_of(virtual("x1"), student(accommodations=frozenset({"step_free", "quiet_space"})))),
    ("access", round_of(talk(), student(accommodations=frozenset({"step_free", "familiar_adult"})))),
    ("access", round_of(visit(), student(accommodations=frozenset({"familiar_adult", "personal_care"})))),
    ("travel", round_of(experience(site=TEN_KM), student(max_travel_km=10.0))),
    ("travel", round_of(student(max_travel_km=1.1))),
    ("travel", round_of(visit(site=TEN_KM), policy=policy_of(group_travel_km=10.0))),
    ("travel", round_of(visit(site=TEN_KM), student(max_travel_km=1.0))),
    ("travel", round_of(talk(site=TEN_KM), policy=policy_of(employer_travel_km=10.0))),
    ("travel", round_of(virtual("x1"), policy=policy_of(max_travel_km=0.0))),
    ("travel", round_of(travel=(TravelRow("s1", "x1", 80),))),
    ("calendar", round_of(student(unavailable=frozenset({at(MONDAY, "PM"), at(TUESDAY, "AM")})))),
    ("calendar", round_of(calendar=(CalendarRow("100001", (at(MONDAY, "AM"),), 11),))),
    ("calendar", round_of(school(), school("100002"), calendar=(CalendarRow("100002", (at(MONDAY, "AM"),)),))),
    ("repeat", round_of(did(experience_id="x2", employer_id="e1"))),
    ("repeat", round_of(student(), student("s2"), did("s2", experience_id="x1"))),
    ("forbid", round_of(student(), student("s2"), Decision("forbid", "s2", slot_id="t1"))),
    ("forbid", round_of(Decision("forbid", "s1", slot_id="t2"))),
]


@pytest.mark.parametrize(("rule", "words", "round_"), BROKEN)
def test_a_row_that_breaks_one_pair_rule_is_charged_with_that_rule_alone(rule: str, words: str, round_: Round):
    """Shows that each pair rule is found by itself, names the student and the slot, and says the numbers."""
    breaches = audited(round_, "s1 t1").breaches
    assert [(breach.rule, breach.student_id, breach.slot_id) for breach in breaches] == [(rule, "s1", "t1")]
    assert words in breaches[0].sentence


@pytest.mark.parametrize(("rule", "round_"), KEPT)
def test_a_row_just_within_a_pair_rule_is_no_breach(rule: str, round_: Round):
    """Shows that each pair rule lets through what is exactly at its limit."""
    assert rules_broken(round_, "s1 t1") == [], rule


def test_every_pair_rule_has_a_round_that_breaks_it_and_one_that_keeps_it():
    """Shows that no pair rule is missing from the two lists above."""
    assert {rule for rule, _, _ in BROKEN} == set(PAIR_RULES) == {rule for rule, _ in KEPT}


def test_a_slot_that_runs_over_a_weekend_skips_it():
    """Shows that a slot from Friday afternoon goes on on Monday, when the student must be free, and not on Saturday."""
    friday_on = slot(date=FRIDAY, half="PM", half_days=2)
    away_on_saturday = student(unavailable=frozenset({at(SATURDAY, "AM")}))
    away_on_monday = student(unavailable=frozenset({at(NEXT_MONDAY, "AM")}))
    assert rules_broken(round_of(friday_on, away_on_saturday, ends=NEXT_MONDAY), "s1 t1") == []
    assert rules_broken(round_of(friday_on, away_on_monday, ends=NEXT_MONDAY), "s1 t1") == ["calendar"]


def test_half_days_are_counted_from_the_slot_itself_and_not_taken_on_trust():
    """Shows that the audit finds a clash with the calendar even where the loaded half-days of a slot are wrong."""
    mistaken = slot(half_days=2, occupies=(at(MONDAY, "AM"), at(TUESDAY, "AM")))
    away = student(unavailable=frozenset({at(MONDAY, "PM")}))
    assert rules_broken(round_of(mistaken, away), "s1 t1") == ["calendar"]


def test_a_home_that_is_given_starts_the_journey_and_a_school_otherwise():
    """Shows that individual in-person journeys start at home, but group visits at the school."""
    at_home = student(home=FAR)
    assert rules_broken(round_of(at_home), "s1 t1") == ["travel"]
    assert rules_broken(round_of(at_home, visit()), "s1 t1") == []
    assert rules_broken(round_of(at_home, experience(site=FAR)), "s1 t1") == []


def test_given_distances_replace_the_journeys_they_speak_of():
    """Shows which rows of the travel table reach which journeys: the student's own, the school's, the employer's."""
    school_row, student_row = TravelRow("100001", "x1", 500), TravelRow("s1", "x1", 500)
    at_home = student(home=HERE)
    assert rules_broken(round_of(travel=(school_row,)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(at_home, travel=(school_row,)), "s1 t1") == []
    assert rules_broken(round_of(at_home, travel=(student_row,)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(visit(), travel=(school_row,)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(visit(), travel=(student_row,)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(visit(), travel=(school_row, replace(student_row, tenths=400))), "s1 t1") == []
    assert rules_broken(round_of(talk(), travel=(school_row,)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(talk(), travel=(student_row,)), "s1 t1") == []
    assert rules_broken(round_of(virtual("x1"), travel=(student_row, school_row)), "s1 t1") == []
    assert rules_broken(round_of(experience(site=FAR), travel=(TravelRow("s1", "x1", 10),)), "s1 t1") == []


def test_a_journey_rounded_down_to_the_limit_is_within_it():
    """Shows that the figure compared with the limit is the rounded one: 1.11 km is 1.1 km."""
    assert rules_broken(round_of(experience(site=NEARBY), student(max_travel_km=1.1)), "s1 t1") == []
    assert rules_broken(round_of(experience(site=NEARBY), student(max_travel_km=1.09)), "s1 t1") == ["travel"]
