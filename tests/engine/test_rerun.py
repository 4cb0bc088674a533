"""A re-run's question and what is told of its answer: baseline, frozen rows, levels, and changes in sentences."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from types import MappingProxyType

import pytest
from audit_rounds import MONDAY, TUESDAY, audited, employer, experience, pin, round_of, rules_broken, slot, student

from engine.allocation import Allocation
from engine.disruption import changes_csv, changes_of, counts_of
from engine.domain import BaselineRow
from engine.options import build_options
from engine.policy import DEFAULT_LEVELS, RERUN_LEVELS, Level, Policy
from engine.reasons import unplaced_reasons
from engine.rerun import baseline_csv, baseline_of, not_published, read_baseline, rerun_levels, rerun_round

STRAIGHT = re.compile("[\\N{LEFT SINGLE QUOTATION MARK}\\N{RIGHT SINGLE QUOTATION MARK}]")
X1 = "'Experience x1' with Employer e1 (Monday 11 May 2026, morning; slot t1)"
X2 = "'Experience x2' with Employer e2 (Tuesday 12 May 2026, morning; slot t2)"


def two_days(*facts, **more):
    """Students s1 to s3; slots t1 on Monday and t2 on Tuesday of two employers."""
    return round_of(
        *(student(f"s{n}") for n in (1, 2, 3)),
        employer(),
        employer("e2"),
        experience(),
        experience("x2", employer_id="e2"),
        slot(),
        slot("t2", experience_id="x2", date=TUESDAY),
        *facts,
        **more,
    )


def rerun(*published, since=None, **more):
    """The re-run of ``two_days`` from rows written as ``"s1 t1"``."""
    return rerun_round(two_days(**more), [BaselineRow(*row.split()) for row in published], since)


def given(*rows):
    """An allocation of rows written as ``"s1 t1"``."""
    return Allocation.of(tuple(row.split()) for row in rows)


def told(round_, *rows, urns=MappingProxyType({})):
    """Kind, slot before, slot after and sentence (quotation marks made straight) of every change."""
    changes = changes_of(round_, given(*rows), urns)
    return [(c.kind, c.before, c.after, STRAIGHT.sub("'", c.sentence)) for c in changes]


def test_what_was_published_is_the_baseline_and_the_table_says_who_was_not_told():
    """Rows come from the published allocation, each once; ``notified`` from the round's table where a row matches."""
    round_ = two_days(baseline=(BaselineRow("s1", "t1", notified=False), BaselineRow("s3", "t2")))
    published = given("s1 t1", "s2 t2", "s2 t2", "s9 t1")
    assert baseline_of(round_, published) == (
        BaselineRow("s1", "t1", notified=False),
        BaselineRow("s2", "t2"),
        BaselineRow("s9", "t1"),
    )
    assert not_published(round_, published) == (BaselineRow("s3", "t2"),)


def test_rows_that_start_before_the_date_are_frozen():
    """From the round's start nothing is frozen; from a later date what starts before it, if the round still has it."""
    rows = ("s1 t1", "s1 t2", "s9 t1", "s1 t9")
    assert rerun(*rows).frozen == frozenset()
    assert rerun(*rows, since=TUESDAY).frozen == {("s1", "t1")}
    assert two_days().frozen == frozenset()


def test_a_slot_that_has_begun_takes_nobody_new():
    """A new row in a slot that has begun breaks ``dates``; a frozen or a pinned one does not."""
    begun = rerun("s1 t1", since=TUESDAY)
    assert [b.rule for b in audited(begun, "s1 t1", frozen={"s1 t1"}).breaches] == []
    assert rules_broken(begun, "s1 t1", "s2 t1", frozen={"s1 t1"}) == ["dates"]
    assert rules_broken(replace(begun, decisions=(pin("s2", "t1"),)), "s1 t1", "s2 t1", frozen={"s1 t1"}) == []
    assert rules_broken(rerun("s1 t1"), "s1 t1", "s2 t1") == []


def test_keeping_goes_before_the_policys_own_levels():
    """``replaced`` and ``stability`` come first, under names of their own, unless the policy ranks them itself."""
    assert rerun_levels(Policy()) == RERUN_LEVELS
    own = Level("replaced", MappingProxyType({"reach": 1}))
    names = [level.name for level in rerun_levels(replace(Policy(), levels=(own,)))]
    assert names == ["replaced (re-run)", "stability", "replaced"]
    ranked = (*DEFAULT_LEVELS, Level("told", MappingProxyType({"stability": -1})))
    assert rerun_levels(replace(Policy(), levels=ranked)) == ranked


