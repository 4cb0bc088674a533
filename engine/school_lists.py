"""What each school is sent: its own students, what each was given, and for each of the others the reason in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.filenames import file_names
from engine.outputs import kilometres
from engine.pages import page
from engine.reason_words import REASON_WORDS
from engine.spreadsheet import csv_text, xlsx_bytes
from engine.wording import DELIVERIES, when_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.domain import Round, School, Student
    from engine.given import Given
    from engine.reasons import Unplaced

FOLDER = "schools"
SCHOOL_COLUMNS: tuple[str, ...] = (
    "Student id",
    "Name",
    "Year",
    "Experience",
    "Employer",
    "Where",
    "Date",
    "Half",
    "Half-days",
    "Group",
    "Journey km",
    "Choice",
    "Employer contact",
    "Contact email",
    "Reason",
    "Detail",
    "Change",
)
ORDINALS = {1: "First choice", 2: "Second choice", 3: "Third choice"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One student of the school with one experience, or with the reason for having none."""

    student: Student
    given: Given | None
    unplaced: Unplaced | None

    @property
    def year(self) -> str:
        """The year in words."""
        return f"Year {self.student.year_group}"

    @property
    def when(self) -> str:
        """When the experience is, in words."""
        return when_words(self.given.slot) if self.given else ""

    @property
    def where(self) -> str:
        """Where the experience is, in words."""
        return DELIVERIES[self.given.experience.delivery] if self.given else ""

    @property
    def choice(self) -> str:
        """How the student ranked it, in words."""
        rank = self.given.rank if self.given else 0
        return ORDINALS.get(rank, f"Choice {rank}") if rank else ""

    @property
    def reason(self) -> str:
        """Why the student has nothing, in words."""
        return REASON_WORDS[self.unplaced.reason][0] if self.unplaced else ""

    def cells(self) -> tuple[str, ...]:
        """The entry as a row of the spreadsheet."""
        person = self.student.student_id, self.student.name, self.year
        why = (self.reason, self.unplaced.detail, self.unplaced.change) if self.unplaced else ("", "", "")
        return (*person, *self._given_cells(), *why)

    def _given_cells(self) -> tuple[str, ...]:
        given = self.given
        if given is None:
            return ("",) * 11
        what = given.experience.title, given.employer.name, self.where
        when = given.slot.date.isoformat(), given.slot.half, str(given.slot.half_days)
        how = given.group, kilometres(given.tenths), self.choice
        return (*what, *when, *how, given.employer.contact_name, given.employer.contact_email)


def school_files(round_: Round, rows: Iterable[Given], unplaced: Iterable[Unplaced]) -> dict[str, bytes]:
    """Every school's page, CSV and workbook, by their path in the folder; those without students included."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        entries[row.student.urn].append(Entry(row.student, row, None))
    for each in unplaced:
        entries[each.urn].append(Entry(round_.students[each.student_id], None, each))
    names: Mapping[str, str] = file_names(round_.schools)
    files: dict[str, bytes] = {}
    for urn, school in round_.schools.items():
        own = sorted(entries.get(urn, ()), key=_order)
        cells = [entry.cells() for entry in own]
        path = f"{FOLDER}/{names[urn]}"
        files[f"{path}.html"] = _page(round_, school, own).encode()
        files[f"{path}.csv"] = csv_text(SCHOOL_COLUMNS, cells).encode("utf-8-sig")
        files[f"{path}.xlsx"] = xlsx_bytes({"Students": [SCHOOL_COLUMNS, *cells]})
    return files


def _order(entry: Entry) -> tuple[str, str, str, str]:
    slot = entry.given.slot if entry.given else None
    when = (slot.date.isoformat(), slot.half, slot.slot_id) if slot else ("", "", "")
    return entry.student.student_id, *when


def _page(round_: Round, school: School, entries: Sequence[Entry]) -> str:
    given = [entry for entry in entries if entry.given]
    without = [entry for entry in entries if entry.unplaced]
    placed = len({entry.student.student_id for entry in given})
    return page("school.html.j2", round=round_, school=school, given=given, without=without, placed=placed)
