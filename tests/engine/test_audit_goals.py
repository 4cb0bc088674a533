"""Each goal on small rounds whose values are computed by hand."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from audit_rounds import (
    FAR,
    TUESDAY,
    audited,
    did,
    employer,
    experience,
    goal,
    pin,
    policy_of,
    round_of,
    slot,
    student,
    talk,
    virtual,
    visit,
)

from engine.domain import BaselineRow, Point, Preference, TravelRow
from engine.policy import GROUPS

if TYPE_CHECKING:
    from engine.domain import Round

TICKETS = [("s1", 1 + 0x4BBEE53D % 1000), ("s2", 1 + 0x7F7E6330 % 1000), ("séan", 536)]
"""From ``printf 'spring|s1' | sha256sum`` and so on."""


def wishes(*rows: str) -> dict[str, tuple[Preference, ...]]:
    """Preferences of student s1, written as ``"1 experience x1"``."""
    split = [row.split(maxsplit=2) for row in rows]
    return {"preferences": tuple(Preference("s1", int(rank), kind, value) for rank, kind, value in split)}


def offers(*sectors_and_tiers: tuple[str, str], **more: Any) -> Round:
    """One student; slots t1, t2, ... on different half-days, each of an experience of the sector and tier given."""
    numbered = list(enumerate(sectors_and_tiers, 1))
    return round_of(
        *(employer(f"e{n}") for n, _ in numbered),
        *(virtual(f"x{n}", employer_id=f"e{n}", sector=sector, tier=tier) for n, (sector, tier) in numbered),
        *(slot(f"t{n}", experience_id=f"x{n}", half="AM" if n % 2 else "PM") for n, _ in numbered),
        *more.pop("facts", ()),
        **more,
    )


@pytest.mark.parametrize(
    "flag", [{"fsm": True}, {"sen_status": "K"}, {"sen_status": "E"}, {"in_care": True}, {"neet_risk": True}]
)
def test_guarantee_counts_priority_students_with_a_counting_slot(flag: dict[str, Any]):
    """Shows that any flag of the policy makes a student one of priority, and that the slot must count."""
    assert goal("guarantee", round_of(student(**flag)), "s1 t1") == 1
    assert goal("guarantee", round_of(student()), "s1 t1") == 0
    assert goal("guarantee", round_of(student(**flag), student("s2", **flag)), "s1 t1") == 1
    assert goal("guarantee", round_of(student(**flag), experience(criteria_met=6)), "s1 t1") == 0
    assert goal("guarantee", round_of(student(**flag, available=False)), "s1 t1") == 0
    assert goal("guarantee", round_of(student(**flag), policy=policy_of(priority=())), "s1 t1") == 0


def test_one_counting_slot_among_others_is_enough():
    """Shows that a slot that does not count takes nothing from one that does, in either order."""
    poor, online = student(fsm=True), virtual("x2", criteria_met=6)
    round_ = round_of(
        poor, experience(), online, slot(), slot("t2", experience_id="x2"), slot("t0", experience_id="x2")
    )
    assert goal("guarantee", round_, "s1 t1", "s1 t2") == 1
    assert goal("guarantee", round_, "s1 t0", "s1 t1") == 1
    assert goal("guarantee", round_, "s1 t0", "s1 t2") == 0
    assert goal("need", round_, "s1 t0", "s1 t1") == 10


def test_guarantee_is_for_those_who_still_lack_half_days():
    """Shows that counting history of the current key stage takes a student off the priority list, and no other."""
    poor = student(fsm=True)
    assert goal("guarantee", round_of(poor, did(half_days=10)), "s1 t1") == 0
    assert goal("guarantee", round_of(poor, did(half_days=9)), "s1 t1") == 1
    assert goal("guarantee", round_of(poor, did(half_days=6), did(half_days=4, experience_id="x9")), "s1 t1") == 0
    assert goal("guarantee", round_of(poor, did(half_days=10, counts=False)), "s1 t1") == 1
    assert goal("guarantee", round_of(poor, did(half_days=10, year_group=9)), "s1 t1") == 1
    assert goal("guarantee", round_of(poor, student("s2"), did("s2", half_days=10)), "s1 t1") == 1


def test_disadvantage_says_what_fsm_means():
    """Shows that with ``ever6`` a student who had free meals in the last six years is one of the group too."""
    once = student(ever6=True)
    assert goal("guarantee", round_of(once), "s1 t1") == 0
    assert goal("guarantee", round_of(once, policy=policy_of(disadvantage="ever6")), "s1 t1") == 1
    assert goal("guarantee", round_of(student(fsm=True), policy=policy_of(disadvantage="ever6")), "s1 t1") == 1
    for other in set(GROUPS) - {"fsm"}:
        narrow = policy_of(disadvantage="ever6", priority=(other,))
        assert goal("guarantee", round_of(student(ever6=True, fsm=True), policy=narrow), "s1 t1") == 0


def test_the_policy_s_priority_list_is_the_one_that_counts():
    """Shows that each name of the list means its own flag and no other."""
    flags: dict[str, dict[str, Any]] = {
        "fsm": {"fsm": True},
        "sen": {"sen_status": "K"},
        "in_care": {"in_care": True},
        "neet_risk": {"neet_risk": True},
    }
    for listed in GROUPS:
        for flag, facts in flags.items():
            round_ = round_of(student(**facts), policy=policy_of(priority=(listed,)))
            assert goal("guarantee", round_, "s1 t1") == int(listed == flag)


def test_reach_counts_students_and_not_slots():
    """Shows that a student counts once, whether the slots count or not."""
    two = offers(("Health", "T1"), ("Retail", "T1"))
    assert goal("reach", two, "s1 t1", "s1 t2") == 1
    assert goal("reach", two) == 0
    assert goal("reach", round_of(student(), student("s2"), experience(criteria_met=0)), "s1 t1", "s2 t1") == 2


def test_need_is_the_difference_of_triangle_numbers():
    """Shows 10 + 9 + 8 for the first three half-days, 3 + 2 for two of the last three, nothing beyond the target."""
    three_half_days = slot(half_days=3)
    assert goal("need", round_of(three_half_days), "s1 t1") == 27
    assert goal("need", round_of(slot(half_days=2), did(half_days=7)), "s1 t1") == 5
    assert goal("need", round_of(three_half_days, did(half_days=8)), "s1 t1") == 3
    assert goal("need", round_of(three_half_days, did(half_days=10)), "s1 t1") == 0
    assert goal("need", round_of(three_half_days, did(half_days=15)), "s1 t1") == 0
    assert goal("need", round_of(three_half_days, experience(criteria_met=6)), "s1 t1") == 0
    assert goal("need", round_of(three_half_days)) == 0
    both = offers(("Health", "T1"), ("Retail", "T1"))
    assert goal("need", both, "s1 t1", "s1 t2") == 19


@pytest.mark.parametrize(
    ("year", "value"), [(7, 4 + 3), (8, 4 + 3), (9, 4 + 3), (10, 6 + 5), (11, 6 + 5), (12, 8 + 7), (13, 8 + 7)]
)
def test_every_key_stage_has_its_own_target(year: int, value: int):
    """Shows that Years 7 to 9, 10 and 11, 12 and 13 are measured against their own targets."""
    targets = MappingProxyType({"ks3": 4, "ks4": 6, "post16": 8})
    everyone = virtual("x1", year_groups=frozenset(range(7, 14)))
    round_ = round_of(student(year_group=year), everyone, slot(half_days=2), policy=policy_of(target_half_days=targets))
    assert goal("need", round_, "s1 t1") == value


@pytest.mark.parametrize(("then", "value"), [(9, 19), (10, 15), (11, 15), (12, 19)])
def test_history_counts_by_the_year_group_of_then(then: int, value: int):
    """Shows that a Year 11 student's half-days of Years 10 and 11 count, and those of other key stages do not."""
    round_ = round_of(student(year_group=11), did(year_group=then, half_days=2), slot(half_days=2))
    assert goal("need", round_, "s1 t1") == value


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ((), 0),
        (("1 experience x1",), 100),
        (("2 experience x1",), 90),
        (("10 experience x1",), 10),
        (("11 experience x1",), 0),
        (("3 experience x1", "2 experience x1"), 90),
        (("2 experience x1", "1 employer e1"), 90),
        (("1 experience x9",), 80),
        (("1 experience x9", "4 experience x8"), 50),
        (("4 experience x8", "1 experience x9"), 50),
        (("1 experience x9", "1 employer e1"), 90),
        (("1 experience x9", "3 sector health"), 90),
        (("1 experience x9", "1 employer e9", "1 sector Retail"), 80),
        (("9 experience x9",), 0),
        (("9 experience x9", "1 employer e1"), 10),
        (("10 experience x9", "1 employer e1"), 0),
        (("1 employer e1",), 70),
        (("3 employer e1",), 50),
        (("4 employer e1",), 0),
        (("1 employer e9",), 0),
        (("1 sector Health",), 50),
        (("1 sector hEALTH",), 50),
        (("3 sector Health",), 30),
        (("4 sector Health",), 0),
        (("3 employer e1", "1 sector Health"), 50),
        (("2 employer e1", "1 sector Health"), 60),
        (("1 employer e9", "2 sector Health"), 40),
        (("1 sector x1",), 0),
        (("1 employer x1",), 0),
    ],
)
def test_preference_is_the_best_row_that_matches(rows: tuple[str, ...], points: int):
    """Shows points by rank within each kind, and what a student with a list is given for something not on it."""
    assert goal("preference", round_of(**wishes(*rows)), "s1 t1") == points


