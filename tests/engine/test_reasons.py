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
    school,
    slot,
    student,
    talk,
    virtual,
    visit,
)
from reason_rounds import could_be_given, reasons

from engine.calendar import occupied
from engine.domain import CalendarRow, Decision, Preference
from engine.policy import Level
from engine.reasons import REASON_CODES, main_rule
from engine.rules import PAIR_RULES

LAST_WEEK = date(2026, 5, 8)


def forbid(student_id: str = "s1", **what: str) -> Decision:
    return Decision("forbid", student_id, reason="a reason", by="R. Jones", **what)


def apart(one: str, other: str) -> Decision:
    return Decision("separate", one, other_student_id=other)


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


@pytest.mark.parametrize("what", [{"slot_id": "t2"}, {"experience_id": "x2"}, {"employer_id": "e2"}])
def test_a_forbid_that_closes_the_only_room_is_the_reason(what):
    """Options exist and are full; a slot with room is forbidden: a decision did it, and lifting it would help."""
    other = employer("e2"), experience("x2", employer_id="e2"), slot("t2", experience_id="x2")
    round_ = round_of(student("s1"), student("s2"), employer("e1"), experience("x1"), slot("t1", capacity=1), *other)
    found = reasons(replace(round_, decisions=(forbid(**what),)), "s2 t1")["s1"]
    assert found.reason == "decision"
    assert "lifted, 1 slot that still has room" in found.change
    assert could_be_given(round_, "s1", "s2 t1") == {"t2"}


def test_a_forbid_of_what_is_full_anyway_is_not_the_reason():
    """The forbidden slot has no room either: competition decides and the change is blank."""
    other = employer("e2"), experience("x2", employer_id="e2"), slot("t2", experience_id="x2", capacity=1)
    people = [student(f"s{n}") for n in (1, 2, 3)]
    round_ = round_of(*people, employer("e1"), experience("x1"), slot("t1", capacity=1), *other)
    found = reasons(replace(round_, decisions=(forbid(slot_id="t2"),)), "s2 t1", "s3 t2")["s1"]
    assert (found.reason, found.change) == ("full", "")


@pytest.mark.parametrize("together", ["t1", "t2"])
def test_a_separation_that_closes_the_only_room_is_the_reason(together):
    """The one slot with room holds, or meets at its employer, the student to be kept apart from, who is not named."""
    round_ = round_of(student("s1"), student("s2"), slot("t1"), slot("t2"), decisions=(apart("s2", "s1"),))
    found = reasons(round_, f"s2 {together}")["s1"]
    assert found.reason == "decision"
    assert "kept apart from another" in found.detail
    assert "s2" not in found.detail + found.change


def test_a_group_that_could_not_be_formed_is_the_reason():
    """A visit has room for a group of three, and one student is not three."""
    round_ = round_of(visit(), slot(groups=1, group_min=3, group_max=8))
    found = reasons(round_)["s1"]
    assert (found.reason, found.change) == ("group_short", "")
    assert "at least 3 students of the school" in found.detail


def test_a_second_group_that_would_be_too_small_is_short_too():
    """Eight of eight are there: a ninth would need two groups of at least five."""
    people = [student(f"s{n}") for n in range(1, 10)]
    round_ = round_of(*people, visit(), slot(groups=2, group_min=5, group_max=8))
    found = reasons(round_, *(f"s{n} t1" for n in range(1, 9)))
    assert found["s9"].reason == "group_short"


def test_a_special_school_s_student_makes_a_group_alone():
    """With a small-school minimum of one there is room: no group is short."""
    round_ = round_of(school(type="special"), visit(), slot(groups=1, group_min=3, group_max=8))
    assert reasons(round_, proven=False)["s1"].reason == "unproven"


def two(*facts, **more):
    """Two students, the second of whom will be placed."""
    return round_of(student("s1"), student("s2"), *facts, **more)


NEEDS_SUPPORT = [student("s1", support=True), student("s2", support=True)]
FULL = {
    "capacity": (two(slot(capacity=1)), "every place taken"),
    "withdrawn": (round_of(student("s1"), slot(capacity=0)), "has been withdrawn"),
    "employer_total": (two(employer(max_students=1)), "all the students it takes in the round"),
    "employer_day": (two(employer(max_students_per_half_day=1)), "all the students it takes at a time"),
    "support": (round_of(*NEEDS_SUPPORT, slot(support_places=1)), "support places taken"),
    "school_out": (two(school(max_out_per_half_day=1)), "all the students it can release"),
    "coach": (two(school(coach_seats_per_half_day=1), visit()), "coach seats are taken"),
    "group": (two(visit(), slot(groups=1, group_max=1)), "has every place taken"),
    "one_school": (
        round_of(student("s1"), student("s2", urn="100002"), school("100001"), school("100002"), talk()),
        "an in-school visit that another school has",
    ),
    "limit": (round_of(student("s1"), virtual("x1"), policy=policy_of(max_virtual=0)), "more than the round's limits"),
}


