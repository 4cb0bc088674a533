"""What a fault says to the person who must put it right: what is wrong with the cell and what it takes instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.diagnosis import REFUSAL
from engine.schema import heading_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema import Column

LONGEST_VALUE = 200
_WRONG = {
    "missing_value": "This cell is blank",
    "bad_number": "{value} is not a number that can be read",
    "bad_date": "{value} is not a date that can be read",
    "bad_choice": "{value} is not one of the choices",
    "unknown_code": "{value} is not a code in use",
    "out_of_range": "{value} is out of range",
    "bad_postcode": "{value} is not a full postcode",
    "unknown_reference": "{value} is not in the round",
}


def cell_message(column: Column, value: str, code: str, items: Sequence[str] = (), *, heading: str = "") -> str:
    """What is wrong with one cell; ``items`` are the parts of a list at fault, ``heading`` the user's name for it."""
    shown = ", ".join(f"“{shortened(item)}”" for item in (items or [value]))
    if code == "diagnosis":
        return f"{shown} {REFUSAL}."
    return f"{_WRONG[code].format(value=shown)}; {_named(column, heading)} takes {column.accepts}."


def missing_column_message(column: Column, why: str = "") -> str:
    """What a header row lacks; ``why`` says which rows need the column."""
    return f"There is no column {column.name}{why}; it takes {column.accepts}. Add the column, or name it so."


def shortened(value: str) -> str:
    """The value, cut where no reader would go on."""
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"


def _named(column: Column, heading: str) -> str:
    if heading and heading_key(heading) != heading_key(column.name):
        return f"{column.name} (your column “{shortened(heading)}”)"
    return column.name
