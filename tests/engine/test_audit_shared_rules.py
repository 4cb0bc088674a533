"""Each rule about what students share: a round in which it alone is broken, and the same with room for one more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from audit_rounds import (
    MONDAY,
    TUESDAY,
    audited,
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain import Round

THREE = ("s1 t1", "s2 t1", "s3 t1")


def three(*facts: object, urns: str = "AAA", **facts_of_all: Any) -> Round:
    """Three students, of schools A and B as ``urns`` says."""
    schools = {"A": "100001", "B": "100002"}
    students = [student(f"s{n}", urn=schools[letter], **facts_of_all) for n, letter in enumerate(urns, 1)]
    return round_of(school(), school("100002"), *students, *facts)


def test_capacity_is_what_an_individual_slot_takes():
    """Shows that one student too many is found, that a withdrawn slot takes none, and that groups do not matter."""
    over = three(slot(capacity=2, groups=0, group_max=0))
    assert rules_broken(over, *THREE) == ["capacity"]
    assert "takes 3 students, and its capacity is 2" in audited(over, *THREE).breaches[0].sentence
    assert audited(over, *THREE).breaches[0].slot_id == "t1"
    assert rules_broken(over, *THREE[:2]) == []
    assert rules_broken(three(slot(capacity=0)), "s1 t1") == ["capacity"]
    assert rules_broken(three(slot(capacity=0), visit()), *THREE) == []
    assert rules_broken(three(slot(capacity=2), virtual("x1")), *THREE) == ["capacity"]


def two_slots_of_one_employer(**facts: Any) -> Round:
    return three(
        slot("t1"),
        slot("t2", experience_id="x2"),
        experience("x1"),
        experience("x2"),
        employer(**facts),
    )


def test_an_employer_is_full_over_its_slots_of_one_half_day():
    """Shows that the daily limit adds up in-person slots that share a half-day, and only those."""
    limited = two_slots_of_one_employer(max_students_per_half_day=2)
    rows = ("s1 t1", "s2 t1", "s3 t2")
    assert rules_broken(limited, *rows) == ["employer_day"]
    assert "hosts 3 students on 2026-05-11 AM (in slots t1, t2), and takes at most 2" in (
        audited(limited, *rows).breaches[0].sentence
    )
    assert rules_broken(limited, *rows[:2]) == []
    assert rules_broken(two_slots_of_one_employer(max_students_per_half_day=3), *rows) == []
    assert rules_broken(two_slots_of_one_employer(max_students_per_half_day=0), "s1 t1") == ["employer_day"]
    later = replace(limited, slots=limited.slots | {"t2": slot("t2", experience_id="x2", half="PM")})
    assert rules_broken(later, *rows) == []
    long = replace(limited, slots=limited.slots | {"t2": slot("t2", experience_id="x2", half_days=2)})
    assert rules_broken(long, *rows) == ["employer_day"]
    online = replace(limited, experiences=limited.experiences | {"x2": virtual("x2")})
    assert rules_broken(online, *rows) == []
    in_school = replace(limited, experiences=limited.experiences | {"x2": talk("x2")})
    assert rules_broken(in_school, *rows) == []


def test_two_employers_have_a_limit_each():
    """Shows that one employer's students do not fill another."""
    one, other = employer(max_students_per_half_day=2), employer("e2", max_students_per_half_day=2)
    both = three(
        one, other, experience("x1"), experience("x2", employer_id="e2"), slot(), slot("t2", experience_id="x2")
    )
    assert rules_broken(both, "s1 t1", "s2 t1", "s3 t2") == []


@pytest.mark.parametrize("kind", [experience, virtual, talk, visit])
def test_an_employer_s_total_counts_every_delivery(kind: Callable[..., Any]):
    """Shows that the total of the round counts in-person, in-school and virtual assignments alike, on any day."""
    total = three(kind("x1"), slot(), slot("t2", date=TUESDAY), employer(max_students=2))
    rows = ("s1 t1", "s2 t1", "s3 t2")
    assert rules_broken(total, *rows) == ["employer_total"]
    assert (
        "3 assignments in the round (in slots t1, t2), and takes at most 2"
        in audited(total, *rows).breaches[0].sentence
    )
    assert rules_broken(total, *rows[1:]) == []