@pytest.mark.parametrize("resource", FULL)
def test_a_full_resource_is_named(resource):
    """Each resource that can be full is named in words of its own, with the number of slots it closes."""
    round_, words = FULL[resource]
    rows = ["s2 t1"] if "s2" in round_.students else []
    found = reasons(round_, *rows)["s1"]
    assert (found.reason, found.change) == ("full", "")
    assert words in found.detail
    assert "1 slot is open to this student" in found.detail


def contest(holder, loser, *facts, **more):
    """One place, held by ``s2``; ``s1`` has none: under which goal did ``s2`` go first?"""
    round_ = round_of(student("s1", **loser), student("s2", **holder), slot(capacity=1), *facts, **more)
    return reasons(round_, "s2 t1")["s1"].detail


def test_a_priority_student_went_first_under_the_guarantee():
    """The holder is a priority student behind target and the other is not."""
    assert "under the goal `guarantee`" in contest({"fsm": True}, {})


def test_the_one_further_behind_went_first_under_need():
    """Both are alike but for the half-days still missing."""
    assert "under the goal `need`" in contest({}, {}, did("s1", half_days=8))


def test_the_one_who_asked_went_first_under_preference():
    """Only the holder asked for the experience."""
    asked = (Preference("s2", 1, "experience", "x1"),)
    assert "under the goal `preference`" in contest({}, {}, preferences=asked)


def test_what_is_equal_on_every_goal_is_the_lottery_s():
    """Two students alike in everything: the published lottery ordered them."""
    assert "under the goal `lottery`" in contest({}, {})


def test_the_closest_contest_is_the_one_named():
    """Two places, one lost to a priority student and one by lot: the sentence tells of the second."""
    people = [student("s1"), student("s2", fsm=True), student("s3")]
    places = slot("t1", capacity=1), slot("t2", experience_id="x2", capacity=1)
    round_ = round_of(
        *people, experience("x1"), experience("x2", employer_id="e2"), employer("e1"), employer("e2"), *places
    )
    detail = reasons(round_, "s2 t1", "s3 t2")["s1"].detail
    assert "Experience x2" in detail
    assert "under the goal `lottery`" in detail


def test_a_pinned_holder_is_no_rival():
    """Nobody can be exchanged with a pinned student, so the goal named is the one that counts students."""
    pinned = (Decision("pin", "s2", slot_id="t1"),)
    assert "under the goal `reach`" in contest({}, {}, decisions=pinned)


def test_before_the_counting_levels_are_proven_nothing_is_called_full():
    """The run stopped early: more time might place the student, and the sentence says at which level."""
    found = reasons(two(slot(capacity=1)), "s2 t1", proven=False, blocking_level="reach")["s1"]
    assert (found.reason, found.change) == ("unproven", "")
    assert "`reach`" in found.detail


def test_a_better_exchange_at_an_unproven_level_is_unproven():
    """The one without is further behind than the holder, and `need` was not proven: more time might swap them."""
    round_ = two(slot(capacity=1), did("s2", half_days=8))
    assert reasons(round_, "s2 t1", blocking_level="need")["s1"].reason == "unproven"


def test_a_later_unproven_level_leaves_the_reason_but_is_said():
    """How many are placed is proven, who is not: `full` stands, with a word of caution."""
    found = reasons(two(slot(capacity=1)), "s2 t1", blocking_level="preference")["s1"]
    assert found.reason == "full"
    assert "`preference`" in found.detail


def test_room_that_the_policy_does_not_want_used_is_explained_by_its_goal():
    """A policy of short journeys alone proves it best to leave a far place empty: its goal is named."""
    short = policy_of(max_travel_km=20.0, levels=(Level("short", {"travel": -1}),))
    found = reasons(round_of(experience(site=FAR), policy=short))["s1"]
    assert found.reason == "full"
    assert "has room" in found.detail
    assert "`travel`" in found.detail


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
