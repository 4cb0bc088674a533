"""What a re-run changes for each student: who keeps, moves, loses and gains, in sentences for a coordinator."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.allocation import Allocation
from engine.audit import audit
from engine.spreadsheet import csv_text
from engine.wording import quoted, when_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.domain import Round

CHANGE_COLUMNS: tuple[str, ...] = ("student_id", "urn", "change", "slot_before", "slot_after", "notified", "sentence")
KINDS: tuple[str, ...] = ("kept", "moved", "lost", "gained")
MAKES_WAY = (
    "no rule bars it by itself, but not every published row can be kept beside the others, and the levels decide which"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One published row and what became of it, or one new row; ``before`` or ``after`` is blank where there is none."""

    student_id: str
    urn: str
    kind: str
    before: str
    after: str
    notified: bool
    sentence: str


def changes_of(round_: Round, allocation: Allocation, urns: Mapping[str, str]) -> tuple[Change, ...]:
    """Every change from the baseline of a re-run to its allocation, in ascending order of student and slots.

    A student's rows that went and rows that came are moves as far as they pair up, earliest first. ``urns`` says the
    school of students who are no longer in the round, as it was published.
    """
    telling = _Telling(round_, urns)
    before, after = defaultdict(set), defaultdict(set)
    for row in round_.baseline:
        before[row.student_id].add(row.slot_id)
    for assignment in allocation.assignments:
        after[assignment.student_id].add(assignment.slot_id)
    found = [
        change
        for student_id in sorted({*before, *after})
        for change in telling.of_student(student_id, before[student_id], after[student_id])
    ]
    return tuple(found)


def counts_of(changes: Iterable[Change]) -> dict[str, int]:
    """How many changes there are of every kind."""
    times = Counter(change.kind for change in changes)
    return {kind: times[kind] for kind in KINDS}


def changes_csv(changes: Iterable[Change]) -> bytes:
    """``changes.csv``: a row for every change."""
    rows = ((c.student_id, c.urn, c.kind, c.before, c.after, "Y" if c.notified else "N", c.sentence) for c in changes)
    return csv_text(CHANGE_COLUMNS, rows).encode()


class _Telling:
    """Tells changes of one re-run; the audit of what was published says why a row cannot stand any more."""

    def __init__(self, round_: Round, urns: Mapping[str, str]) -> None:
        """Audit the baseline once, as it would stand in the round as it is now."""
        self.round_, self.urns = round_, urns
        self.quiet = {row.pair for row in round_.baseline if not row.notified}
        self.frozen = round_.frozen
        found = audit(round_, Allocation.of(row.pair for row in round_.baseline))
        self.barred: dict[tuple[str, str], str] = {}
        for breach in reversed(found.breaches):
            self.barred[breach.student_id, breach.slot_id] = (
                f"the rule `{breach.rule}` now bars it ({breach.sentence.rstrip('.')})"
            )

    def of_student(self, student_id: str, before: set[str], after: set[str]) -> list[Change]:
        """The changes of one student, kept rows first."""
        gone, come = sorted(before - after, key=self._order), sorted(after - before, key=self._order)
        pairs = [(slot_id, slot_id) for slot_id in sorted(before & after, key=self._order)]
        moves = min(len(gone), len(come))
        pairs += zip(gone, come, strict=False)
        pairs += [*((slot_id, "") for slot_id in gone[moves:]), *(("", slot_id) for slot_id in come[moves:])]
        return [self._change(student_id, *pair) for pair in pairs]

    def _change(self, student_id: str, before: str, after: str) -> Change:
        known = self.round_.students.get(student_id)
        urn = known.urn if known else self.urns.get(student_id, "")
        if before == after:
            kind, tail = "kept", f"keeps {self._named(after)}{self._begun(student_id, after)}"
        elif before and after:
            why = self._why(student_id, before)
            kind, tail = "moved", f"moves from {self._named(before)} to {self._named(after)}: {why}"
        elif before:
            kind, tail = "lost", f"no longer has {self._named(before)}: {self._why(student_id, before)}"
        else:
            kind, tail = "gained", f"is newly given {self._named(after)}"
        notified = bool(before) and (student_id, before) not in self.quiet
        return Change(student_id, urn, kind, before, after, notified, f"Student {student_id} {tail}.")

    def _begun(self, student_id: str, slot_id: str) -> str:
        return ", which has begun and so is kept as it is" if (student_id, slot_id) in self.frozen else ""

    def _why(self, student_id: str, slot_id: str) -> str:
        """Why a published row is not kept."""
        if student_id not in self.round_.students:
            return "the student is no longer in the round"
        slot = self.round_.slots.get(slot_id)
        if slot is None:
            return "the slot is no longer in the round"
        if not (slot.groups if self.round_.experiences[slot.experience_id].grouping == "group" else slot.capacity):
            return "the slot has been withdrawn"
        own, shared = (student_id, slot_id), ("", slot_id)
        return self.barred.get(own) or self.barred.get(shared) or MAKES_WAY

    def _named(self, slot_id: str) -> str:
        slot = self.round_.slots.get(slot_id)
        if slot is None:
            return f"slot {slot_id}"
        experience = self.round_.experiences[slot.experience_id]
        employer = self.round_.employers[experience.employer_id].name
        return f"{quoted(experience.title)} with {employer} ({when_words(slot)}; slot {slot_id})"

    def _order(self, slot_id: str) -> tuple[str, str]:
        slot = self.round_.slots.get(slot_id)
        return (f"{slot.date.isoformat()} {slot.half}" if slot else ""), slot_id