def test_preference_adds_up_over_assignments_and_is_each_student_s_own():
    """Shows that every row has its points and that nobody gains by another's list."""
    round_ = offers(("Health", "T1"), ("Retail", "T1"), facts=[student(), student("s2")], **wishes("1 experience x1"))
    assert goal("preference", round_, "s1 t1", "s1 t2") == 180
    assert goal("preference", round_, "s2 t1") == 0


def test_points_may_rise_with_rank_and_the_best_still_counts():
    """Shows that the best of a student's rows is taken by points and not by rank."""
    odd = policy_of(experience_points=(5, 50), employer_points=(1,), sector_points=(9,))
    assert goal("preference", round_of(policy=odd, **wishes("1 experience x1", "2 experience x1")), "s1 t1") == 50
    assert goal("preference", round_of(policy=odd, **wishes("1 employer e1", "1 sector Health")), "s1 t1") == 9
    assert goal("preference", round_of(policy=odd, **wishes("1 experience x9")), "s1 t1") == 0
    assert goal("preference", round_of(policy=odd, **wishes("1 experience x9", "1 sector Health")), "s1 t1") == 50


@pytest.mark.parametrize(("student_id", "ticket"), TICKETS)
def test_lottery_tickets_come_from_the_seed(student_id: str, ticket: int):
    """Shows the ticket: one more than the first four bytes of SHA-256 of seed, bar and student, modulo 1000."""
    liked = (Preference(student_id, 2, "experience", "x1"),)
    round_ = round_of(student(student_id), seed="spring", preferences=liked)
    assert goal("lottery", round_, f"{student_id} t1") == ticket * 90
    assert goal("lottery", round_of(student(student_id), seed="spring"), f"{student_id} t1") == 0


