"""Frozen rows of a re-run: exempt from every rule, counted in every limit, which they may raise."""

from __future__ import annotations

from audit_rounds import (
    FAR,
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
    visit,
)

from engine.domain import CalendarRow


def test_frozen_rows_are_exempt_from_every_rule():
    """Shows that what was published and has begun is no breach, whatever has changed since."""
    spoilt = [
        (round_of(student(available=False)), ("s1 t1",)),
        (round_of(experience(site=FAR)), ("s1 t1",)),
        (round_of(did(experience_id="x1")), ("s1 t1",)),
        (round_of(slot(capacity=0)), ("s1 t1",)),
        (round_of(slot(support_places=0), student(support=True)), ("s1 t1",)),
        (round_of(employer(max_students=0, max_students_per_half_day=0)), ("s1 t1",)),
        (round_of(visit(), slot(groups=0, group_min=5)), ("s1 t1",)),
        (round_of(school(max_out_per_half_day=0, coach_seats_per_half_day=0), visit()), ("s1 t1",)),
        (round_of(policy=policy_of(max_experiences=0)), ("s1 t1",)),
        (round_of(slot(), slot("t2")), ("s1 t1", "s1 t2")),
        (round_of(calendar=(CalendarRow("100001", (at(MONDAY, "AM"),)),)), ("s1 t1",)),
        (apart(), ("s1 t1", "s2 t1")),
        (round_of(talk(), school(), school("100002"), student(), student("s2", urn="100002")), ("s1 t1", "s2 t1")),
    ]
    for round_, rows in spoilt:
        assert rules_broken(round_, *rows) != []
        found = audited(round_, *rows, frozen=rows)
        assert (found.breaches, found.overrides) == ((), ())


def test_frozen_rows_count_in_the_limits_they_raise():
    """Shows that a limit passed by frozen rows alone becomes what they use, and one within it is used up."""
    slots = (slot(capacity=1), slot("t2", date=TUESDAY, capacity=2))
    students = [student(f"s{n}") for n in (1, 2, 3)]
    full = round_of(*students, *slots)
    assert rules_broken(full, "s1 t1", "s2 t1", frozen=("s1 t1", "s2 t1")) == []
    assert rules_broken(full, "s1 t1", "s2 t1", "s3 t1", frozen=("s1 t1", "s2 t1")) == ["capacity"]
    assert rules_broken(full, "s1 t1", "s2 t1", frozen=("s1 t1",)) == ["capacity"]
    assert rules_broken(full, "s1 t2", "s2 t2", frozen=("s1 t2",)) == []


def test_groups_beside_frozen_ones_must_still_form():
    """Shows that a short frozen group is left alone until someone joins it, and frozen groups raise their number."""
    students = [student(f"s{n}") for n in range(1, 5)]
    short = round_of(*students, visit(), slot(group_min=3, group_max=3, groups=1))
    assert rules_broken(short, "s1 t1", frozen=("s1 t1",)) == []
    assert rules_broken(short, "s1 t1", "s2 t1", frozen=("s1 t1",)) == ["group"]
    assert rules_broken(short, "s1 t1", "s2 t1", "s3 t1", frozen=("s1 t1",)) == []
    two_schools = round_of(
        school(),
        school("100002"),
        *students[:2],
        student("s3", urn="100002"),
        visit(),
        slot(group_max=2, groups=0),
    )
    assert rules_broken(two_schools, "s1 t1", "s2 t1", frozen=("s1 t1",)) == []
    assert rules_broken(two_schools, "s1 t1", "s3 t1", frozen=("s1 t1",)) == ["group"]


def test_an_in_school_slot_with_two_frozen_schools_takes_no_third():
    """Shows that the number of schools is raised to what frozen rows use, and not beyond."""
    urns = ("100001", "100002", "100003")
    round_ = round_of(
        talk(),
        *(school(urn) for urn in urns),
        *(student(f"s{n}", urn=urn) for n, urn in enumerate(urns, 1)),
        student("s4"),
    )
    both = ("s1 t1", "s2 t1")
    assert rules_broken(round_, *both, "s4 t1", frozen=both) == []
    assert rules_broken(round_, *both, "s3 t1", frozen=both) == ["one_school"]
    assert rules_broken(round_, *both, frozen=("s1 t1",)) == ["one_school"]


def test_new_rows_beside_frozen_ones_keep_the_student_s_own_rules():
    """Shows that clash, repeat and limit are charged to the new row, and separations hold against frozen rows."""
    crossing = round_of(
        employer(),
        employer("e2"),
        experience(),
        experience("x2", employer_id="e2"),
        slot(),
        slot("t2", experience_id="x2"),
    )
    assert [b.slot_id for b in audited(crossing, "s1 t1", "s1 t2", frozen=("s1 t2",)).breaches] == ["t1"]
    assert rules_broken(crossing, "s1 t1", "s1 t2", frozen=("s1 t2",)) == ["clash"]
    again = round_of(slot(), slot("t2", date=TUESDAY))
    breaches = audited(again, "s1 t1", "s1 t2", frozen=("s1 t2",)).breaches
    assert [(b.rule, b.slot_id) for b in breaches] == [("repeat", "t1")]
    capped = four_employers(policy=policy_of(max_experiences=1))
    breaches = audited(capped, "s1 t1", "s1 t2", frozen=("s1 t2",)).breaches
    assert [(b.rule, b.slot_id) for b in breaches] == [("limit", "t1")]
    assert rules_broken(apart(), "s1 t1", "s2 t1", frozen=("s1 t1",)) == ["separate"]


def test_a_pin_beside_frozen_rows_is_an_override():
    """Shows that a pin may pass a limit and repeat an employer that frozen rows have already used."""
    again = round_of(slot(), slot("t2", date=TUESDAY), pin("s1", "t1"), policy=policy_of(max_experiences=1))
    found = audited(again, "s1 t1", "s1 t2", frozen=("s1 t2",))
    assert found.breaches == ()
    assert ["`repeat`" in found.overrides[0], "`limit`" in found.overrides[1]] == [True, True]


def test_a_pinned_row_that_is_frozen_needs_no_override():
    """Shows that a pin which has begun is exempt like any frozen row, and is not listed."""
    begun = round_of(
        experience(site=FAR), did(experience_id="x1"), pin("s1", "t1"), policy=policy_of(max_experiences=0)
    )
    assert len(audited(begun, "s1 t1").overrides) == 3
    found = audited(begun, "s1 t1", frozen=("s1 t1",))
    assert (found.breaches, found.overrides) == ((), ())


def test_a_frozen_row_that_is_not_kept_is_a_breach():
    """Shows that frozen rows are kept exactly, unless the round no longer has their student or slot."""
    kept = round_of(student(), student("s2"))
    breaches = audited(kept, "s2 t1", frozen=("s1 t1", "s9 t1", "s1 t9")).breaches
    assert [(b.rule, b.student_id, b.slot_id) for b in breaches] == [("pin", "s1", "t1")]
    assert "which is frozen" in breaches[0].sentence
