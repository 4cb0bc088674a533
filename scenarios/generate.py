"""Composes a generated scenario: region, cohorts, offers, limits, wishes, history and decisions, from one seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.decisions import known_journeys, own_found, refusals
from scenarios.draws import Draws
from scenarios.geography import real_region
from scenarios.intake import schools_of, students_of
from scenarios.limits import limited_employers, limited_schools
from scenarios.offers import drafts
from scenarios.pasts import history_of
from scenarios.supply import supply_of
from scenarios.tables import Tables
from scenarios.terms import Term, blocked, school_calendars
from scenarios.town import made_up_region
from scenarios.wishes import preferences_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain import Student
    from scenarios.region import Region
    from scenarios.registry import Scenario, Shape

FEWEST_STUDENTS = 20


def generate(scenario: Scenario, shape: Shape, students: int, seed: int, geography: str | Path | None) -> Tables:
    """The tables of ``scenario`` with ``students`` students; schools, employers and slots grow in proportion."""
    region = _region(scenario, students, seed, geography)
    term = Term.of(shape)
    schools, cohort = schools_of(region), students_of(seed, region, shape, term, students)
    calendar = school_calendars(Draws(seed, "calendars"), term, schools)
    found = int(students * 0.01)
    places = round(demand(cohort, shape) * shape.places_over_demand)
    supply = supply_of(seed, region, term, schools, drafts(Draws(seed, "offers"), shape, places - found))
    offered = list(supply.experiences)
    supply.employers[:] = limited_employers(seed, supply.employers, supply.experiences, supply.slots)
    pins = own_found(seed, region, term, cohort, blocked(calendar), {s.urn: s for s in schools}, supply)
    return Tables(
        name=f"{scenario.name}-{students}",
        seed=f"{scenario.name}-{seed}",
        shape=shape,
        schools=limited_schools(seed, schools, cohort, shape.max_experiences),
        students=cohort,
        employers=supply.employers,
        experiences=supply.experiences,
        slots=supply.slots,
        preferences=preferences_of(seed, cohort, schools, offered),
        history=history_of(seed, cohort, offered, region.industries, shape.academic_year),
        calendar=calendar,
        barriers=region.barriers,
        travel=known_journeys(seed, cohort, schools, supply),
        decisions=[*pins, *refusals(seed, cohort, supply, pins)],
    )


def demand(cohort: Sequence[Student], shape: Shape) -> int:
    """What is asked for: the most experiences each student may have, over the students that are available."""
    return sum(
        shape.max_experiences if student.max_experiences is None else student.max_experiences
        for student in cohort
        if student.available
    )


def school_count(scenario: Scenario, students: int) -> int:
    """Schools in proportion to students; a small round still has a few, so that there is something to share."""
    return max(min(4, students // 8), round(scenario.schools * students / scenario.students), 1)


def _region(scenario: Scenario, students: int, seed: int, geography: str | Path | None) -> Region:
    count = school_count(scenario, students)
    return made_up_region(seed, count) if geography is None else real_region(Path(geography), seed, count)