def test_breadth_counts_each_new_sector_once():
    """Shows that a sector counts once, not at all if done in any year, and that case makes no new sector."""
    three = offers(("Health", "T1"), ("health", "T1"), ("Retail", "T1"))
    assert goal("breadth", three, "s1 t1", "s1 t2", "s1 t3") == 2
    done = did(sector="HEALTH", year_group=7, counts=False, half_days=1)
    known = offers(("Health", "T1"), ("Retail", "T1"), facts=[done])
    assert goal("breadth", known, "s1 t1", "s1 t2") == 1
    assert goal("breadth", known, "s1 t1") == 0
    two_students = offers(("Health", "T1"), facts=[student(), student("s2"), done])
    assert goal("breadth", two_students, "s1 t1", "s2 t1") == 1


@pytest.mark.parametrize(
    ("before", "given", "value"),
    [
        (None, "T1", 1),
        ("T1", "T1", 0),
        ("T1", "T2", 1),
        ("T2", "T1", 0),
        ("T2", "T3", 1),
        ("T3", "T3", 0),
    ],
)
def test_progression_is_a_tier_above_all_before(before: str | None, given: str, value: int):
    """Shows that a first tier is progress, and after that only a higher one."""
    facts = [did(tier=before, counts=False)] if before else []
    assert goal("progression", offers(("Health", given), facts=facts), "s1 t1") == value


