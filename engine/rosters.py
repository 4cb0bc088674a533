"""What each employer is sent: who comes and when, and the least else that lets it host safely.

Only these leave for an employer: the name as given (or the student's id), school, year, when, what, the adjustments
that the school released, and the school's contact. Never free school meals, special needs, homes, points or groups.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from engine.filenames import file_names
from engine.pages import page
from engine.spreadsheet import csv_text, xlsx_bytes
from engine.wording import in_words, when_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.domain import Employer, Round, Slot
    from engine.given import Given

FOLDER = "rosters"
ROSTER_COLUMNS: tuple[str, ...] = (
    "Date",
    "Half",
    "Half-days",
    "Experience",
    "Student",
    "School",
    "Year",
    "Adjustments",
    "School contact",
    "Contact email",
)


@dataclass(frozen=True, slots=True)
class Guest:
    """One student at one time, with all that the employer may know."""

    slot: Slot
    title: str
    delivery: str
    student: str
    school: str
    year: str
    adjustments: str
    contact_name: str
    contact_email: str

    def cells(self) -> tuple[str, ...]:
        """The guest as a row of the spreadsheet."""
        when = self.slot.date.isoformat(), self.slot.half, str(self.slot.half_days)
        whom = self.student, self.school, self.year, self.adjustments
        return (*when, self.title, *whom, self.contact_name, self.contact_email)


@dataclass(frozen=True, slots=True)
class Visit:
    """The guests of one slot."""

    when: str
    title: str
    delivery: str
    guests: tuple[Guest, ...]


def roster_files(round_: Round, rows: Iterable[Given]) -> dict[str, bytes]:
    """Every employer's page, CSV and workbook, by their path in the folder; those that host nobody included."""
    hosted: dict[str, list[Guest]] = defaultdict(list)
    for row in rows:
        hosted[row.employer.employer_id].append(_guest(row))
    files: dict[str, bytes] = {}
    names: Mapping[str, str] = file_names(round_.employers)
    for employer_id, employer in round_.employers.items():
        guests = sorted(hosted.get(employer_id, ()), key=_order)
        cells = [guest.cells() for guest in guests]
        path = f"{FOLDER}/{names[employer_id]}"
        files[f"{path}.html"] = _page(round_, employer, guests).encode()
        files[f"{path}.csv"] = csv_text(ROSTER_COLUMNS, cells).encode("utf-8-sig")
        files[f"{path}.xlsx"] = xlsx_bytes({"Roster": [ROSTER_COLUMNS, *cells]})
    return files


def _guest(row: Given) -> Guest:
    return Guest(
        slot=row.slot,
        title=row.experience.title,
        delivery=row.experience.delivery,
        student=row.student.name or row.student.student_id,
        school=row.school.name,
        year=f"Year {row.student.year_group}",
        adjustments=in_words(row.student.released),
        contact_name=row.school.contact_name,
        contact_email=row.school.contact_email,
    )


def _order(guest: Guest) -> tuple[str, ...]:
    slot = guest.slot
    return slot.date.isoformat(), slot.half, guest.title, slot.slot_id, guest.school, *guest.cells()


def _page(round_: Round, employer: Employer, guests: Sequence[Guest]) -> str:
    visits = [
        Visit(when_words(slot), together[0].title, together[0].delivery, tuple(together))
        for slot, together in ((slot, list(found)) for slot, found in groupby(guests, key=lambda guest: guest.slot))
    ]
    contacts = sorted({(guest.school, guest.contact_name, guest.contact_email) for guest in guests})
    return page("roster.html.j2", round=round_, employer=employer.name, visits=visits, contacts=contacts)
