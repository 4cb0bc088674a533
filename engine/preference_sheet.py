"""The sheet in which a school fills in what its students ask for: the table ``preferences`` with its rows begun.

Each student has the rows that were sent before and some to fill in. In the workbook a row offers what is open to the
student's year; a sheet per year says what that is. The sheet is a table of preferences as it stands: it is sent back
as it is, and rows that nobody filled in ask for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from engine.outputs import kilometres
from engine.spreadsheet import add_sheet, csv_text, new_book
from engine.wording import DELIVERIES, in_words, when_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xlsxwriter

    from engine.catalogue import Entry
    from engine.domain import Preference, Round, Student

TOLD = ("Name", "Year", "Open to this student")
"""What the sheet tells whoever fills it in, and nobody sends back."""
COLUMNS = ("student_id", "rank", "kind", "value", *TOLD)
RANK, KIND, VALUE = 1, 2, 3
KINDS = ("experience", "employer", "sector")
OPTION_COLUMNS = (
    "Value",
    "Experience",
    "Employer",
    "Employer id",
    "Sector",
    "Tier",
    "Where",
    "Dates",
    "Distance km",
    "Adjustments offered",
)
MOST_CHOICES = 10


@dataclass(frozen=True, slots=True)
class Choices:
    """Rows to fill in, each with its year, and what is open to each year."""

    rows: tuple[tuple[str, ...], ...]
    years: tuple[int, ...]
    options: Mapping[int, tuple[Entry, ...]]


def choices(round_: Round, urn: str, entries: Sequence[Entry], each: int) -> Choices:
    """The rows of the school's students: what they asked for, and for those available rows to fill in up to ``each``.

    ``entries`` is what is open to the school. Rows are in order of year and id.
    """
    own = [student for student in round_.students.values() if student.urn == urn]
    own.sort(key=lambda student: (student.year_group, student.student_id))
    asked: dict[str, list[Preference]] = defaultdict(list)
    for row in round_.preferences:
        asked[row.student_id].append(row)
    rows = [(row, student.year_group) for student in own for row in _rows(student, asked, entries, each)]
    years = sorted({student.year_group for student in own})
    options = {y: tuple(entry for entry in entries if y in entry.slots) for y in years}
    return Choices(tuple(row for row, _ in rows), tuple(y for _, y in rows), options)


def choices_csv(found: Choices) -> bytes:
    """The sheet as CSV."""
    return csv_text(COLUMNS, found.rows).encode("utf-8-sig")


def choices_xlsx(found: Choices) -> bytes:
    """The sheet as a workbook with a list to choose from in each row, and a sheet of what is open to each year."""
    content = BytesIO()
    book = new_book(content)
    sheet = add_sheet(book, "preferences", [COLUMNS, *found.rows])
    for year, entries in found.options.items():
        add_sheet(book, _sheet_name(year), [OPTION_COLUMNS, *(_option(entry, year) for entry in entries)])
    first = 0
    while first < len(found.years):
        year = found.years[first]
        last = first + found.years.count(year) - 1
        _offer(sheet, first + 1, last + 1, year, len(found.options[year]))
        first = last + 1
    book.close()
    return content.getvalue()


def _rows(
    student: Student, asked: Mapping[str, Sequence[Preference]], entries: Sequence[Entry], each: int
) -> list[tuple[str, ...]]:
    before = sorted(asked.get(student.student_id, ()), key=lambda row: (KINDS.index(row.kind), row.rank))
    taken = [row.rank for row in before if row.kind == KINDS[0]]
    first, room = max(taken, default=0) + 1, each - len(before) if student.available else 0
    more = range(first, first + max(0, room))
    cells = [(str(row.rank), row.kind, row.value) for row in before] + [(str(rank), KINDS[0], "") for rank in more]
    may = "; ".join(entry.experience.experience_id for entry in entries if student.student_id in entry.students)
    who = student.name, str(student.year_group)
    return [(student.student_id, *cell, *who, "" if number else may) for number, cell in enumerate(cells)]


def _offer(sheet: xlsxwriter.worksheet.Worksheet, first: int, last: int, year: int, options: int) -> None:
    """Offer lists to choose from in the rows from ``first`` to ``last``; whatever else is typed is asked about."""
    lists = {RANK: [str(rank) for rank in range(1, MOST_CHOICES + 1)], KIND: list(KINDS)}
    for column, listed in lists.items():
        sheet.data_validation(first, column, last, column, {"validate": "list", "source": listed, **_ASKING})
    if options:
        where = f"='{_sheet_name(year)}'!$A$2:$A${options + 1}"
        told = {
            "input_title": f"What Year {year} may choose",
            "input_message": f"The sheet {_sheet_name(year)} says what each is. For an employer type its id, for a "
            "sector its name.",
        }
        sheet.data_validation(first, VALUE, last, VALUE, {"validate": "list", "source": where, **told, **_ASKING})


_ASKING = {"error_type": "warning", "error_title": "Not in the list", "error_message": "Keep it all the same?"}


def _sheet_name(year: int) -> str:
    return f"Open to Year {year}"


def _option(entry: Entry, year: int) -> tuple[str, ...]:
    return (
        entry.experience.experience_id,
        entry.experience.title,
        entry.employer.name,
        entry.employer.employer_id,
        entry.experience.sector,
        entry.experience.tier,
        DELIVERIES[entry.experience.delivery],
        "; ".join(when_words(slot) for slot in entry.dates(year)),
        kilometres(entry.tenths),
        in_words(entry.experience.accommodations),
    )