def test_progression_looks_at_one_key_stage_and_counts_a_student_once():
    """Shows that an earlier key stage does not hold a student back, and that two higher tiers are one progress."""
    before = [did(tier="T3", year_group=9), did(tier="T1", year_group=10)]
    two = offers(("Health", "T2"), ("Retail", "T3"), facts=before)
    assert goal("progression", two, "s1 t1") == 1
    assert goal("progression", two, "s1 t1", "s1 t2") == 1
    mixed = offers(("Health", "T1"), ("Retail", "T2"), facts=[did(tier="T1"), did(tier="T2")])
    assert goal("progression", mixed, "s1 t1", "s1 t2") == 0
    one_higher = offers(("Health", "T1"), ("Retail", "T2"), facts=[did(tier="T1")])
    assert goal("progression", one_higher, "s1 t1", "s1 t2") == 1


def test_reserve_is_the_smaller_of_places_and_priority_students():
    """Shows that reserved places count only as far as priority students take them."""
    everyone = [student("s1", fsm=True), student("s2", neet_risk=True), student("s3")]
    for reserved, value in ((0, 0), (1, 1), (2, 2), (3, 2)):
        assert goal("reserve", round_of(*everyone, slot(reserved=reserved)), "s1 t1", "s2 t1", "s3 t1") == value
    two = round_of(*everyone, slot(reserved=1), slot("t2", date=TUESDAY, reserved=1))
    assert goal("reserve", two, "s1 t1", "s2 t2") == 2
    assert goal("reserve", two, "s1 t1", "s2 t1") == 1
    assert goal("reserve", round_of(*everyone, slot(reserved=2), experience(criteria_met=0)), "s1 t1") == 1


@pytest.mark.parametrize(("tenths", "km"), [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (25, 3), (79, 8)])
def test_travel_is_rounded_half_up_from_the_tenths(tenths: int, km: int):
    """Shows that the figure of a tenth of a kilometre is what is rounded, half up."""
    assert goal("travel", round_of(travel=(TravelRow("s1", "x1", tenths),)), "s1 t1") == km


def test_travel_is_the_student_s_own_journey():
    """Shows that groups travel from school, and that nobody travels for an in-school or virtual experience."""
    away = Point(53.43, -2.9)
    assert goal("travel", round_of(experience(site=away)), "s1 t1") == 3
    assert goal("travel", round_of(visit(site=away), student(home=FAR)), "s1 t1") == 3
    assert goal("travel", round_of(talk(site=away)), "s1 t1") == 0
    assert goal("travel", round_of(virtual("x1", site=away)), "s1 t1") == 0
    assert goal("travel", round_of(talk(site=away), travel=(TravelRow("100001", "x1", 70),)), "s1 t1") == 0
    assert goal("travel", round_of(experience(site=away), student(), student("s2", home=away)), "s1 t1", "s2 t1") == 3


def test_a_pinned_journey_without_a_route_adds_no_kilometres():
    """Shows that no distance is invented for a pin that has no way to get there."""
    assert goal("travel", round_of(experience(site=None), pin("s1", "t1")), "s1 t1") == 0


def test_stability_and_replaced_look_at_what_was_published():
    """Shows that only notified rows must be kept, and that any row makes its student one to be placed again."""
    published = (
        BaselineRow("s1", "t1"),
        BaselineRow("s1", "t2"),
        BaselineRow("s2", "t1", notified=False),
        BaselineRow("s9", "t1"),
        BaselineRow("s3", "t9", notified=False),
    )
    round_ = round_of(*(student(f"s{n}") for n in range(1, 5)), slot(), slot("t2", date=TUESDAY), baseline=published)
    kept = audited(round_, "s1 t1", "s3 t1", "s4 t1").goals
    assert (kept["stability"], kept["replaced"]) == (2, 2)
    assert (audited(round_).goals["stability"], audited(round_).goals["replaced"]) == (3, 0)
    assert audited(round_of(), "s1 t1").goals["stability"] == 0