def test_support_places_are_for_those_who_need_them():
    """Shows that only students needing support use the places, and only in person."""
    short = three(slot(support_places=2), support=True)
    assert rules_broken(short, *THREE) == ["support"]
    assert "3 students in need of a support place, and has 2" in audited(short, *THREE).breaches[0].sentence
    assert rules_broken(short, *THREE[:2]) == []
    assert rules_broken(three(slot(support_places=0)), *THREE) == []
    assert rules_broken(three(slot(support_places=0), virtual("x1"), support=True), *THREE) == []
    assert rules_broken(three(slot(support_places=0), talk(), support=True), *THREE) == []
    assert rules_broken(three(slot(support_places=0), visit(), support=True), *THREE) == ["support"]


@pytest.mark.parametrize("type_", ["special", "alternative_provision"])
def test_small_schools_bring_their_own_support_to_groups(type_: str):
    """Shows that a special school's students use no support place in a group, but do when they go alone."""
    small = school("100001", type=type_)
    mixed = three(small, slot(support_places=0), visit(), support=True, urns="AAB")
    assert "takes 1 student in need of a support place" in audited(mixed, *THREE).breaches[0].sentence
    only_small = round_of(small, student(support=True), slot(support_places=0), visit())
    alone = round_of(small, student(support=True), slot(support_places=0))
    assert rules_broken(only_small, "s1 t1") == []
    assert rules_broken(alone, "s1 t1") == ["support"]


def test_an_in_school_slot_is_one_school_s():
    """Shows that a second school in an in-school slot is found, individual or group, and is welcome elsewhere."""
    assert rules_broken(three(talk(), urns="AAB"), *THREE) == ["one_school"]
    assert rules_broken(three(talk(grouping="individual"), urns="AAB"), *THREE) == ["one_school"]
    assert "2 schools (100001, 100002)" in audited(three(talk(), urns="AAB"), *THREE).breaches[0].sentence
    assert rules_broken(three(talk()), *THREE) == []
    assert rules_broken(three(urns="AAB"), *THREE) == []
    assert rules_broken(three(virtual("x1"), urns="AAB"), *THREE) == []


def out_at_once(limit: int, kind: str, **facts: Any) -> Round:
    """Three students of one school: two in t1, one in t2 of another employer in the same half-day."""
    return round_of(
        school(**{kind: limit}),
        *(student(f"s{n}") for n in (1, 2, 3)),
        employer(),
        employer("e2"),
        experience("x1", **facts),
        experience("x2", employer_id="e2", **facts),
        slot("t1"),
        slot("t2", experience_id="x2"),
    )


def test_a_school_lets_out_so_many_at_once():
    """Shows that in-person students of one school are counted over all slots of a half-day."""
    rows = ("s1 t1", "s2 t1", "s3 t2")
    short = out_at_once(2, "max_out_per_half_day")
    assert rules_broken(short, *rows) == ["school_out"]
    assert "School 100001 has 3 students out on 2026-05-11 AM" in audited(short, *rows).breaches[0].sentence
    assert rules_broken(out_at_once(3, "max_out_per_half_day"), *rows) == []
    assert rules_broken(out_at_once(0, "max_out_per_half_day"), "s1 t1") == ["school_out"]
    assert rules_broken(out_at_once(2, "max_out_per_half_day", delivery="in_school"), *rows) == []
    assert rules_broken(out_at_once(2, "max_out_per_half_day", delivery="virtual"), *rows) == []
    next_day = replace(short, slots=short.slots | {"t2": slot("t2", experience_id="x2", date=TUESDAY)})
    assert rules_broken(next_day, *rows) == []
    overlap = replace(
        short,
        slots={"t1": slot(half_days=2), "t2": slot("t2", experience_id="x2", half="PM")},
    )
    assert rules_broken(overlap, *rows) == ["school_out"]


def test_another_school_s_students_are_not_counted():
    """Shows that limits of a school look at its own students alone."""
    two = three(school(max_out_per_half_day=2), urns="AAB")
    assert rules_broken(two, *THREE) == []


def test_coach_seats_are_for_in_person_groups():
    """Shows that the coach carries groups that go out, and neither individuals nor groups in school."""
    rows = ("s1 t1", "s2 t1", "s3 t2")
    short = out_at_once(2, "coach_seats_per_half_day", grouping="group")
    assert rules_broken(short, *rows) == ["coach"]
    assert "3 students on in-person group visits on 2026-05-11 AM" in audited(short, *rows).breaches[0].sentence
    assert "has 2 coach seats" in audited(short, *rows).breaches[0].sentence
    assert rules_broken(out_at_once(3, "coach_seats_per_half_day", grouping="group"), *rows) == []
    assert rules_broken(out_at_once(0, "coach_seats_per_half_day"), *rows) == []
    assert rules_broken(out_at_once(0, "coach_seats_per_half_day", grouping="group", delivery="in_school"), *rows) == []


