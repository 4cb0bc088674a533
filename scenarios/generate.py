"""Composes a generated scenario: region, cohorts, offers, limits, wishes, history and decisions, from one seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.decisions import found_places, known_journeys, own_found, refusals
from scenarios.draws import Draws
from scenarios.geography import real_region
from scenarios.intake import schools_of, students_of
from scenarios.limits import limit_employers, limited_schools
from scenarios.offers import drafts
from scenarios.pasts import history_of
from scenarios.stage import Stage
from scenarios.supply import supply_of
from scenarios.tables import Tables
from scenarios.terms import Term, school_calendars
from scenarios.town import made_up_region
from scenarios.wishes import preferences_of

if TYPE_CHECKING:
    from scenarios.region import Region
    from scenarios.registry import Scenario, Shape

FEWEST_STUDENTS = 20


def generate(scenario: Scenario, shape: Shape, students: int, seed: int, geography: str | Path | None) -> Tables:
    """The tables of ``scenario`` with ``students`` students; schools, employers and slots grow in proportion."""
    stage = _stage(scenario, shape, students, seed, geography)
    places = round(stage.demand * shape.places_over_demand)
    supply = supply_of(stage, drafts(Draws(seed, "offers"), shape, places - found_places(stage)))
    offered = tuple(supply.experiences)
    limit_employers(stage, supply, found_places(stage))
    pins = own_found(stage, supply)
    return Tables(
        origin=_origin(scenario, students, seed, geography),
        name=f"{scenario.name}-{students}",
        seed=f"{scenario.name}-{seed}",
        shape=shape,
        schools=limited_schools(stage),
        students=stage.cohort,
        employers=supply.employers,
        experiences=supply.experiences,
        slots=supply.slots,
        preferences=preferences_of(stage, offered),
        history=history_of(stage, offered),
        calendar=stage.calendar,
        barriers=stage.region.barriers,
        travel=known_journeys(stage, supply),
        decisions=[*pins, *refusals(stage, supply, pins)],
    )


def _stage(scenario: Scenario, shape: Shape, students: int, seed: int, geography: str | Path | None) -> Stage:
    region, term = _region(scenario, students, seed, geography), Term.of(shape)
    schools = schools_of(region)
    cohort = students_of(seed, region, shape, term, students)
    return Stage(seed, shape, region, term, schools, cohort, school_calendars(Draws(seed, "calendars"), term, schools))


def _origin(scenario: Scenario, students: int, seed: int, geography: str | Path | None) -> str:
    ground = "a made-up region" if geography is None else "real schools and areas"
    return f"{scenario.name}, {students} students, seed {seed}, {ground}"


def school_count(scenario: Scenario, students: int) -> int:
    """Schools in proportion to students; a small round still has a few, so that there is something to share."""
    return max(min(4, students // 8), round(scenario.schools * students / scenario.students), 1)


def _region(scenario: Scenario, students: int, seed: int, geography: str | Path | None) -> Region:
    count = school_count(scenario, students)
    return made_up_region(seed, count) if geography is None else real_region(Path(geography), seed, count)
