"""Each rule about one student's bundle, broken alone and just kept: clashes, repeats and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from audit_rounds import (
    FRIDAY,
    TUESDAY,
    audited,
    employer,
    experience,
    policy_of,
    round_of,
    rules_broken,
    slot,
    student,
    talk,
    virtual,
)

if TYPE_CHECKING:
    from engine.domain import Experience, Round


def bundle(*offers: tuple[Experience, dict[str, Any]], **more: Any) -> Round:
    """One student and a slot t1, t2, ... of each experience, each of its own employer unless it says otherwise."""
    experiences = [offer for offer, _ in offers]
    slots = [slot(f"t{n}", experience_id=offer.experience_id, **facts) for n, (offer, facts) in enumerate(offers, 1)]
    employers = {offer.employer_id: employer(offer.employer_id) for offer in experiences}
    return round_of(more.pop("who", student()), *employers.values(), *experiences, *slots, **more)


def of(employer_id: str, kind: Any = experience, **facts: Any) -> Experience:
    return kind(f"x-{employer_id}", employer_id=employer_id, **facts)


AM: dict[str, Any] = {"half": "AM"}
PM: dict[str, Any] = {"half": "PM"}
NEXT_DAY: dict[str, Any] = {"date": TUESDAY}
WHOLE_DAY: dict[str, Any] = {"half_days": 2}


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ((of("e1"), AM), (of("e2"), AM), "t1 and t2 at once, on 2026-05-11 AM"),
        ((of("e1"), AM), (of("e2"), PM), "two in-person slots, t1 and t2, on one day, 2026-05-11"),
        ((of("e1"), AM), (of("e2", virtual), AM), "at once"),
        ((of("e1", virtual), AM), (of("e2", virtual), AM), "at once"),
        ((of("e1", talk), AM), (of("e2", virtual), AM), "at once"),
        ((of("e1"), WHOLE_DAY), (of("e2", virtual), PM), "on 2026-05-11 PM"),
        ((of("e1"), {"half_days": 3}), (of("e2"), {"date": TUESDAY, "half": "PM"}), "on one day, 2026-05-12"),
        ((of("e1"), {"date": TUESDAY, "half": "PM"}), (of("e2"), {"half_days": 3}), "on one day, 2026-05-12"),
    ],
)
def test_a_student_cannot_be_in_two_places(one: Any, other: Any, words: str):
    """Shows that two slots at once, and two in-person slots on a day, are found and named once."""
    breaches = audited(bundle(one, other), "s1 t1", "s1 t2").breaches
    assert [(breach.rule, breach.student_id, breach.slot_id) for breach in breaches] == [("clash", "s1", "t2")]
    assert words in breaches[0].sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((of("e1"), AM), (of("e2"), NEXT_DAY)),
        ((of("e1"), AM), (of("e2", virtual), PM)),
        ((of("e1", virtual), AM), (of("e2"), PM)),
        ((of("e1", talk), AM), (of("e2"), PM)),
        ((of("e1", virtual), AM), (of("e2", virtual), PM)),
        ((of("e1"), WHOLE_DAY), (of("e2"), NEXT_DAY)),
    ],
)
def test_slots_that_only_just_fit_together_are_no_clash(one: Any, other: Any):
    """Shows that a day may hold an in-person slot and others, and that the next day is free."""
    assert rules_broken(bundle(one, other), "s1 t1", "s1 t2") == []


def test_two_students_in_one_half_day_are_no_clash():
    """Shows that a clash is of one student's."""
    assert rules_broken(round_of(student(), student("s2")), "s1 t1", "s2 t1") == []


