"""An allocation that a person changed by hand: what it has that the run's own had not, and whom it leaves out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from io import StringIO
from typing import TYPE_CHECKING

from engine.allocation import Allocation, Assignment
from engine.spreadsheet import csv_text, plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.reasons import Unplaced

BY_HAND_COLUMNS: tuple[str, ...] = ("student_id", "slot_id", "change")

TAKEN_AWAY = (
    "The calculation gave this student a slot. It was taken away by hand when the allocation was signed off, by a "
    "decision that is on record with its reason."
)
CHANGED = (
    "The allocation was changed by hand when it was signed off, by a decision that is on record with its reason. The "
    "published goals by themselves no longer say who comes first at the slots open to this student."
)


@dataclass(frozen=True, slots=True)
class ByHand:
    """The allocation of the run beside the edited one; ``settled``: the run had proven how many could be placed."""

    before: Allocation
    after: Allocation
    settled: bool

    @property
    def added(self) -> frozenset[Assignment]:
        """The rows that only the edited allocation has."""
        return frozenset(self.after.assignments) - frozenset(self.before.assignments)

    @property
    def removed(self) -> frozenset[Assignment]:
        """The rows that only the run's own allocation has."""
        return frozenset(self.before.assignments) - frozenset(self.after.assignments)

    def reasons(self, unplaced: Iterable[Unplaced]) -> tuple[Unplaced, ...]:
        """The reasons of those without a slot: ``decision`` where it was the edit that left the student out.

        A run that was not settled before may still have stopped too early for a student whom nobody touched.
        """
        had = {row.student_id for row in self.before.assignments}
        return tuple(self._reason(each, taken=each.student_id in had) for each in unplaced)

    def _reason(self, each: Unplaced, *, taken: bool) -> Unplaced:
        if taken:
            return replace(each, reason="decision", detail=TAKEN_AWAY, change="")
        if each.reason == "unproven" and self.settled:
            return replace(each, reason="decision", detail=CHANGED, change="")
        return each


def by_hand_csv(edit: ByHand) -> bytes:
    """``by_hand.csv``: a row for every row that was added or taken away."""
    listed = [*((row, "added") for row in edit.added), *((row, "removed") for row in edit.removed)]
    rows = ((row.student_id, row.slot_id, change) for row, change in sorted(listed))
    return csv_text(BY_HAND_COLUMNS, rows).encode()


def read_by_hand(content: bytes, after: Allocation, *, settled: bool) -> ByHand:
    """The edit that ``by_hand_csv`` wrote beside ``after``; raises ``ValueError`` for any other table."""
    header, *rows = list(csv.reader(StringIO(content.decode("utf-8"), newline=""))) or [[]]
    if tuple(header) != BY_HAND_COLUMNS or any(len(row) != len(header) for row in rows):
        raise ValueError(f"its columns must be {', '.join(BY_HAND_COLUMNS)}")
    told = [(Assignment(plain_cell(row[0]), plain_cell(row[1])), row[2]) for row in rows]
    added = {row for row, change in told if change == "added"}
    kept = [row for row in after.assignments if row not in added]
    before = [*kept, *(row for row, change in told if change == "removed")]
    return ByHand(Allocation(tuple(sorted(before))), after, settled)
