"""Students who pass the rules somewhere and are given nothing: a decision, a group, a full resource, or time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audit_rounds import (
    FAR,
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
from reason_rounds import allocation_of, could_be_given, forbid, reasons

from engine.audit import audit
from engine.domain import Decision, Preference
from engine.policy import Level


def apart(one: str, other: str) -> Decision:
    return Decision("separate", one, other_student_id=other)


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


def pair_for_a_visit(*more, **decisions):
    """Two students of one school, and a visit for groups of two that nobody has."""
    return round_of(student("s1"), student("s2"), visit(), slot(groups=1, group_min=2, group_max=8), *more, **decisions)


def test_a_group_that_only_a_separation_prevents_is_a_decision_s():
    """Both wait and two would do, but they are to be kept apart: nobody is named, and the visit is counted."""
    found = reasons(pair_for_a_visit(decisions=(apart("s1", "s2"),)))
    assert [found[who].reason for who in ("s1", "s2")] == ["decision", "decision"]
    assert "1 visit could not take a group of the school" in found["s1"].detail
    assert "s2" not in found["s1"].detail
    assert not audit(pair_for_a_visit(), allocation_of("s1 t1", "s2 t1")).breaches


@pytest.mark.parametrize(
    "more",
    [[student("s2", available=False)], [school(coach_seats_per_half_day=1)], [employer(max_students=1)]],
    ids=["nobody else", "coach", "employer"],
)
def test_a_group_that_is_short_without_the_separation_is_short(more):
    """Were the two not kept apart, there would be no group either."""
    found = reasons(pair_for_a_visit(*more, decisions=(apart("s1", "s2"),)))["s1"]
    assert found.reason == "group_short"
    assert "at least 2 students of the school" in found.detail


def test_two_kept_apart_among_enough_others_prevent_no_group():
    """Three of four may go together and three are needed: what left them without was not the separation."""
    people = [student(f"s{n}") for n in range(1, 5)]
    wanted = {"decisions": (apart("s1", "s2"),)}
    enough = round_of(*people, visit(), slot(groups=1, group_min=3, group_max=8), **wanted)
    assert reasons(enough)["s1"].reason == "group_short"
    four = round_of(*people, visit(), slot(groups=1, group_min=4, group_max=8), **wanted)
    assert [each.reason for each in reasons(four).values()] == ["decision"] * 4


def test_supported_students_without_a_place_make_up_no_group():
    """Two would do, but only one of them could have a support place: it is not the separation."""
    people = [student(f"s{n}", support=True) for n in (1, 2)]
    one = round_of(
        *people, visit(), slot(groups=1, group_min=2, group_max=8, support_places=1), decisions=(apart("s1", "s2"),)
    )
    assert reasons(one)["s1"].reason == "group_short"


ELSEWHERE = [student(f"s{n}", urn="100002") for n in (2, 3)]


def test_a_school_too_small_for_any_group_is_short_though_the_visit_is_taken():
    """One student alone and groups of two: that others are there is not why, however soon the run stopped."""
    visit_for_two = visit(), slot(groups=1, group_min=2, group_max=8)
    round_ = round_of(student("s1"), *ELSEWHERE, school("100001"), school("100002"), *visit_for_two)
    for proven in (True, False):
        found = reasons(round_, "s2 t1", "s3 t1", proven=proven)["s1"]
        assert found.reason == "group_short"
        assert "at least 2 students of the school" in found.detail


def test_a_taken_visit_is_full_where_the_school_could_have_formed_a_group():
    """A second student of the school is placed elsewhere and could have come: competition decided."""
    other = employer("e2"), experience("x2", employer_id="e2"), slot("t2", experience_id="x2", capacity=1)
    visit_for_two = employer("e1"), visit(), slot(groups=1, group_min=2, group_max=8)
    people = [student("s1"), student("s4"), *ELSEWHERE, school("100001"), school("100002")]
    found = reasons(round_of(*people, *visit_for_two, *other), "s2 t1", "s3 t1", "s4 t2")["s1"]
    assert found.reason == "full"


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


def test_room_that_a_tolerance_lets_lie_idle_is_explained():
    """The one level would gain by the student and may give that much up: nobody went first, and nothing is unproven."""
    idle = policy_of(levels=(Level("reach", {"reach": 1}, tolerance=0.5),))
    found = reasons(round_of(policy=idle))["s1"]
    assert found.reason == "full"
    assert "No level of the policy is better for placing the student there." in found.detail
