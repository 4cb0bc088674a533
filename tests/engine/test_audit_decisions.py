"""Decisions and rows: pins and what they override, separations, unknown and repeated rows, order and levels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audit_rounds import (
    FAR,
    FRIDAY,
    MONDAY,
    TUESDAY,
    apart,
    at,
    audited,
    did,
    employer,
    experience,
    four_employers,
    pin,
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

from engine.audit import CHECKS, MEASURES
from engine.calendar import day_of
from engine.domain import Decision
from engine.goals import GOAL_NAMES
from engine.policy import RERUN_LEVELS
from engine.rules import RULE_CODES


def test_the_audit_knows_every_rule_and_every_goal():
    """Shows that no rule of the registry goes unchecked and no goal unmeasured, in the registry's order."""
    assert tuple(CHECKS) == RULE_CODES
    assert tuple(MEASURES) == GOAL_NAMES


def test_a_pin_that_is_not_honoured_is_a_breach():
    """Shows that a pinned student without the slot is named, whoever else has it."""
    pinned = round_of(student(), student("s2"), pin("s1", "t1"))
    breaches = audited(pinned, "s2 t1").breaches
    assert [(breach.rule, breach.student_id, breach.slot_id) for breach in breaches] == [("pin", "s1", "t1")]
    assert "is pinned to slot t1 by R. Jones, but is not given it" in breaches[0].sentence
    assert rules_broken(pinned, "s1 t1") == []
    assert audited(pinned, "s1 t1").overrides == ()


def test_a_pin_overrides_travel_and_history():
    """Shows that a pinned row may be too far or repeat history, and is then listed with who decided and why."""
    far = round_of(experience(site=FAR), did(experience_id="x1"), pin("s1", "t1"))
    found = audited(far, "s1 t1")
    assert found.breaches == ()
    assert [rule in sentence for rule, sentence in zip(("`travel`", "`repeat`"), found.overrides, strict=True)] == [
        True
    ] * 2
    assert "is pinned to slot t1 by R. Jones (family link)" in found.overrides[0]
    assert "is 11.1 km, and the limit is 8.0 km" in found.overrides[0]


@pytest.mark.parametrize(
    ("rule", "fact"),
    [
        ("available", student(available=False)),
        ("year", student(year_group=12)),
        ("individual_age", student(year_group=9)),
        ("cleared", employer(cleared_until=None)),
        ("dates", slot(date=day_of(at(FRIDAY, "AM") + 6))),
        ("school_only", slot(urn="100002")),
        ("access", student(accommodations=frozenset({"bsl"}))),
        ("calendar", student(unavailable=frozenset({at(MONDAY, "AM")}))),
        ("forbid", Decision("forbid", "s1", slot_id="t1")),
        ("capacity", slot(capacity=0)),
        ("employer_day", employer(max_students_per_half_day=0)),
        ("employer_total", employer(max_students=0)),
        ("school_out", school(max_out_per_half_day=0)),
    ],
)
def test_a_pin_overrides_nothing_else(rule: str, fact: object):
    """Shows that a pin is charged with every rule but travel, repeat and limit."""
    found = audited(round_of(fact, pin("s1", "t1")), "s1 t1")
    assert [breach.rule for breach in found.breaches] == [rule]
    assert found.overrides == ()


def test_pins_in_one_half_day_are_a_clash():
    """Shows that two pins cannot put a student in two places."""
    both = round_of(
        employer(),
        employer("e2"),
        experience(),
        experience("x2", employer_id="e2"),
        slot(),
        slot("t2", experience_id="x2"),
        pin("s1", "t1"),
        pin("s1", "t2"),
    )
    assert rules_broken(both, "s1 t1", "s1 t2") == ["clash"]


def test_two_pinned_slots_of_an_employer_are_an_override():
    """Shows that pins may repeat an employer between them, while an unpinned row beside a pin may not."""
    slots = (slot("t1"), slot("t2", date=TUESDAY), slot("t3", date=FRIDAY))
    both = round_of(*slots, pin("s1", "t1"), pin("s1", "t2"))
    found = audited(both, "s1 t1", "s1 t2")
    assert found.breaches == ()
    assert len(found.overrides) == 1
    assert "overrides `repeat`: Student s1 is given experience x1 twice, in slots t1 and t2." in found.overrides[0]
    late_pin = round_of(*slots, pin("s1", "t3"))
    breaches = audited(late_pin, "s1 t1", "s1 t3").breaches
    assert [(breach.rule, breach.slot_id) for breach in breaches] == [("repeat", "t1")]
    assert audited(late_pin, "s1 t1", "s1 t3").overrides == ()


