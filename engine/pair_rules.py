"""The pair rules in bulk: what each rule removes from a cohort of students, as one grid of truth values per rule.

A grid has a row per student and a column per slot or, where slots of one experience cannot differ, per experience; one
row stands for all students alike, one column for all experiences. The audit asks the same questions of one pair at a
time and shares nothing with this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.domain import ACCOMMODATIONS
from engine.ground import coded
from engine.rules import ASKED_ANYWHERE, INDIVIDUAL_AGE, MET_BY_SCHOOL_STAFF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.cohorts import Cohort

    Flags = NDArray[np.bool_]
    Removes = Callable[[Cohort], Flags]

Over = Literal["experience", "slot"]


@dataclass(frozen=True, slots=True)
class PairMask:
    """A pair rule in bulk: ``removes`` gives bool[students or 1, columns or 1], true where it forbids the pair."""

    over: Over
    removes: Removes


_EVERYTHING = coded(ACCOMMODATIONS)
_IN_GROUPS = coded(set(ACCOMMODATIONS) - MET_BY_SCHOOL_STAFF)
_ANYWHERE = coded(ASKED_ANYWHERE)

PAIR_MASKS: dict[str, PairMask] = {}
"""Every pair rule's mask, by the rule's code."""


def _pair_rule(code: str, over: Over) -> Callable[[Removes], Removes]:
    def register(removes: Removes) -> Removes:
        PAIR_MASKS[code] = PairMask(over, removes)
        return removes

    return register


@_pair_rule("available", "experience")
def _available(cohort: Cohort) -> Flags:
    return ~cohort.ground.available[cohort.members, None]


@_pair_rule("year", "experience")
def _year(cohort: Cohort) -> Flags:
    return ~cohort.ground.accepts_year[cohort.year_group][None]


@_pair_rule("individual_age", "experience")
def _individual_age(cohort: Cohort) -> Flags:
    return cohort.ground.alone[None] & (cohort.year_group < INDIVIDUAL_AGE)


@_pair_rule("cleared", "slot")
def _cleared(cohort: Cohort) -> Flags:
    ground = cohort.ground
    lapsed: Flags = ground.cleared_to < ground.last_day
    return lapsed[None]


@_pair_rule("dates", "slot")
def _dates(cohort: Cohort) -> Flags:
    ground = cohort.ground
    starts, ends = ground.round_.starts.toordinal(), ground.round_.ends.toordinal()
    outside: Flags = ~ground.whole | (ground.first_day < starts) | (ground.last_day > ends)
    return outside[None]


@_pair_rule("school_only", "slot")
def _school_only(cohort: Cohort) -> Flags:
    kept_for = cohort.ground.kept_for
    elsewhere: Flags = (kept_for != "") & (kept_for != cohort.urn)
    return elsewhere[None]


@_pair_rule("access", "experience")
def _access(cohort: Cohort) -> Flags:
    ground = cohort.ground
    asked = np.where(ground.in_person, np.where(ground.alone, _EVERYTHING, _IN_GROUPS), _ANYWHERE)
    missed = asked.astype(np.uint16) & ~ground.offered
    needed = ground.needed[cohort.members]
    unmet = np.zeros((len(needed), len(missed)), dtype=np.bool_)
    unmet[needed != 0] = (needed[needed != 0, None] & missed) != 0
    return unmet


@_pair_rule("travel", "experience")
def _travel(cohort: Cohort) -> Flags:
    return cohort.ground.journeys.too_far(cohort.members, cohort.urn)


@_pair_rule("calendar", "slot")
def _calendar(cohort: Cohort) -> Flags:
    slots_at = cohort.ground.slots_at
    alike = not any(student.unavailable for student in cohort.students)
    closed = np.zeros((1 if alike else len(cohort.students), len(cohort.ground.slots)), dtype=np.bool_)
    for row in cohort.ground.calendar_of.get(cohort.urn, ()):
        if row.year_group in (None, cohort.year_group):
            for moment in slots_at.keys() & set(row.half_days):
                closed[:, slots_at[moment]] = True
    for i, student in enumerate(cohort.students):
        for moment in slots_at.keys() & student.unavailable:
            closed[i, slots_at[moment]] = True
    return closed


@_pair_rule("repeat", "experience")
def _repeat(cohort: Cohort) -> Flags:
    return _marked(cohort, cohort.ground.done_by, len(cohort.ground.experiences))


@_pair_rule("forbid", "slot")
def _forbid(cohort: Cohort) -> Flags:
    return _marked(cohort, cohort.ground.forbidden_to, len(cohort.ground.slots))


def _marked(cohort: Cohort, columns_of: Mapping[str, NDArray[np.int64]], width: int) -> Flags:
    """A grid that is true in the columns given for each student id; one row of nothing where none are given."""
    rows = [(i, columns_of[s.student_id]) for i, s in enumerate(cohort.students) if s.student_id in columns_of]
    grid = np.zeros((len(cohort.students) if rows else 1, width), dtype=np.bool_)
    for i, columns in rows:
        grid[i, columns] = True
    return grid
