"""The registry of rules: each rule's code, the sentence that people read, and where it bites.

Adding a rule starts here; the parity test then names every other place that must know it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RuleKind = Literal["pair", "resource", "student", "decision", "audit"]
"""``pair`` rules look at one student and one slot; ``resource`` rules at what students share; ``student`` rules at one
student's whole bundle; ``decision`` rules at what people decided; ``audit`` rules at the rows themselves."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the round."""

    code: str
    kind: RuleKind
    sentence: str


RULES: tuple[Rule, ...] = (
    Rule("available", "pair", "A student who is not available is given nothing."),
    Rule("year", "pair", "The student's year is one the experience accepts."),
    Rule("individual_age", "pair", "An individual in-person experience is only for Year 10 and above."),
    Rule("cleared", "pair", "The employer's checks hold to the slot's last date (virtual experiences too)."),
    Rule(
        "dates", "pair", "The slot lies wholly within the round's dates; in a re-run, nobody joins one that has begun."
    ),
    Rule("school_only", "pair", "A slot kept for one school takes only that school's students."),
    Rule(
        "access",
        "pair",
        "The experience offers every accommodation that the student needs (virtual and in-school: only bsl, "
        "hearing_loop, large_print and screen_reader are asked of the employer; in-person groups: familiar_adult and "
        "personal_care are met by the school's own staff).",
    ),
    Rule("travel", "pair", "The journey is within the limit."),
    Rule("capacity", "resource", "An individual slot takes at most its capacity."),
    Rule(
        "employer_day",
        "resource",
        "An employer hosts at most max_students_per_half_day students over its in-person slots in any half-day.",
    ),
    Rule(
        "employer_total",
        "resource",
        "An employer hosts at most max_students assignments in the round, of any delivery.",
    ),
    Rule(
        "support",
        "resource",
        "Students needing a support place in an in-person slot do not exceed its support places (in group slots, "
        "students of special and alternative-provision schools bring their own and are not counted).",
    ),
    Rule("one_school", "resource", "An in-school slot takes students of one school only."),
    Rule(
        "group",
        "resource",
        "In a group slot each school's students form groups of group_min to group_max; groups over all schools do not "
        "exceed groups. A special or alternative-provision school may form smaller groups, of at least "
        "small_school_group_min.",
    ),
    Rule(
        "clash",
        "student",
        "A student is in one slot at a time, and at most one in-person slot touches any one day of the student's.",
    ),
    Rule(
        "calendar",
        "pair",
        "A student is given nothing in a half-day when the student or the school (for that year) is unavailable.",
    ),
    Rule(
        "school_out",
        "resource",
        "In any half-day a school has at most max_out_per_half_day students in in-person slots.",
    ),
    Rule(
        "coach",
        "resource",
        "In any half-day a school has at most coach_seats_per_half_day students in in-person group slots.",
    ),
    Rule(
        "repeat",
        "student",
        "A student does an experience at most once ever (any history row with that experience), and has at most one "
        "slot of an employer in a round, whatever the delivery.",
    ),
    Rule(
        "limit",
        "student",
        "A student gets at most max_experiences slots in the round, at most max_half_days half-days, and at most "
        "max_virtual virtual ones.",
    ),
    Rule("pin", "decision", "A pinned student has the pinned slot."),
    Rule("forbid", "decision", "A student is not given what is forbidden to that student."),
    Rule(
        "separate",
        "decision",
        "Separated students are never in the same slot, nor in in-person slots of one employer that share a half-day.",
    ),
    Rule("unknown", "audit", "Every row names a student and a slot of the round."),
    Rule("duplicate", "audit", "A student and a slot appear together once."),
)
RULE_CODES: tuple[str, ...] = tuple(rule.code for rule in RULES)

PAIR_RULES: tuple[str, ...] = (
    "available",
    "year",
    "individual_age",
    "cleared",
    "dates",
    "school_only",
    "access",
    "travel",
    "calendar",
    "repeat",
    "forbid",
)
"""The rules that one student and one slot can break by themselves, in the order in which reasons are given
(``repeat`` here is of an experience in the student's history)."""

ASKED_ANYWHERE = frozenset({"bsl", "hearing_loop", "large_print", "screen_reader"})
"""What a virtual or in-school experience must itself offer."""

MET_BY_SCHOOL_STAFF = frozenset({"familiar_adult", "personal_care"})
"""What the school's own staff provide when a group goes out together."""

INDIVIDUAL_AGE = 10
"""The first year group that may go alone (Education Act 1996, section 560)."""