def test_pins_alone_may_pass_the_limit_and_nothing_may_be_added():
    """Shows that pins beyond the limit are an override, and that the raised limit leaves no room for more."""
    policy = policy_of(max_experiences=1)
    two_pins = four_employers(pin("s1", "t1"), pin("s1", "t2"), policy=policy)
    found = audited(two_pins, "s1 t1", "s1 t2")
    assert found.breaches == ()
    assert ["has 2 slots by pins and frozen rows alone, and the limit is 1" in s for s in found.overrides] == [True]
    breaches = audited(two_pins, "s1 t1", "s1 t2", "s1 t3").breaches
    assert [(breach.rule, breach.slot_id) for breach in breaches] == [("limit", "t3")]
    assert "is given 3 slots, and the limit is 1, which pins and frozen rows raise to 2." in breaches[0].sentence


def test_a_pin_counts_towards_the_limit():
    """Shows that a pin uses up the limit that it is within, so that an unpinned slot beside it is one too many."""
    one_pin = four_employers(pin("s1", "t2"), policy=policy_of(max_experiences=1))
    found = audited(one_pin, "s1 t1", "s1 t2")
    assert [(breach.rule, breach.slot_id) for breach in found.breaches] == [("limit", "t1")]
    assert found.breaches[0].sentence == "Student s1 is given 2 slots, and the limit is 1."
    assert found.overrides == ()
    roomy = four_employers(pin("s1", "t2"), policy=policy_of(max_experiences=2))
    assert rules_broken(roomy, "s1 t1", "s1 t2") == []


def test_pins_that_pass_the_virtual_limit_leave_other_slots_free():
    """Shows that each kind of limit is raised alone: virtual pins beyond theirs forbid no visit in person."""
    online = four_employers(pin("s1", "t3"), pin("s1", "t4"), policy=policy_of(max_virtual=1))
    found = audited(online, "s1 t3", "s1 t4", "s1 t1")
    assert found.breaches == ()
    assert len(found.overrides) == 1
    assert "2 virtual slots" in found.overrides[0]
    one = four_employers(pin("s1", "t3"), policy=policy_of(max_virtual=1))
    assert rules_broken(one, "s1 t3", "s1 t4") == ["limit"]


def test_pins_that_pass_the_half_days_forbid_every_other_slot():
    """Shows that every slot takes half-days, so that nothing can be added once pins have passed them."""
    long = four_employers(pin("s1", "t1"), pin("s1", "t2"), policy=policy_of(max_half_days=1))
    assert rules_broken(long, "s1 t1", "s1 t2") == []
    breaches = audited(long, "s1 t1", "s1 t2", "s1 t3").breaches
    assert [(breach.rule, breach.slot_id) for breach in breaches] == [("limit", "t3")]
    assert "3 half-days, and the limit is 1, which pins and frozen rows raise to 2" in breaches[0].sentence


def test_separated_students_share_no_slot():
    """Shows that one slot, of any delivery, is too close, whichever of the two is named first."""
    for kind in (experience, virtual, talk, visit):
        assert rules_broken(apart(kind("x1")), "s1 t1", "s2 t1") == ["separate"]
    named = audited(apart(), "s1 t1", "s2 t1").breaches[0]
    assert (named.student_id, named.slot_id) == ("s1", "t1")
    assert "Students s1 and s2 are to be kept apart, but are in the same slot, t1." in named.sentence
    swapped = round_of(student(), student("s2"), Decision("separate", "s2", other_student_id="s1"))
    assert rules_broken(swapped, "s1 t1", "s2 t1") == ["separate"]
    assert rules_broken(apart(student("s3")), "s1 t1", "s3 t1") == []


def test_nobody_is_separated_from_oneself():
    """Shows that a separation that names one student twice asks nothing."""
    assert rules_broken(round_of(Decision("separate", "s1", other_student_id="s1")), "s1 t1") == []


