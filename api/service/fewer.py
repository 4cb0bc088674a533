"""Whether an employer's offer only takes away: what a published round takes from an employer without being reopened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.schema import match_headings
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.documents import Sheet

PLACES = ("capacity", "groups", "support_places", "reserved")
"""What of a slot may become less; 0 places or groups withdraw it."""
_TABLES = {table.name: table for table in TABLES}

Filled = dict[str, str]


def only_takes_away(before: Mapping[str, Sheet], after: Mapping[str, Sheet]) -> bool:
    """Whether ``after`` has the experiences and slots of ``before``, by table, with no more places in any slot.

    Both are without faults, so that places are whole numbers.
    """
    experiences = [_rows("experiences", each["experiences"]) for each in (before, after)]
    slots = [_rows("slots", each["slots"]) for each in (before, after)]
    if experiences[0] != experiences[1] or slots[0].keys() != slots[1].keys():
        return False
    return all(_is_less(slots[0][slot_id], slot) for slot_id, slot in slots[1].items())


def _is_less(before: Filled, after: Filled) -> bool:
    rest = [{column: cell for column, cell in each.items() if column not in PLACES} for each in (before, after)]
    counts = [[_count(each, column) for column in PLACES] for each in (before, after)]
    return rest[0] == rest[1] and all(new <= old for old, new in zip(*counts, strict=True))


def _count(slot: Filled, column: str) -> int:
    """The places as the engine reads them; none where the cell is blank."""
    count = _TABLES["slots"].column(column).read(slot[column]) if column in slot else 0
    assert isinstance(count, int)
    return count


def _rows(table: str, sheet: Sheet) -> dict[str, Filled]:
    """The rows by their key, under the declared names of their columns, without blank cells."""
    names = list(sheet.columns)
    for name, place in match_headings(_TABLES[table], names).position.items():
        names[place] = name
    key = _TABLES[table].key[0]
    rows = ({name: cell.strip() for name, cell in zip(names, row, strict=True) if cell.strip()} for row in sheet.rows)
    return {row[key]: row for row in rows}
