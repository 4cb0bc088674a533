"""The register of a finished round: how many half-days of a slot a student attended, where that was not all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import cells
from engine.columns import read_table
from engine.csvtext import FileRefusedError, read_csv_rows
from engine.faults import Fault, RoundRefusedError
from engine.schema import Column, Table
from engine.tables import LONGEST_SLOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.columns import Parsed
    from engine.domain import Round

Pair = tuple[str, str]

ATTENDANCE = Table(
    "attendance",
    (
        Column("student_id", cells.text, "a student_id", ("student", "upn", "pupil id"), required=True, blank=""),
        Column("slot_id", cells.text, "a slot_id", ("slot",), required=True, blank=""),
        Column(
            "half_days",
            cells.whole(0, LONGEST_SLOT),
            "how many half-days of the slot the student attended, 0 for none",
            ("half days attended", "attended"),
            required=True,
            blank=0,
        ),
    ),
    key=("student_id", "slot_id"),
    about_students=True,
)
"""A row for whoever attended less than the whole slot; whoever has no row attended all of it."""


def read_attendance(path: Path, round_: Round, given: Iterable[Pair]) -> dict[Pair, int]:
    """The half-days attended, by student and slot, of rows that were ``given``.

    Raises ``RoundRefusedError`` with every fault: cells that cannot be read, a pair that was not given or stands twice,
    more half-days than the slot has.
    """
    try:
        rows = read_csv_rows(path, ATTENDANCE)
    except FileRefusedError as error:
        fault = Fault(ATTENDANCE.name, error.row, "", error.value, error.code, error.message)
        raise RoundRefusedError([fault]) from error
    parsed, faults, _ = read_table(ATTENDANCE, rows)
    faults += _wrong_rows(parsed, round_, frozenset(given))
    if faults:
        raise RoundRefusedError(sorted(faults, key=lambda fault: (fault.row, fault.column, fault.code)))
    return {pair: half_days for _, pair, half_days in _read(parsed)}


def _wrong_rows(parsed: Parsed, round_: Round, given: frozenset[Pair]) -> list[Fault]:
    faults: list[Fault] = []
    first: dict[Pair, int] = {}
    for i, pair, half_days in _read(parsed):
        student_id, slot_id = pair
        if not all(pair):
            continue
        if pair not in given:
            message = f"The allocation does not have student {student_id} in slot {slot_id}."
            faults.append(parsed.fault(i, "slot_id", "unknown_reference", message))
        elif half_days > round_.slots[slot_id].half_days:
            most = round_.slots[slot_id].half_days
            message = f"Slot {slot_id} has {most} half-days; nobody can have attended more."
            faults.append(parsed.fault(i, "half_days", "out_of_range", message))
        if pair in first:
            message = f"Student {student_id} in slot {slot_id} is already in row {first[pair]}; keep one of them."
            faults.append(parsed.fault(i, "slot_id", "duplicate_key", message))
        first.setdefault(pair, int(parsed.rows[i]))
    return faults


def _read(parsed: Parsed) -> Iterable[tuple[int, Pair, int]]:
    columns: Mapping[str, Iterable[str | int]] = {name: parsed.facts[name].tolist() for name in parsed.facts}
    rows = zip(columns["student_id"], columns["slot_id"], columns["half_days"], strict=True)
    for i, (student_id, slot_id, half_days) in enumerate(rows):
        yield i, (str(student_id), str(slot_id)), int(half_days)
