"""Ids that another school or employer has in the round already: nobody can take them a second time.

Without this one sender could, unseen, keep a whole round from being frozen, and everybody's catalogue from being made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.people import OPERATOR
from api.store import documents
from api.store.documents import Owner, Sheet
from api.store.ownership import ids_in
from engine.columns import EDGES
from engine.faults import Fault
from engine.schema import match_headings
from engine.sentences import shortened
from engine.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection

    from api.store.database import Database
    from engine.csvtext import Rows

KEYS = {"students": "student_id", "experiences": "experience_id", "slots": "slot_id"}
"""By table, the id that is unique in a round, whoever sends it."""
ANOTHERS = {
    "students": "is a student of another school in this round; put your URN before it ({owner}-{value}), or ask the "
    "hub if the student has moved to you.",
    "experiences": "is another employer's experience in this round; take another id, such as {owner}-{value}.",
    "slots": "is another employer's slot in this round; take another id, such as {owner}-{value}.",
}
_TABLES = {table.name: table for table in TABLES}


def ids_of_others(database: Database, round_id: str, table: str, owner: Owner) -> frozenset[str]:
    """The ids that others than ``owner`` have in the table; their rows are read for it here and not told of."""
    if table not in KEYS:
        return frozenset()
    with database.reading(OPERATOR) as session:
        return frozenset(
            each
            for document in documents.current(session, round_id, tables=[table])
            if document.body is not None and Owner(document.owner_kind, document.owner_id) != owner
            for each in ids_in(Sheet.read(document.body), KEYS[table])
        )


def taken_faults(table: str, found: Rows, owner: Owner, taken: Collection[str]) -> tuple[Fault, ...]:
    """A fault for every row, below the header, whose id is among the ``taken``."""
    if not taken or not found.rows:
        return ()
    key = KEYS[table]
    place = match_headings(_TABLES[table], found.rows[0]).position.get(key)
    if place is None:
        return ()
    rows = zip(found.numbers[1:], found.rows[1:], strict=True)
    ids = ((number, row[place].strip(EDGES)) for number, row in rows if place < len(row))
    return tuple(_fault(table, number, each, owner) for number, each in ids if each in taken)


def _fault(table: str, number: int, value: str, owner: Owner) -> Fault:
    told = shortened(value)
    words = ANOTHERS[table].format(owner=owner.id, value=told)
    return Fault(table, number, KEYS[table], told, "duplicate_key", f"“{told}” {words}")
