"""Every student without a slot has exactly one reason, the right one, with the numbers and a change that is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from audit_rounds import (
    FAR,
    FRIDAY,
    HERE,
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
)
from reason_rounds import could_be_given, forbid, reasons

from engine.calendar import occupied
from engine.domain import CalendarRow
from engine.reasons import REASON_CODES, main_rule
from engine.rules import PAIR_RULES

LAST_WEEK = date(2026, 5, 8)


def test_everyone_without_a_slot_is_there_once_and_nobody_else():
    """Each student is placed or explained, never both and never neither, in ascending order."""
    round_ = round_of(student("s2"), student("s1"), student("s3", available=False), slot(capacity=1))
    found = reasons(round_, "s2 t1")
    assert list(found) == ["s1", "s3"]
    assert all(each.reason in REASON_CODES and each.detail.endswith(".") for each in found.values())


@pytest.mark.parametrize(
    ("who", "limits"),
    [
        (student(available=False), {}),
        (student(max_experiences=0), {}),
        (student(), {"max_experiences": 0}),
        (student(), {"max_half_days": 0}),
    ],
    ids=["not available", "own limit", "round's limit", "half-days"],
)
def test_not_available_is_said_of_the_absent_and_of_a_limit_of_nought(who, limits):
    """Whoever may be given nothing at all is told so, whatever else stands in the way."""
    assert reasons(round_of(who, policy=policy_of(**limits)))["s1"].reason == "not_available"


def test_a_change_is_not_said_where_a_limit_of_nought_would_undo_it():
    """Being available would open the slot, if the student might have any."""
    absent = student(available=False)
    assert "were available" in reasons(round_of(absent))["s1"].change
    assert reasons(round_of(replace(absent, max_experiences=0)))["s1"].change == ""
    assert reasons(round_of(absent, policy=policy_of(max_half_days=0)))["s1"].change == ""


NO_OPTION = {
    "year": (student(year_group=12), {}, "no_option_year"),
    "individual_age": (student(year_group=9), {}, "no_option_year"),
    "access": (student(accommodations=frozenset({"step_free"})), {}, "no_option_access"),
    "travel": (student(), {"experiences": {"x1": experience(site=FAR)}}, "no_option_travel"),
    "cleared": (student(), {"employers": {"e1": employer(cleared_until=LAST_WEEK)}}, "no_option_dates"),
    "dates": (student(), {"starts": TUESDAY}, "no_option_dates"),
    "calendar": (student(unavailable=frozenset({at(MONDAY, "AM")})), {}, "no_option_dates"),
    "school_only": (student(), {"slots": {"t1": slot(urn="100009")}}, "no_option_other"),
    "repeat": (student(), {"history": (did(experience_id="x1"),)}, "no_option_other"),
    "forbid": (student(), {"decisions": (forbid(employer_id="e1"),)}, "no_option_other"),
}


@pytest.mark.parametrize("rule", NO_OPTION)
def test_the_rule_that_leaves_no_option_names_the_reason(rule):
    """A student with one slot that one rule closes is told which kind of rule, and that one slot would open."""
    who, more, reason = NO_OPTION[rule]
    found = reasons(round_of(who, **more))["s1"]
    assert found.reason == reason
    assert "1 would be open" in found.detail


def test_the_rule_whose_removal_opens_most_decides_and_not_the_one_that_closes_most():
    """Three slots are closed by year and access together and two by travel alone: travel is the reason."""
    years = experience("x1", year_groups=frozenset({7}))
    far = experience("x2", site=FAR, accommodations=frozenset({"bsl"}))
    slots = [slot(f"a{n}") for n in range(3)] + [slot(f"b{n}", experience_id="x2") for n in range(2)]
    found = reasons(round_of(student(accommodations=frozenset({"bsl"})), years, far, *slots))["s1"]
    assert found.reason == "no_option_travel"
    assert "3 for other year groups" in found.detail
    assert "2 beyond the travel limit" in found.detail
    assert "2 would be open" in found.detail


def test_ties_are_broken_in_the_order_of_the_rules():
    """Of two rules that each close one slot alone, the earlier in the table gives the reason."""
    needs_bsl = experience("x1")
    far = experience("x2", site=FAR, accommodations=frozenset({"bsl"}))
    round_ = round_of(
        student(accommodations=frozenset({"bsl"})), needs_bsl, far, slot("t1"), slot("t2", experience_id="x2")
    )
    assert reasons(round_)["s1"].reason == "no_option_access"


def test_where_no_rule_decides_by_itself_the_reason_is_other():
    """Two rules close every slot together: the sentence says so and no change is offered."""
    found = reasons(round_of(student(year_group=12, accommodations=frozenset({"bsl"}))))["s1"]
    assert (found.reason, found.change) == ("no_option_other", "")
    assert "at least two" in found.detail


def test_the_main_rule_is_none_of_those_that_open_nothing():
    """A row of noughts has no main rule, though the first of the row is as large as any."""
    import numpy as np  # noqa: PLC0415

    assert main_rule(np.zeros(len(PAIR_RULES), dtype=np.int32)) == ""


def test_a_travel_change_is_exactly_what_it_takes():
    """The limit named opens the slot, a tenth of a kilometre less does not, and the detail gives both distances."""
    round_ = round_of(experience(site=FAR))
    found = reasons(round_)["s1"]
    assert found.change.startswith("A travel limit for this student of 11.1 km instead of 8.0 km: 1 slot")
    assert "8.0 km for a journey alone" in found.detail
    assert "11.1 km away" in found.detail
    with_limit = {km: replace(round_, students={"s1": student(max_travel_km=km)}) for km in (11.0, 11.1)}
    assert could_be_given(with_limit[11.0], "s1") == set()
    assert could_be_given(with_limit[11.1], "s1") == {"t1"}


def test_no_change_is_offered_where_what_it_opens_is_full():
    """A longer limit would reach a slot whose only place is taken: the change stays blank."""
    near = student("s2", home=FAR)
    round_ = round_of(student(), near, experience(site=FAR), slot(capacity=1))
    found = reasons(round_, "s2 t1")["s1"]
    assert (found.reason, found.change) == ("no_option_travel", "")


def test_an_access_change_names_only_what_is_missing():
    """An experience that lacks one of two adjustments is asked for that one, and would then do."""
    offers = experience(accommodations=frozenset({"step_free"}))
    round_ = round_of(student(accommodations=frozenset({"step_free", "bsl"})), offers)
    found = reasons(round_)["s1"]
    assert "could offer British Sign Language, 1 slot" in found.change
    better = replace(offers, accommodations=frozenset({"step_free", "bsl"}))
    assert could_be_given(replace(round_, experiences={"x1": better}), "s1") == {"t1"}


CHANGED = {
    "year": ({"experiences": {"x1": experience(year_groups=frozenset({10, 12}))}}, "accepted Year 12"),
    "cleared": ({"employers": {"e1": employer(cleared_until=MONDAY)}}, "held to 11 May 2026"),
    "dates": ({"starts": MONDAY}, "started on 11 May 2026"),
    "calendar": ({"students": {"s1": student()}}, "the student were free on Monday 11 May 2026 (morning)"),
    "forbid": ({"decisions": ()}, "the decision that forbids it were lifted"),
}


@pytest.mark.parametrize("rule", CHANGED)
def test_a_change_said_is_a_change_that_works(rule):
    """What the sentence names, once changed, lets the audit accept the student."""
    who, more, _ = NO_OPTION[rule]
    round_ = round_of(who, **more)
    changed, words = CHANGED[rule]
    assert words in reasons(round_)["s1"].change
    assert could_be_given(round_, "s1") == set()
    assert could_be_given(replace(round_, **changed), "s1") == {"t1"}


@pytest.mark.parametrize("rule", ["individual_age", "school_only", "repeat"])
def test_no_change_is_offered_to_the_law_or_to_what_is_another_s_or_already_done(rule):
    """Some rules are nobody's to change for one student."""
    who, more, _ = NO_OPTION[rule]
    assert reasons(round_of(who, **more))["s1"].change == ""


