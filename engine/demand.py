"""What to recruit next, in plain counts: what was asked for and not given, by sector, by area and by adjustment.

These are counts of what happened, not of what one more place would bring. A student may be counted in several lines, so
no line is what a total leaves over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

import numpy as np

from engine.domain import ACCOMMODATIONS
from engine.fairness import sector_names
from engine.suppression import Shown, shown_counts, shown_parts
from engine.wording import ADJUSTMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.domain import Experience, Preference, Round, Slot, Student
    from engine.fairness import Fairness, Line
    from engine.given import Given
    from engine.options import Options

MOST_AREAS = 10
"""How many schools the page names as short of options."""


@dataclass(frozen=True, slots=True)
class SectorDemand:
    """One sector: who asked for it first, how many of them got nothing in it, and the places there were.

    ``spare`` places were not taken; ``None`` where that would tell a count that is withheld elsewhere.
    """

    sector: str
    asked: Shown
    unmet: Shown
    offered: int
    spare: int | None


@dataclass(frozen=True, slots=True)
class AreaDemand:
    """One school: the students, how many have no slot (where that can be said), and the slots open to a typical one."""

    school: str
    students: Shown
    unplaced: int | None
    open_slots: int


@dataclass(frozen=True, slots=True)
class AdjustmentDemand:
    """One adjustment: who needs it, how many of them have no slot, and the employers' places that offer it."""

    adjustment: str
    needed: Shown
    unplaced: Shown
    experiences: int
    places: int


@dataclass(frozen=True, slots=True)
class Demand:
    """The three lists, what is shortest first."""

    sectors: tuple[SectorDemand, ...]
    areas: tuple[AreaDemand, ...]
    adjustments: tuple[AdjustmentDemand, ...]


def demand(round_: Round, options: Options, rows: Sequence[Given], tables: Fairness) -> Demand:
    """What was asked for and not given; ``tables`` say what may be shown, which is also all that orders the lists."""
    return Demand(
        _sectors(round_, rows, {line.label: line.places for line in tables.by_sector}),
        _areas(round_, options, {line.key: line for line in tables.by_school}),
        _adjustments(round_, rows),
    )


def places_offered(slot: Slot, experience: Experience) -> int:
    """How many students a slot could take at most."""
    return slot.groups * slot.group_max if experience.grouping == "group" else slot.capacity


def _sectors(round_: Round, rows: Sequence[Given], taken: Mapping[str, Shown]) -> tuple[SectorDemand, ...]:
    names = sector_names(round_)
    given: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        given[row.student.student_id].add(row.experience.sector.casefold())
    wanted = _first_wishes(round_)
    asked = Counter(sector for sectors in wanted.values() for sector in sectors)
    unmet = Counter(sector for student, sectors in wanted.items() for sector in sectors - given[student])
    offered: Counter[str] = Counter()
    for slot in round_.slots.values():
        experience = round_.experiences[slot.experience_id]
        offered[experience.sector.casefold()] += places_offered(slot, experience)
    order = sorted(key for key in names if asked[key] or offered[key])
    wholes = shown_counts([asked[key] for key in order], sum_known=False)
    parts = shown_parts([unmet[key] for key in order], wholes, sum_known=False)
    lines = (
        SectorDemand(names[key], whole, part, offered[key], _spare(offered[key], taken.get(names[key])))
        for key, whole, part in zip(order, wholes, parts, strict=True)
    )
    return tuple(sorted(lines, key=lambda line: (-_published(line.unmet), -_published(line.asked), line.sector)))


def _published(shown: Shown) -> int:
    """The count where it is shown exactly, else 0: an order must not tell what the figures do not."""
    return shown.low if shown.exact else 0


def _spare(offered: int, taken: Shown | None) -> int | None:
    if taken is None:
        return offered
    return max(0, offered - taken.low) if taken.exact else None


def _first_wishes(round_: Round) -> Mapping[str, set[str]]:
    """For every available student with preferences, the sectors of what the student ranks first, of each kind."""
    best: dict[tuple[str, str], int] = {}
    for row in round_.preferences:
        key = row.student_id, row.kind
        best[key] = min(row.rank, best.get(key, row.rank))
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for row in round_.preferences:
        if row.rank == best[row.student_id, row.kind] and round_.students[row.student_id].available:
            wanted[row.student_id].add(_sector_of(round_, row))
    return wanted


def _sector_of(round_: Round, row: Preference) -> str:
    if row.kind == "experience":
        return round_.experiences[row.value].sector.casefold()
    return round_.employers[row.value].sector.casefold() if row.kind == "employer" else row.value.casefold()


def _areas(round_: Round, options: Options, lines: Mapping[str, Line]) -> tuple[AreaDemand, ...]:
    """The schools whose students have the fewest slots to go to."""
    open_to: defaultdict[str, list[int]] = defaultdict(list)
    for student_id, size in zip(options.students, np.diff(options.first).tolist(), strict=True):
        student = round_.students[student_id]
        if student.available:
            open_to[student.urn].append(size)
    typical = {urn: median_low(sizes) for urn, sizes in open_to.items() if urn in lines}
    fewest = sorted(typical, key=lambda urn: (typical[urn], round_.schools[urn].name.casefold(), urn))[:MOST_AREAS]
    return tuple(
        AreaDemand(lines[urn].label, lines[urn].students, _remainder(lines[urn]), typical[urn]) for urn in fewest
    )


def _remainder(line: Line) -> int | None:
    """How many of a school's students are not placed, where both figures are shown exactly."""
    return line.students.low - line.placed.low if line.students.exact and line.placed.exact else None


def _adjustments(round_: Round, rows: Iterable[Given]) -> tuple[AdjustmentDemand, ...]:
    placed = {row.student.student_id for row in rows}
    available = [student for student in round_.students.values() if student.available]
    needed = Counter(code for student in available for code in student.accommodations)
    without = Counter(code for student in _not_in(available, placed) for code in student.accommodations)
    offering = Counter(code for each in round_.experiences.values() for code in each.accommodations)
    places: Counter[str] = Counter()
    for slot in round_.slots.values():
        experience = round_.experiences[slot.experience_id]
        for code in experience.accommodations:
            places[code] += places_offered(slot, experience)
    codes = [code for code in ACCOMMODATIONS if needed[code]]
    wholes = shown_counts([needed[code] for code in codes], sum_known=False)
    parts = shown_parts([without[code] for code in codes], wholes, sum_known=False)
    lines = (
        AdjustmentDemand(ADJUSTMENTS[code], whole, part, offering[code], places[code])
        for code, whole, part in zip(codes, wholes, parts, strict=True)
    )
    return tuple(sorted(lines, key=lambda line: (line.places / max(1, _published(line.needed)), line.adjustment)))


def _not_in(students: Iterable[Student], placed: set[str]) -> Iterable[Student]:
    return (student for student in students if student.student_id not in placed)