def test_a_baseline_is_read_back_as_it_was_written():
    """Ids that a spreadsheet would run come back too, and any other table is refused."""
    rows = (BaselineRow("=s1", "t1"), BaselineRow("s2", "a,b", notified=False))
    assert read_baseline(baseline_csv(rows)) == rows
    for content in (b"student_id,slot_id\ns1,t1\n", b"", baseline_csv(rows).replace(b",N", b",maybe")):
        with pytest.raises(ValueError, match="columns must be"):
            read_baseline(content)


def test_every_change_is_a_sentence():
    """Who keeps, moves, loses and gains is told, with the place, the time and why."""
    round_ = rerun("s1 t1", "s1 t2", "s2 t1", since=TUESDAY)
    makes_way = "no rule bars it by itself, but not every published row can be kept beside the others"
    assert told(round_, "s1 t1", "s1 t2", "s2 t2", "s3 t2") == [
        ("kept", "t1", "t1", f"Student s1 keeps {X1}, which has begun and so is kept as it is."),
        ("kept", "t2", "t2", f"Student s1 keeps {X2}."),
        ("moved", "t1", "t2", f"Student s2 moves from {X1} to {X2}: {makes_way}, and the levels decide which."),
        ("gained", "", "t2", f"Student s3 is newly given {X2}."),
    ]


@pytest.mark.parametrize(
    ("change", "row", "why"),
    [
        ({}, "s9 t1", "the student is no longer in the round"),
        ({}, "s1 t9", "the slot is no longer in the round"),
        ({"slots": {"t1": slot(capacity=0)}}, "s1 t1", "the slot has been withdrawn"),
        ({"students": {"s1": student(available=False)}}, "s1 t1", "the rule `available` now bars it"),
        ({"slots": {"t1": slot(capacity=1)}}, "s1 t1", "the rule `capacity` now bars it"),
    ],
)
def test_a_lost_row_says_why(change, row, why):
    """A row that is gone names what took it away."""
    plain = rerun(row, "s2 t1", "s3 t1")
    round_ = replace(plain, **{name: getattr(plain, name) | facts for name, facts in change.items()})
    lost = [sentence for kind, *_, sentence in told(round_, "s2 t1", "s3 t1") if kind == "lost"]
    assert len(lost) == 1
    assert why in lost[0]
    assert lost[0].endswith((".", ".)"))


def test_changes_are_a_table_and_counts():
    """The table has a row for every change, the school of students who left included, and the counts add up."""
    quiet = (BaselineRow("s1", "t1", notified=False), BaselineRow("s9", "t1"))
    changes = changes_of(rerun_round(two_days(), quiet, MONDAY), given("s1 t1", "s2 t2"), {"s9": "100009"})
    rows = list(csv.DictReader(changes_csv(changes).decode().splitlines()))
    told_of = [(row["student_id"], row["urn"], row["change"], row["notified"]) for row in rows]
    assert told_of == [
        ("s1", "100001", "kept", "N"),
        ("s2", "100001", "gained", "N"),
        ("s9", "100009", "lost", "Y"),
    ]
    assert counts_of(changes) == {"kept": 1, "moved": 0, "lost": 1, "gained": 1}


def test_a_slot_that_has_begun_is_no_way_in():
    """A student whose only option has begun is told so, and nobody frozen there is said to have gone first."""
    round_ = rerun("s1 t1", since=TUESDAY)
    round_ = replace(round_, slots={"t1": slot(capacity=9)})
    reasons = unplaced_reasons(round_, build_options(round_), given("s1 t1"), proven=True)
    assert [(each.student_id, each.reason) for each in reasons] == [("s2", "full"), ("s3", "full")]
    assert reasons[0].detail == "1 slot is open to this student, but it has no room: 1 has begun."


def test_the_audit_knows_the_frozen_rows_of_a_rerun():
    """Without being told, the audit takes the rows that have begun for frozen, and misses one that is not kept."""
    round_ = replace(rerun("s1 t1", since=TUESDAY), students={"s1": student(available=False), "s2": student("s2")})
    assert audited(round_, "s1 t1", frozen=None).breaches == ()
    missed = audited(round_, frozen=None).breaches
    assert [(b.rule, b.student_id, b.slot_id) for b in missed] == [("pin", "s1", "t1")]
