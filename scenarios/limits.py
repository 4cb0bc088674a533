"""Limits that are felt: what a third of employers can host, what a third of schools can send out, coaches included.

Limits are set from what is offered and asked, a little below it, so that in any good answer most of them bind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scenarios.draws import Draws, Wheel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Employer, School, Slot
    from scenarios.stage import Stage
    from scenarios.supply import Supply

A_THIRD = 1 / 3
CUT = (0.75, 0.95)
"""A limit is 75 to 95% of what the employer's slots would hold."""
EMPLOYER_LIMITS = Wheel({"half-day": 45, "both": 20, "round": 35})
SCHOOL_LIMITS = Wheel({"out": 40, "both": 30, "coach": 30})
OUT = (0.035, 0.055)
"""Students out at once, as a part of the experiences asked for by the school: about the mean of a crowded week."""
LEAST_OUT = {"mainstream": 8, "special": 3, "alternative_provision": 3, "post16": 6}
MINIBUS, SMALL_MINIBUS = (8, 12, 14, 16), (4, 6, 8)
"""Seats that a school can drive itself: a minibus has 16 without the driver, some of them for staff."""


@dataclass(slots=True)
class _Offered:
    """What one employer's slots hold: in the round, in its busiest half-day, and the largest group minimum."""

    places: int = 0
    least: int = 1
    by_moment: Counter[int] = field(default_factory=Counter)

    @property
    def peak(self) -> int:
        return max(self.by_moment.values(), default=0)


def places_of(slot: Slot) -> int:
    """How many students a slot can take."""
    return slot.capacity + slot.groups * slot.group_max


def limit_employers(stage: Stage, supply: Supply, unlimited: int) -> None:
    """Give limits to a third of the employers, ``unlimited`` others still to come included."""
    draws = Draws(stage.seed, "employer limits")
    offered = _offered(supply)
    # Only those that offer enough can have a limit that matters.
    able = [name for name, offer in offered.items() if offer.places > max(2, offer.least)]
    chosen = set(draws.sample(able, round((len(supply.employers) + unlimited) * A_THIRD)))
    supply.employers[:] = [
        _limit_employer(draws, employer, offered[employer.employer_id]) if employer.employer_id in chosen else employer
        for employer in supply.employers
    ]


def _offered(supply: Supply) -> dict[str, _Offered]:
    by_experience = {experience.experience_id: experience for experience in supply.experiences}
    offered = {employer.employer_id: _Offered() for employer in supply.employers}
    for slot in supply.slots:
        experience = by_experience[slot.experience_id]
        offer = offered[experience.employer_id]
        offer.places += places_of(slot)
        offer.least = max(offer.least, slot.group_min)
        if experience.in_person:
            for moment in slot.occupies:
                offer.by_moment[moment] += places_of(slot)
    return offered


def _limit_employer(draws: Draws, employer: Employer, offer: _Offered) -> Employer:
    kind = EMPLOYER_LIMITS.spin(draws)
    by_day = kind != "round" and offer.peak > offer.least
    in_all = kind != "half-day" or not by_day
    daily, every = int(offer.peak * draws.stretch(*CUT)), int(offer.places * draws.stretch(*CUT))
    return replace(
        employer,
        max_students_per_half_day=max(offer.least, daily) if by_day else None,
        max_students=max(offer.least, every) if in_all else None,
    )


def limited_schools(stage: Stage) -> list[School]:
    """The schools, a third of them with a limit on students out, on coach seats, or both; every type has its share."""
    draws = Draws(stage.seed, "school limits")
    asked: dict[str, int] = defaultdict(int)
    for student in stage.cohort:
        asked[student.urn] += stage.shape.max_experiences
    chosen = _a_third(draws, stage.schools, asked)
    return [_limit_school(draws, s, asked[s.urn]) if s.urn in chosen else s for s in stage.schools]


def _a_third(draws: Draws, schools: Sequence[School], asked: Mapping[str, int]) -> set[str]:
    order = draws.shuffled(school for school in schools if asked[school.urn])
    # Dealt out type by type, so that a third of the special schools are limited as well.
    return {school.urn for school in sorted(order, key=lambda school: school.type)[1::3]}


def _limit_school(draws: Draws, school: School, asked: int) -> School:
    kind = SCHOOL_LIMITS.spin(draws)
    out = max(LEAST_OUT[school.type], int(asked * draws.stretch(*OUT)))
    seats = draws.pick(SMALL_MINIBUS if school.small else MINIBUS)
    return replace(
        school,
        max_out_per_half_day=None if kind == "coach" else out,
        coach_seats_per_half_day=None if kind == "out" else seats,
    )
