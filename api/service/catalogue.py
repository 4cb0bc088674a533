"""The catalogue that a school chooses from, and the sheet in which its students' choices are filled in.

What is open is the engine's answer on the round as it stands; while it collects, offers that the hub has not answered
are shown too, and said to be so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.people import OPERATOR
from api.service.assembling import CONFIRMED, OFFERED, catalogue_files, folder_of
from api.service.rounds import COLLECTING, find_round
from api.service.scoping import own, require_registered
from engine.catalogue import catalogue
from engine.domain import ACCOMMODATIONS
from engine.loading import load_round
from engine.outputs import kilometres
from engine.preference_sheet import choices
from engine.spreadsheet import csv_text, xlsx_bytes
from engine.wording import DELIVERIES, when_words

if TYPE_CHECKING:
    from api.people import Actor
    from api.store.database import Database
    from engine.catalogue import Entry
    from engine.domain import Round
    from engine.preference_sheet import Choices

COLUMNS = (
    "Experience id",
    "Experience",
    "Employer id",
    "Employer",
    "Sector",
    "Tier",
    "Where",
    "Alone or in a group",
    "Years",
    "Dates",
    "Distance km",
    "Adjustments offered",
    "Students it is open to",
    "State",
)
SHEET = "Catalogue"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the catalogue is asked for: one year, and how far from the school in km; ``None`` for any."""

    year: int | None = None
    within_km: float | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """The round as the school sees it, what is open in it, and the hub's answer to each experience."""

    round_: Round
    entries: tuple[Entry, ...]
    states: dict[str, str]
    year: int | None


def open_to_school(database: Database, actor: Actor, round_id: str, urn: str, wanted: Wanted) -> Open:
    """The experiences open to the school by year and distance; raises ``NotFoundError`` for another's school.

    Where all schools and rivers are is read for it here, as no school may see it; of students only the school's own.
    """
    owner = own(actor, "school", urn)
    with database.reading(OPERATOR) as session:
        row = find_round(session, round_id)
        require_registered(session, round_id, owner)
        giving = (CONFIRMED, OFFERED) if row.state == COLLECTING else (CONFIRMED,)
        files, answers = catalogue_files(session, round_id, owner, giving=giving)
    with folder_of(files) as folder:
        round_ = load_round(folder)
    entries = tuple(entry for entry in catalogue(round_, urn) if _is_wanted(entry, wanted))
    states = {each: answers[each]["state"] if each in answers else OFFERED for each in round_.experiences}
    return Open(round_, entries, states, wanted.year)


def entry_documents(found: Open) -> list[dict[str, Any]]:
    """The catalogue for programs."""
    return [
        {
            "experience_id": entry.experience.experience_id,
            "title": entry.experience.title,
            "employer_id": entry.employer.employer_id,
            "employer": entry.employer.name,
            "sector": entry.experience.sector,
            "tier": entry.experience.tier,
            "delivery": entry.experience.delivery,
            "grouping": entry.experience.grouping,
            "years": _years(entry, found.year),
            "distance_km": None if entry.tenths is None else entry.tenths / 10,
            "accommodations": _accommodations(entry),
            "open_to_students": _count(entry, found),
            "state": found.states[entry.experience.experience_id],
            "slots": [
                {"slot_id": s.slot_id, "date": s.date.isoformat(), "half": s.half, "half_days": s.half_days}
                for s in entry.dates(found.year)
            ],
        }
        for entry in found.entries
    ]


def catalogue_file(found: Open, form: str) -> bytes:
    """The catalogue for people, as ``csv`` or ``xlsx``."""
    rows = [_cells(entry, found) for entry in found.entries]
    if form == "csv":
        return csv_text(COLUMNS, rows).encode("utf-8-sig")
    return xlsx_bytes({SHEET: [COLUMNS, *rows]})


def preference_choices(found: Open, urn: str, each: int) -> Choices:
    """What the school's students have asked for and may ask for, with room for ``each`` choices a student."""
    return choices(found.round_, urn, found.entries, each)


def _is_wanted(entry: Entry, wanted: Wanted) -> bool:
    near = wanted.within_km is None or (entry.tenths is not None and entry.tenths <= wanted.within_km * 10)
    return near and (wanted.year is None or wanted.year in entry.slots)


def _cells(entry: Entry, found: Open) -> tuple[str, ...]:
    experience = entry.experience
    return (
        experience.experience_id,
        experience.title,
        entry.employer.employer_id,
        entry.employer.name,
        experience.sector,
        experience.tier,
        DELIVERIES[experience.delivery],
        experience.grouping,
        "; ".join(map(str, _years(entry, found.year))),
        "; ".join(when_words(slot) for slot in entry.dates(found.year)),
        kilometres(entry.tenths),
        "; ".join(_accommodations(entry)),
        str(_count(entry, found)),
        found.states[experience.experience_id],
    )


def _years(entry: Entry, year: int | None) -> list[int]:
    return [each for each in entry.slots if year in {None, each}]


def _accommodations(entry: Entry) -> list[str]:
    return [code for code in ACCOMMODATIONS if code in entry.experience.accommodations]


def _count(entry: Entry, found: Open) -> int:
    """To how many of the school's students it is open, of the year that is asked for."""
    years = (found.round_.students[each].year_group for each in entry.students)
    return sum(found.year in {None, year} for year in years)
