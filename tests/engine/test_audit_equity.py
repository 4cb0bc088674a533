"""The goal ``equity`` by hand: who could be placed, each group's share of them, and the shortfall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from audit_rounds import (
    FAR,
    TUESDAY,
    experience,
    goal,
    pin,
    policy_of,
    round_of,
    school,
    slot,
    student,
)

if TYPE_CHECKING:
    from engine.domain import Round


def people(letters: str, **more: Any) -> Round:
    """Students s1, s2, ...: F has free meals, S needs, - neither; lower case cannot be placed (Year 13)."""
    students = [
        student(
            f"s{n}",
            fsm=letter in "Ff",
            sen_status="K" if letter in "Ss" else "N",
            year_group=13 if letter in "fsx" else 10,
        )
        for n, letter in enumerate(letters, 1)
    ]
    return round_of(*students, **more)


def test_equity_is_the_shortfall_from_the_group_s_share():
    """Shows share x placed less 100 x placed of the group: with a third FSM, one of two placed is no shortfall."""
    third = people("F--")
    assert goal("equity", third, "s2 t1") == 33
    assert goal("equity", third, "s2 t1", "s3 t1") == 66
    assert goal("equity", third, "s1 t1", "s2 t1") == 0
    assert goal("equity", third, "s1 t1", "s2 t1", "s3 t1") == 0
    assert goal("equity", third) == 0
    assert goal("equity", people("FFF-"), "s1 t1", "s4 t1") == 2 * 75 - 100
    assert goal("equity", people("FF"), "s1 t1", "s2 t1") == 0


def test_equity_groups_are_measured_apart_and_added():
    """Shows that each group of the policy has its own shortfall, and groups left out have none."""
    both = people("FS--")
    assert goal("equity", both, "s3 t1", "s4 t1") == 2 * 25 + 2 * 25
    assert goal("equity", both, "s1 t1", "s4 t1") == 2 * 25
    only_fsm = people("FS--", policy=policy_of(equity_groups=("fsm",)))
    assert goal("equity", only_fsm, "s2 t1", "s4 t1") == 2 * 25
    assert goal("equity", people("FS--", policy=policy_of(equity_groups=())), "s4 t1") == 0
    care = round_of(student(), student("s2", in_care=True), policy=policy_of(equity_groups=("in_care",)))
    assert goal("equity", care, "s1 t1") == 50


def test_the_share_is_of_those_who_could_be_placed():
    """Shows that students with no slot that passes the pair rules are not counted in the share."""
    assert goal("equity", people("Ff-"), "s3 t1") == 50
    assert goal("equity", people("F-x"), "s2 t1") == 50
    absent = round_of(student(fsm=True, available=False), student("s2"))
    assert goal("equity", absent, "s2 t1") == 0
    ever = round_of(student(ever6=True), student("s2"), policy=policy_of(disadvantage="ever6"))
    assert goal("equity", ever, "s2 t1") == 50


@pytest.mark.parametrize(
    "closed",
    [
        {"year_group": 13},
        {"max_travel_km": 0.5},
        {"accommodations": frozenset({"bsl"})},
        {"urn": "100002"},
        {"available": False},
    ],
)
def test_every_pair_rule_can_leave_a_student_out_of_the_share(closed: dict[str, Any]):
    """Shows that a student whom a pair rule keeps from the only slot is not one who could be placed."""
    schools = (school(), school("100002"))
    round_ = round_of(*schools, student(**{"fsm": True, **closed}), student("s2"), slot(urn="100001"))
    assert goal("equity", round_, "s2 t1") == 0
    open_round = round_of(*schools, student(fsm=True), student("s2"), slot(urn="100001"))
    assert goal("equity", open_round, "s2 t1") == 50


def test_one_open_slot_of_an_experience_is_enough_to_be_placeable():
    """Shows that the scan looks at every slot of an experience, and at every experience, for one that is open."""
    schools = (school(), school("100002"))
    kept, free = slot("t1", urn="100002"), slot("t2", date=TUESDAY)
    assert goal("equity", round_of(*schools, student(fsm=True), student("s2", urn="100002"), kept, free), "s2 t1") == 50
    two = round_of(
        *schools,
        student(fsm=True),
        student("s2", urn="100002"),
        kept,
        slot("t2", experience_id="x2"),
        experience(),
        experience("x2"),
    )
    assert goal("equity", two, "s2 t1") == 50
    assert goal("equity", round_of(*schools, student(fsm=True), student("s2", urn="100002"), kept), "s2 t1") == 0


def test_where_nobody_could_be_placed_there_is_no_share():
    """Shows that a student placed against every rule in a round without an option leaves no shortfall."""
    assert goal("equity", people("xf"), "s1 t1") == 0


def test_a_withdrawn_slot_is_still_a_slot_that_passes_the_pair_rules():
    """Shows that places do not decide who could be placed, only the pair rules do."""
    assert goal("equity", round_of(student(fsm=True), student("s2"), slot(capacity=0)), "s2 t1") == 50


def test_being_placed_against_the_rules_does_not_make_a_student_one_who_could_be():
    """Shows that a pinned journey beyond the limit, without any other slot, leaves the student out of the share."""
    far = round_of(student(fsm=True), student("s2"), student("s3", home=FAR), pin("s3", "t1"))
    assert goal("equity", far, "s2 t1", "s3 t1") == 2 * 50
    assert goal("equity", far, "s2 t1") == 50
    near = round_of(student(fsm=True), student("s2"), student("s3"), pin("s3", "t1"))
    assert goal("equity", near, "s2 t1", "s3 t1") == 2 * 33
