"""Preferences: experiences ranked by some, employers and sectors by others; what is popular is very popular."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from engine.domain import Preference
from engine.rules import INDIVIDUAL_AGE
from scenarios.draws import Draws, Wheel
from scenarios.ground import Nearby
from scenarios.sectors import INTERESTS, NOT_OFFERED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain import Experience, Student
    from scenarios.stage import Stage

LENGTHS: tuple[tuple[int, int], ...] = ((0, 22), (1, 8), (2, 12), (3, 28), (4, 10), (5, 8), (6, 12))
"""How many experiences a student ranks: schools ask for three choices, some get six, one student in five none."""
KNOWN_KM = 8.0
FAR_SHARE = 0.08
"""Wishes for anything in the region, in reach or not ("one joinery place and 50 requests")."""

Catalogue = dict[str, Wheel["Experience"]]
"""Experiences by sector, under ``""`` all of them, by how popular they are."""


def preferences_of(stage: Stage, experiences: Sequence[Experience]) -> list[Preference]:
    """Every student's rows, in order of student, kind and rank."""
    draws = Draws(stage.seed, "preferences")
    fame = _fame(Draws(stage.seed, "fame"), experiences)
    everything = _catalogue(experiences, fame)
    around = Nearby((e.site, e) for e in experiences if e.site is not None)
    online = [e for e in experiences if e.site is None]
    known = {
        school.urn: _catalogue([e for _, e in around.within(school.place, KNOWN_KM)] + online[:40], fame)
        for school in stage.schools
    }
    interests = Wheel(INTERESTS)
    rows: list[Preference] = []
    for student in stage.cohort:
        rows += _rows(draws, student, known[student.urn], everything, interests)
    return rows


def _fame(draws: Draws, experiences: Sequence[Experience]) -> dict[str, int]:
    """Popularity falls off as one over the rank, as in Zipf's law."""
    order = draws.shuffled(experience.experience_id for experience in experiences)
    return {experience_id: 1_000_000 // (rank + 8) for rank, experience_id in enumerate(order)}


def _catalogue(experiences: Sequence[Experience], fame: dict[str, int]) -> Catalogue:
    by_sector: dict[str, list[tuple[Experience, int]]] = defaultdict(list)
    for experience in experiences:
        by_sector[experience.sector].append((experience, fame[experience.experience_id]))
        by_sector[""].append((experience, fame[experience.experience_id]))
    return {sector: Wheel(found) for sector, found in by_sector.items()}


def _rows(
    draws: Draws, student: Student, known: Catalogue, everything: Catalogue, interests: Wheel[str]
) -> list[Preference]:
    mind = interests.spin_many(draws, 3)
    length = Wheel(LENGTHS).spin(draws)
    wanted: dict[str, Experience] = {}
    for _ in range(4 * length):
        if len(wanted) == length:
            break
        experience = _wish(draws, mind, everything if draws.chance(FAR_SHARE) else known)
        if experience is not None and (_open_to(student, experience) or draws.chance(0.05)):
            wanted[experience.experience_id] = experience
    rows = [Preference(student.student_id, n, "experience", name) for n, name in enumerate(wanted, 1)]
    if draws.chance(0.25):
        firms = dict.fromkeys(
            e.employer_id for e in (_wish(draws, mind, known) for _ in range(draws.between(1, 3))) if e
        )
        rows += [Preference(student.student_id, n, "employer", name) for n, name in enumerate(firms, 1)]
    if draws.chance(0.3 if length else 0.75):
        sectors = mind[: draws.between(1, 3)]
        if draws.chance(0.01):
            sectors[-1] = draws.pick(NOT_OFFERED)
        rows += [Preference(student.student_id, n, "sector", name) for n, name in enumerate(sectors, 1)]
    return rows


def _wish(draws: Draws, mind: Sequence[str], catalogue: Catalogue) -> Experience | None:
    """Something in a sector that the student has in mind, or whatever is popular."""
    wheel = catalogue.get(draws.pick(mind) if draws.chance(0.75) else "") or catalogue.get("")
    return wheel.spin(draws) if wheel is not None and wheel.total else None


def _open_to(student: Student, experience: Experience) -> bool:
    alone = experience.in_person and experience.grouping == "individual"
    return student.year_group in experience.year_groups and not (alone and student.year_group < INDIVIDUAL_AGE)