def group_round(students: int, *, type_: str = "mainstream", small: int = 1, **facts: Any) -> tuple[Round, list[str]]:
    """So many students of one school in one group slot."""
    round_ = round_of(
        school(type=type_),
        *(student(f"s{n:02}") for n in range(students)),
        visit(),
        slot(**{"groups": 9, "group_min": 3, "group_max": 4, **facts}),
        policy=policy_of(small_school_group_min=small),
    )
    return round_, [f"s{n:02} t1" for n in range(students)]


@pytest.mark.parametrize("students", range(1, 15))
def test_group_sizes_by_counting_every_way_to_split(students: int):
    """Shows that groups of 3 to 4 are accepted exactly where some number of groups can hold the students."""
    round_, rows = group_round(students)
    possible = any(3 * groups <= students <= 4 * groups for groups in range(1, students + 1))
    assert rules_broken(round_, *rows) == ([] if possible else ["group"])
    if not possible:
        assert f"takes {students} student{'s' * (students > 1)} of school 100001, who cannot form groups of 3 to 4" in (
            audited(round_, *rows).breaches[0].sentence
        )


@pytest.mark.parametrize(("students", "groups"), [(4, 1), (6, 2), (8, 2), (9, 3), (12, 3)])
def test_groups_of_a_slot_are_counted_by_the_fewest_needed(students: int, groups: int):
    """Shows that the fewest groups that hold the students are what a slot must have room for."""
    assert rules_broken(*_spread(group_round(students, groups=groups))) == []
    assert rules_broken(*_spread(group_round(students, groups=groups - 1))) == ["group"]


def test_groups_over_all_schools_share_a_slot():
    """Shows that two schools with a group each need two groups, even where one group could hold them all."""
    mixed = three(visit(), slot(groups=1, group_min=1, group_max=9), urns="AAB")
    breaches = audited(mixed, *THREE).breaches
    assert [breach.rule for breach in breaches] == ["group"]
    assert "takes 2 groups of 2 schools, and has room for 1" in breaches[0].sentence
    assert breaches[0].slot_id == "t1"
    assert rules_broken(three(visit(), slot(groups=2, group_min=1, group_max=9), urns="AAB"), *THREE) == []


def test_students_of_two_schools_never_form_one_group():
    """Shows that a school's lone student breaks the minimum although another school's students are there."""
    mixed = three(visit(), slot(groups=9, group_min=2, group_max=9), urns="AAB")
    assert rules_broken(mixed, *THREE) == ["group"]
    assert "takes 1 student of school 100002" in audited(mixed, *THREE).breaches[0].sentence


@pytest.mark.parametrize("type_", ["special", "alternative_provision"])
def test_small_schools_may_form_smaller_groups(type_: str):
    """Shows that the policy's minimum replaces the slot's for small schools, and never raises it."""
    assert rules_broken(*_spread(group_round(1, type_=type_))) == []
    assert rules_broken(*_spread(group_round(1, type_=type_, small=2))) == ["group"]
    assert rules_broken(*_spread(group_round(2, type_=type_, small=2))) == []
    assert rules_broken(*_spread(group_round(3, type_=type_, small=5))) == []
    assert rules_broken(*_spread(group_round(5, type_=type_))) == []
    assert rules_broken(*_spread(group_round(5, type_="post16"))) == ["group"]


def test_groups_of_one_are_groups():
    """Shows that a largest group of one needs a group for every student."""
    assert rules_broken(*_spread(group_round(2, group_min=1, group_max=1, groups=2))) == []
    assert rules_broken(*_spread(group_round(2, group_min=1, group_max=1, groups=1))) == ["group"]


def test_a_withdrawn_group_slot_takes_nobody():
    """Shows that no groups means no students."""
    assert rules_broken(*_spread(group_round(3, groups=0))) == ["group"]


def test_groups_form_in_school_too():
    """Shows that the sizes hold for groups of every delivery."""
    in_school = round_of(talk(), slot(group_min=2, group_max=4, date=MONDAY))
    assert rules_broken(in_school, "s1 t1") == ["group"]


def _spread(round_and_rows: tuple[Round, list[str]]) -> list[Any]:
    return [round_and_rows[0], *round_and_rows[1]]