def test_separated_students_are_not_with_one_employer_at_once():
    """Shows that two in-person slots of an employer in a half-day are too close, and anything less is not."""
    offers = (experience("x1"), experience("x2"), slot("t1"))
    same_time = apart(*offers, slot("t2", experience_id="x2"))
    assert rules_broken(same_time, "s1 t1", "s2 t2") == ["separate"]
    assert (
        "slots t1 and t2 of employer e1 in the same half-day"
        in audited(same_time, "s1 t1", "s2 t2").breaches[0].sentence
    )
    assert rules_broken(apart(*offers, slot("t2", experience_id="x2", half_days=2)), "s1 t1", "s2 t2") == ["separate"]
    assert rules_broken(apart(*offers, slot("t2", experience_id="x2", half="PM")), "s1 t1", "s2 t2") == []
    for kind in (virtual, talk):
        elsewhere = apart(experience("x1"), kind("x2"), slot("t1"), slot("t2", experience_id="x2"))
        assert rules_broken(elsewhere, "s1 t1", "s2 t2") == []
        assert rules_broken(elsewhere, "s1 t2", "s2 t1") == []
    two = apart(
        employer(),
        employer("e2"),
        *offers[:1],
        experience("x2", employer_id="e2"),
        slot(),
        slot("t2", experience_id="x2"),
    )
    assert rules_broken(two, "s1 t1", "s2 t2") == []


def test_rows_that_name_nothing_of_the_round_are_breaches_and_count_for_nothing():
    """Shows that unknown students and slots are named and left out of every other rule and of the goals."""
    found = audited(round_of(slot(capacity=1)), "s1 t1", "s9 t1", "s1 t9", "s8 t8")
    assert [(b.rule, b.student_id, b.slot_id) for b in found.breaches] == [
        ("unknown", "s1", "t9"),
        ("unknown", "s8", "t8"),
        ("unknown", "s9", "t1"),
    ]
    assert "names slot t9, which the round does not have" in found.breaches[0].sentence
    assert "names student s8 and slot t8" in found.breaches[1].sentence
    assert found.goals == audited(round_of(slot(capacity=1)), "s1 t1").goals


def test_a_repeated_row_is_one_breach_and_counts_once():
    """Shows that a pair that appears twice is a duplicate, and no clash, repeat or overfull slot."""
    full = round_of(slot(capacity=1), policy=policy_of(max_experiences=1))
    found = audited(full, "s1 t1", "s1 t1", "s1 t1")
    assert [(b.rule, b.student_id, b.slot_id) for b in found.breaches] == [("duplicate", "s1", "t1")]
    assert "appears 3 times in slot t1" in found.breaches[0].sentence
    assert rules_broken(full, "s1 t1", "s1 t1") == ["duplicate"]
    assert found.goals == audited(full, "s1 t1").goals
    assert rules_broken(round_of(student(), student("s2")), "s1 t1", "s2 t1") == []


def test_breaches_come_in_the_order_of_the_rules_and_then_of_the_ids():
    """Shows that the same allocation always gives the same list."""
    bad = round_of(student("s2", year_group=12), student("s1", year_group=12, available=False), slot(capacity=1))
    assert [(b.rule, b.student_id) for b in audited(bad, "s2 t1", "s1 t1").breaches] == [
        ("available", "s1"),
        ("year", "s1"),
        ("year", "s2"),
        ("capacity", ""),
    ]
    assert not audited(bad, "s2 t1").clean
    assert audited(bad).clean


def test_levels_are_signed_sums_of_goals():
    """Shows that the policy's levels are measured, or those given instead."""
    round_ = round_of(did(half_days=3))
    found = audited(round_, "s1 t1")
    values = {level.name: level.value for level in found.levels}
    goals = found.goals
    assert values["equity"] == 100 * goals["reserve"] - goals["equity"]
    assert values["preference"] == 10 * goals["breadth"] + 10 * goals["progression"] - goals["travel"] == 19
    assert values["need"] == goals["need"] == 7
    again = audited(replace(round_, baseline=()), "s1 t1", levels=RERUN_LEVELS)
    assert [level.name for level in again.levels][:3] == ["replaced", "stability", "guarantee"]
