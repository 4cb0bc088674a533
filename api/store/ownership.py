"""Whose rows they are: a round's tables taken apart by school and employer, and put together again.

What a row is about decides, not who typed it: a student's rows are the school's, a slot is the employer's.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from api.store.documents import HUB_OWN, Owner, Sheet
from engine.columns import EDGES, read_table
from engine.schema import match_headings
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.columns import Parsed
    from engine.csvtext import Rows
    from engine.schema import Table

OF_SCHOOLS: tuple[str, ...] = ("schools", "students", "preferences", "history", "calendar")
OF_EMPLOYERS: tuple[str, ...] = ("employers", "experiences", "slots")
PERSONAL: tuple[str, ...] = ("students", "preferences", "history", "decisions", "baseline", "travel", "attendance")
"""Tables that tell of students, to be emptied when their time is up."""
_TABLES = {table.name: table for table in TABLES}
ABOUT_STUDENTS = frozenset({"preferences", "history"})
"""What a school says of its students, by their ids alone."""
Part = tuple[str, Owner, Sheet]


def take_apart(found: Mapping[str, Rows]) -> list[Part]:
    """Every table of a round that was read without faults, by owner, cells as they were sent."""
    parsed = {name: read_table(_TABLES[name], rows)[0] for name, rows in found.items() if rows.rows}
    owners = _Owners(parsed)
    parts: list[Part] = []
    for name, one in parsed.items():
        whole = named_sheet(_TABLES[name], found[name])
        of_owner: dict[Owner, list[tuple[str, ...]]] = defaultdict(list)
        for owner, row in zip(owners.of(name, one), whole.rows, strict=True):
            of_owner[owner].append(row)
        if not of_owner:
            of_owner[HUB_OWN] = []
        parts += [(name, owner, Sheet.of(whole.columns, rows)) for owner, rows in of_owner.items()]
    return parts


def put_together(table: str, sheets: Iterable[Sheet]) -> Sheet:
    """One table from its owners' parts: the declared columns in their order, then any other that somebody has."""
    sheets = list(sheets)
    given = dict.fromkeys(column for sheet in sheets for column in sheet.columns)
    declared = [column.name for column in _TABLES[table].columns if column.name in given]
    columns = [*declared, *(column for column in given if column not in declared)]
    rows = [tuple(record.get(column, "") for column in columns) for sheet in sheets for record in sheet.records()]
    return Sheet.of(columns, rows)


def about_own_students(sheets: Mapping[str, Sequence[tuple[Owner, Sheet]]]) -> dict[str, list[Sheet]]:
    """The sheets of every table, less what a school sent about students who are another's and not its own.

    Rows about students whom nobody has stay: they are the engine's to tell of.
    """
    schools_of: dict[str, set[Owner]] = defaultdict(set)
    for owner, sheet in sheets.get("students", ()):
        for each in ids_in(sheet, "student_id"):
            schools_of[each].add(owner)
    return {
        table: [_own(sheet, owner, schools_of) if table in ABOUT_STUDENTS else sheet for owner, sheet in parts]
        for table, parts in sheets.items()
    }


def ids_in(sheet: Sheet, column: str) -> list[str]:
    """The cells of a column of ids as the engine reads them, a row each; none where there is no such column."""
    if column not in sheet.columns:
        return []
    place = sheet.columns.index(column)
    return [row[place].strip(EDGES) for row in sheet.rows]


def empty_sheet(table: str) -> Sheet:
    """The table with its declared columns and no rows."""
    return Sheet.of([column.name for column in _TABLES[table].columns], [])


def named_sheet(table: Table, found: Rows) -> Sheet:
    """The rows under the declared names of their columns; other headings stay as they are, numbered if they repeat."""
    header = found.rows[0]
    names = list(header)
    for name, position in match_headings(table, header).position.items():
        names[position] = name
    seen: dict[str, int] = defaultdict(int)
    for i, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1 or not name:
            names[i] = f"{name or 'column'} {i + 1}"
    return Sheet.of(names, [[*row] for row in found.rows[1:]])


def _own(sheet: Sheet, owner: Owner, schools_of: Mapping[str, set[Owner]]) -> Sheet:
    if owner.kind != "school":
        return sheet
    whose = [schools_of.get(each, {owner}) for each in ids_in(sheet, "student_id")]
    return Sheet(sheet.columns, tuple(row for row, schools in zip(sheet.rows, whose, strict=True) if owner in schools))


class _Owners:
    """Who owns each row of each table."""

    def __init__(self, parsed: Mapping[str, Parsed]) -> None:
        self._school_of = _pairs(parsed.get("students"), "student_id", "urn")
        self._employer_of = _pairs(parsed.get("experiences"), "experience_id", "employer_id")

    def of(self, name: str, one: Parsed) -> list[Owner]:
        """The owner of every row, in order."""
        if name in {"schools", "students", "calendar"}:
            return [Owner("school", urn) for urn in one.facts["urn"]]
        if name in {"preferences", "history"}:
            return [self._known("school", self._school_of.get(each)) for each in one.facts["student_id"]]
        if name in {"employers", "experiences"}:
            return [Owner("employer", each) for each in one.facts["employer_id"]]
        if name == "slots":
            return [self._known("employer", self._employer_of.get(each)) for each in one.facts["experience_id"]]
        return [HUB_OWN] * len(one.rows)

    @staticmethod
    def _known(kind: str, owner: str | None) -> Owner:
        return HUB_OWN if owner is None else Owner(kind, owner)


def _pairs(parsed: Parsed | None, key: str, value: str) -> dict[str, str]:
    return {} if parsed is None else dict(zip(parsed.facts[key], parsed.facts[value], strict=True))
