"""What the rules will exclude or leave out of a round, told before any allocation: notes with counts, no faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.calendar import day_of
from engine.domain import Note
from engine.rules import INDIVIDUAL_AGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.domain import Round

SOUTH, NORTH, WEST, EAST = 49.0, 61.0, -9.0, 2.5
"""A frame round the United Kingdom; a place outside it is most often two figures swapped."""


def outlook_notes(round_: Round) -> list[Note]:
    """A note for every kind of thing that the rules exclude, with how many there are."""
    counted = ((code, sentence, sum(1 for _ in find(round_))) for code, sentence, find in _LOOKS)
    return [Note(code, sentence, count) for code, sentence, count in counted if count]


def _closed_starts(round_: Round) -> Iterator[str]:
    return (slot.slot_id for slot in round_.slots.values() if not slot.starts_on_school_day)


def _outside_dates(round_: Round) -> Iterator[str]:
    for slot in round_.slots.values():
        if slot.starts_on_school_day and not (
            round_.starts <= slot.date
            and len(slot.occupies) == slot.half_days
            and day_of(slot.occupies[-1]) <= round_.ends
        ):
            yield slot.slot_id


def _withdrawn(round_: Round) -> Iterator[str]:
    for slot in round_.slots.values():
        grouping = round_.experiences[slot.experience_id].grouping
        if (slot.groups if grouping == "group" else slot.capacity) == 0:
            yield slot.slot_id


def _not_cleared(round_: Round) -> Iterator[str]:
    return (employer.employer_id for employer in round_.employers.values() if employer.cleared_until is None)


def _checks_lapse(round_: Round) -> Iterator[str]:
    for slot in round_.slots.values():
        until = round_.employers[round_.experiences[slot.experience_id].employer_id].cleared_until
        if until is not None and slot.occupies and day_of(slot.occupies[-1]) > until:
            yield slot.slot_id


def _too_young(round_: Round) -> Iterator[str]:
    for experience in round_.experiences.values():
        alone = experience.in_person and experience.grouping == "individual"
        if alone and any(year < INDIVIDUAL_AGE for year in experience.year_groups):
            yield experience.experience_id


def _criteria_blank(round_: Round) -> Iterator[str]:
    return (e.experience_id for e in round_.experiences.values() if not e.criteria_stated)


def _sector_not_offered(round_: Round) -> Iterator[str]:
    offered = {experience.sector.casefold() for experience in round_.experiences.values()}
    for row in round_.preferences:
        if row.kind == "sector" and row.value.casefold() not in offered:
            yield row.value


def _no_slots(round_: Round) -> Iterator[str]:
    dated = {slot.experience_id for slot in round_.slots.values()}
    return (name for name in round_.experiences if name not in dated)


def _not_available(round_: Round) -> Iterator[str]:
    return (student.student_id for student in round_.students.values() if not student.available)


def _released_unneeded(round_: Round) -> Iterator[str]:
    return (s.student_id for s in round_.students.values() if not s.released <= s.accommodations)


def _one_point_lines(round_: Round) -> Iterator[str]:
    return (barrier.barrier_id for barrier in round_.barriers if len(barrier.line) < 2)  # noqa: PLR2004


def _far_places(round_: Round) -> Iterator[str]:
    places = [
        *((school.urn, school.place) for school in round_.schools.values()),
        *((student.student_id, student.home) for student in round_.students.values()),
        *((experience.experience_id, experience.site) for experience in round_.experiences.values()),
    ]
    for name, point in places:
        if point and not (SOUTH <= point.latitude <= NORTH and WEST <= point.longitude <= EAST):
            yield name


def _pins_forbidden(round_: Round) -> Iterator[str]:
    forbidden = {
        (row.student_id, row.slot_id or row.experience_id or row.employer_id)
        for row in round_.decisions
        if row.kind == "forbid"
    }
    for row in round_.decisions:
        if row.kind == "pin":
            experience = round_.experiences[round_.slots[row.slot_id].experience_id]
            names = (row.slot_id, experience.experience_id, experience.employer_id)
            if any((row.student_id, name) in forbidden for name in names):
                yield row.student_id


_LOOKS: tuple[tuple[str, str, Callable[[Round], Iterator[str]]], ...] = (
    ("slot_closed_date", "Slots that start on a weekend or a closed date: nobody can be given them.", _closed_starts),
    ("slot_outside_dates", "Slots that start before the round or run past its end: excluded.", _outside_dates),
    ("slot_withdrawn", "Slots with capacity or groups of 0, which means withdrawn.", _withdrawn),
    ("employer_not_cleared", "Employers that are not cleared: nothing of theirs can be given.", _not_cleared),
    ("checks_lapse", "Slots whose employer's checks lapse before the last date: excluded.", _checks_lapse),
    (
        "individual_under_10",
        "Individual in-person experiences that list Year 9 or below: those years are excluded.",
        _too_young,
    ),
    ("meaningful_blank", "Experiences with meaningful left blank: taken to meet all seven criteria.", _criteria_blank),
    ("sector_not_offered", "Preferences for a sector that nobody offers: they match nothing.", _sector_not_offered),
    ("experience_without_slots", "Experiences without a slot: nobody can be given them.", _no_slots),
    ("student_not_available", "Students marked as not available: they are given nothing.", _not_available),
    ("released_not_needed", "Students whose released adjustments are not all among their own.", _released_unneeded),
    ("one_point_barrier", "Barriers with a single point: no journey meets them.", _one_point_lines),
    ("place_abroad", "Places outside the United Kingdom; are latitude and longitude swapped?", _far_places),
    ("pin_forbidden", "Pins of what a forbid rules out: no allocation can honour both.", _pins_forbidden),
)