def test_the_round_s_end_is_moved_no_further_than_needed():
    """Of two slots past the end, the nearer gives the date."""
    saturday, next_tuesday = slot("t1", date=date(2026, 5, 16)), slot("t2", date=date(2026, 5, 19))
    monday = slot("t3", date=date(2026, 5, 18))
    round_ = round_of(replace(saturday, starts_on_school_day=False), next_tuesday, monday)
    assert "ended on 18 May 2026, 1 slot" in reasons(round_)["s1"].change


def test_a_school_calendar_is_told_from_the_student_s():
    """A school that cannot release the student is named as the one to ask."""
    closed = CalendarRow("100001", (at(MONDAY, "AM"),))
    found = reasons(round_of(calendar=(closed,)))["s1"]
    assert found.reason == "no_option_dates"
    assert "If the school could release the student on Monday 11 May 2026 (morning)" in found.change


def test_a_row_of_several_half_days_is_asked_for_as_a_whole():
    """A slot that runs into the next week is closed by a clearance that ends on the Friday."""
    long = slot(date=FRIDAY, half_days=3, occupies=occupied(FRIDAY, "AM", 3, frozenset()))
    checks = employer(cleared_until=FRIDAY)
    found = reasons(round_of(long, checks, ends=date(2026, 5, 29)))["s1"]
    assert "held to 18 May 2026" in found.change


def test_a_home_beside_the_site_changes_the_travel_reason():
    """The same round, with a home given near the far site, leaves the student an option."""
    assert reasons(round_of(student(home=FAR), experience(site=FAR)), proven=False)["s1"].reason == "unproven"
    assert reasons(round_of(student(home=HERE), experience(site=FAR)), proven=False)["s1"].reason == "no_option_travel"