def test_an_experience_is_done_once_and_an_employer_met_once():
    """Shows that a second slot of an experience, or of an employer by any delivery, is found and named."""
    twice = bundle((of("e1"), AM), (of("e1"), NEXT_DAY))
    breaches = audited(twice, "s1 t1", "s1 t2").breaches
    assert [(breach.rule, breach.slot_id) for breach in breaches] == [("repeat", "t2")]
    assert "experience x-e1 twice, in slots t1 and t2" in breaches[0].sentence
    online = bundle((experience("x1"), AM), (virtual("v1"), NEXT_DAY))
    breaches = audited(online, "s1 t1", "s1 t2").breaches
    assert [breach.rule for breach in breaches] == ["repeat"]
    assert "two slots of employer e1, in slots t1 and t2" in breaches[0].sentence
    assert rules_broken(bundle((of("e1"), AM), (of("e2"), NEXT_DAY)), "s1 t1", "s1 t2") == []


def test_a_third_slot_of_an_employer_is_a_second_breach():
    """Shows that every row too many is named."""
    thrice = bundle((of("e1"), AM), (of("e1"), NEXT_DAY), (of("e1"), {"date": FRIDAY}))
    breaches = audited(thrice, "s1 t1", "s1 t2", "s1 t3").breaches
    assert [(breach.rule, breach.slot_id) for breach in breaches] == [("repeat", "t2"), ("repeat", "t3")]


TWO_SLOTS = ((of("e1"), AM), (of("e2"), NEXT_DAY))
TWO_ONLINE = ((of("e1", virtual), AM), (of("e2", virtual), NEXT_DAY))


def test_slots_are_limited_by_the_student_or_else_the_policy():
    """Shows that a student's own maximum replaces the policy's, upwards and downwards, and 0 means none."""
    rows = ("s1 t1", "s1 t2")
    over = bundle(*TWO_SLOTS, policy=policy_of(max_experiences=1))
    breaches = audited(over, *rows).breaches
    assert [(breach.rule, breach.student_id, breach.slot_id) for breach in breaches] == [("limit", "s1", "t2")]
    assert "is given 2 slots, and the limit is 1." in breaches[0].sentence
    assert rules_broken(bundle(*TWO_SLOTS, policy=policy_of(max_experiences=2)), *rows) == []
    assert (
        rules_broken(bundle(*TWO_SLOTS, policy=policy_of(max_experiences=1), who=student(max_experiences=2)), *rows)
        == []
    )
    assert rules_broken(bundle(*TWO_SLOTS, who=student(max_experiences=1)), *rows) == ["limit"]
    assert rules_broken(bundle(*TWO_SLOTS, who=student(max_experiences=0)), "s1 t1") == ["limit"]


def test_half_days_are_limited():
    """Shows that the half-days of all slots add up, whatever the delivery."""
    rows = ("s1 t1", "s1 t2")
    long = ((of("e1"), {"half_days": 2}), (of("e2", virtual), {"date": TUESDAY, "half_days": 3}))
    over = bundle(*long, policy=policy_of(max_half_days=4))
    assert "is given 5 half-days, and the limit is 4." in audited(over, *rows).breaches[0].sentence
    assert rules_broken(over, *rows) == ["limit"]
    assert rules_broken(bundle(*long, policy=policy_of(max_half_days=5)), *rows) == []


def test_virtual_slots_are_limited():
    """Shows that only virtual slots count towards the virtual limit."""
    rows = ("s1 t1", "s1 t2")
    over = bundle(*TWO_ONLINE, policy=policy_of(max_virtual=1))
    assert rules_broken(over, *rows) == ["limit"]
    assert "is given 2 virtual slots, and the limit is 1." in audited(over, *rows).breaches[0].sentence
    assert rules_broken(bundle(*TWO_ONLINE, policy=policy_of(max_virtual=2)), *rows) == []
    assert rules_broken(bundle(*TWO_SLOTS, policy=policy_of(max_virtual=0)), *rows) == []
    mixed = bundle((of("e1", talk), AM), (of("e2", virtual), NEXT_DAY), policy=policy_of(max_virtual=1))
    assert rules_broken(mixed, *rows) == []
