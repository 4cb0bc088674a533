"""A finished round as history: what each student was given and did, in rows that the next round reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from engine.canonical import canonical_table
from engine.columns import read_table
from engine.csvtext import FileRefusedError, read_csv_rows
from engine.domain import HistoryRow
from engine.faults import Fault, RoundRefusedError
from engine.tables import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.allocation import Allocation, Assignment
    from engine.domain import Round

ORDER = attrgetter(*(field.name for field in fields(HistoryRow)))


@dataclass(frozen=True, slots=True)
class Finished:
    """The next round's history: ``rows`` sorted, of which ``added`` are new; what was not, or not wholly, attended."""

    rows: tuple[HistoryRow, ...]
    added: int
    students: int
    absent: int
    shortened: int


def finished_history(
    round_: Round, allocation: Allocation, attended: Mapping[tuple[str, str], int] | None = None
) -> Finished:
    """The round's own history and a row for everything in ``allocation``, as long as it was ``attended``.

    ``round_`` is loaded with its whole history, that of students who have left included. A slot of which no half-day
    was attended gives no row, so that the student may be offered it again. Raises ``RoundRefusedError`` for rows that
    the round does not know, rows given twice, and rows that its history holds already.
    """
    _require_whole(round_, allocation)
    hours = attended or {}
    done = {row: hours.get((row.student_id, row.slot_id)) for row in allocation.assignments}
    new = [_row(round_, row, half_days) for row, half_days in done.items() if half_days != 0]
    return Finished(
        rows=tuple(sorted([*round_.history, *new], key=ORDER)),
        added=len(new),
        students=len({row.student_id for row in new}),
        absent=sum(half_days == 0 for half_days in done.values()),
        shortened=sum(bool(n) and n < round_.slots[row.slot_id].half_days for row, n in done.items() if n is not None),
    )


def history_csv(round_: Round, rows: Iterable[HistoryRow]) -> bytes:
    """The rows as the table ``history.csv``, written so that the next round reads the same rows."""
    return canonical_table(replace(round_, history=tuple(rows)), HISTORY.name).encode()


def missing_rows(path: Path, rows: Iterable[HistoryRow]) -> int:
    """How many rows of the history table at ``path`` are not among ``rows``; 1 or more if it is no such table."""
    try:
        parsed, faults, _ = read_table(HISTORY, read_csv_rows(path, HISTORY))
    except FileRefusedError:
        return 1
    names = [field.name for field in fields(HistoryRow)]
    there = Counter(
        HistoryRow(**dict(zip(names, cells, strict=True)))
        for cells in zip(*(parsed.facts[name].tolist() for name in names), strict=True)
    )
    return (there - Counter(rows)).total() + len(faults)


def _row(round_: Round, row: Assignment, half_days: int | None) -> HistoryRow:
    student, slot = round_.students[row.student_id], round_.slots[row.slot_id]
    experience = round_.experiences[slot.experience_id]
    return HistoryRow(
        student_id=student.student_id,
        academic_year=round_.academic_year,
        year_group=student.year_group,
        tier=experience.tier,
        sector=experience.sector,
        half_days=slot.half_days if half_days is None else half_days,
        employer_id=experience.employer_id,
        experience_id=experience.experience_id,
        counts=experience.counts,
    )


def _require_whole(round_: Round, allocation: Allocation) -> None:
    """Refuse an allocation from which rows would be lost or counted twice."""
    faults: list[Fault] = []
    already = {(row.student_id, row.academic_year, row.experience_id) for row in round_.history if row.experience_id}
    pins = {(d.student_id, d.slot_id) for d in round_.decisions if d.kind == "pin"}
    for row, times in Counter(allocation.assignments).items():
        where = f"student {row.student_id} in slot {row.slot_id}"
        if row.student_id not in round_.students or row.slot_id not in round_.slots:
            message = f"The round does not have {where}: take the row out, or put what it names back into the round."
            faults.append(_fault("unknown_reference", where, message))
            continue
        if times > 1:
            faults.append(_fault("duplicate_key", where, f"The allocation has {where} {times} times; keep one."))
        experience_id = round_.slots[row.slot_id].experience_id
        key = row.student_id, round_.academic_year, experience_id
        if key in already and (row.student_id, row.slot_id) not in pins:
            message = (
                f"The round's history has experience {experience_id} of student {row.student_id} in "
                f"{round_.academic_year} already; was this round's history taken before?"
            )
            faults.append(_fault("contradiction", where, message))
    if faults:
        raise RoundRefusedError(faults)


def _fault(code: str, where: str, message: str) -> Fault:
    return Fault("allocations", 0, "", where, code, message)
