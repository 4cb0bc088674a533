"""What a fault says to the person who must put it right: what is wrong with the cell and what it takes instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagnosis import REFUSAL
from engine.faults import Fault
from engine.schema import heading_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema import Column, Table

LONGEST_VALUE = 200
_WRONG = {
    "missing_value": "This cell is blank",
    "bad_number": "{value} is not a number that can be read",
    "bad_date": "{value} is not a date that can be read",
    "bad_choice": "{value} is not one of the choices",
    "unknown_code": "{value} is not a code in use",
    "out_of_range": "{value} is out of range",
    "bad_postcode": "{value} is not a full postcode",
    "duplicate_key": "{value} is in a row above too",
    "unknown_reference": "{value} is not in {refers}",
}


def cell_fault(  # noqa: D417 - the names say it
    table: Table,
    column: Column,
    row: int,
    value: str,
    code: str,
    items: Sequence[str] = (),
    heading: str = "",
) -> Fault:
    """The fault of one cell; ``items`` are the parts of a list at fault, ``heading`` the user's own name for it."""
    shown = ", ".join(f"“{shortened(item)}”" for item in (items or [value]))
    if code == "diagnosis":
        message = f"{shown} {REFUSAL}."
    else:
        wrong = _WRONG[code].format(value=shown, refers=column.refers)
        message = f"{wrong}; {named(column, heading)} takes {column.accepts}."
    return Fault(table.name, row, column.name, shortened(value), code, message)


def named(column: Column, heading: str) -> str:
    """The column's name, and the user's own heading where that differs."""
    if heading and heading_key(heading) != heading_key(column.name):
        return f"{column.name} (your column “{shortened(heading)}”)"
    return column.name


def shortened(value: str) -> str:
    """The value, cut where no reader would go on."""
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
