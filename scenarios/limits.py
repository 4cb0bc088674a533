"""Limits that are felt: what a third of employers can host, what a third of schools can send out, coaches included.

Limits are set from what is offered and asked, a little below it, so that in any good answer most of them bind.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from scenarios.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.domain import Employer, Experience, School, Slot, Student

A_THIRD = 1 / 3
MINIBUS = (8, 12, 14, 16)
"""Seats that a school can drive itself: a minibus has 16 without the driver, some of them for staff."""


def places_of(slot: Slot) -> int:
    """How many students a slot can take."""
    return slot.capacity + slot.groups * slot.group_max


def limited_employers(
    seed: int, employers: Sequence[Employer], experiences: Sequence[Experience], slots: Iterable[Slot]
) -> list[Employer]:
    """The employers, a third of them with a limit per half-day, in the round, or both."""
    draws = Draws(seed, "employer limits")
    by_experience = {experience.experience_id: experience for experience in experiences}
    total: dict[str, int] = defaultdict(int)
    least: dict[str, int] = defaultdict(lambda: 1)
    busiest: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for slot in slots:
        experience = by_experience[slot.experience_id]
        employer_id = experience.employer_id
        total[employer_id] += places_of(slot)
        least[employer_id] = max(least[employer_id], slot.group_min)
        if experience.in_person:
            for moment in slot.occupies:
                busiest[employer_id][moment] += places_of(slot)
    peak = {employer_id: max(at.values()) for employer_id, at in busiest.items()}
    # Only those that offer enough can have a limit that matters.
    able = [e.employer_id for e in employers if total[e.employer_id] >= max(3, least[e.employer_id] + 1)]
    chosen = set(draws.sample(able, round(len(employers) * A_THIRD)))
    return [
        _limit_employer(draws, e, total[e.employer_id], peak.get(e.employer_id, 0), least[e.employer_id])
        if e.employer_id in chosen
        else e
        for e in employers
    ]


def _limit_employer(draws: Draws, employer: Employer, total: int, peak: int, least: int) -> Employer:
    lot = draws.unit()
    by_day = peak > least and lot < 0.65
    in_all = not by_day or lot > 0.45
    return replace(
        employer,
        max_students_per_half_day=max(least, int(peak * draws.stretch(0.65, 0.9))) if by_day else None,
        max_students=max(least, min(total - 1, int(total * draws.stretch(0.65, 0.9)))) if in_all else None,
    )


def limited_schools(seed: int, schools: Sequence[School], students: Iterable[Student], experiences: int) -> list[School]:
    """The schools, a third of them with a limit on students out, on coach seats, or both; every type has its share."""
    draws = Draws(seed, "school limits")
    sizes: dict[str, int] = defaultdict(int)
    for student in students:
        sizes[student.urn] += 1
    chosen = _a_third(draws, schools, sizes)
    return [_limit_school(draws, s, sizes[s.urn] * experiences) if s.urn in chosen else s for s in schools]


def _a_third(draws: Draws, schools: Sequence[School], sizes: Mapping[str, int]) -> set[str]:
    order = draws.shuffled([school.urn for school in schools if sizes[school.urn]])
    kind = {school.urn: school.type for school in schools}
    # Dealt out type by type, so that a third of the special schools are limited as well.
    return set(sorted(order, key=lambda urn: kind[urn])[::3])


def _limit_school(draws: Draws, school: School, asked: int) -> School:
    out = max(3 if school.small else 8, int(asked * draws.stretch(0.035, 0.055)))
    coach = draws.pick((4, 6, 8)) if school.small else draws.pick(MINIBUS)
    lot = draws.unit()
    return replace(
        school,
        max_out_per_half_day=out if lot < 0.7 else None,
        coach_seats_per_half_day=coach if lot > 0.35 else None,
    )
