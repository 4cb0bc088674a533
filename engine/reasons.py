"""Why a student has no slot: one reason code, a sentence with the numbers, and a change only where it is verified."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.apart import kept_apart, partners_of
from engine.changes import CHANGES, change_sentence
from engine.forming import Forming
from engine.given import given_rows
from engine.openings import openings
from engine.precedence import Precedence, Standoff
from engine.reason_sentences import (
    apart_detail,
    full_detail,
    group_short_detail,
    no_option_detail,
    not_available_detail,
    room_left_detail,
    unproven_detail,
)
from engine.room import Bar, Room
from engine.rules import PAIR_RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.allocation import Allocation
    from engine.domain import Round, Student
    from engine.given import Given
    from engine.openings import Opening
    from engine.options import Options

REASON_CODES: tuple[str, ...] = (
    "not_available",
    "no_option_year",
    "no_option_access",
    "no_option_travel",
    "no_option_dates",
    "no_option_other",
    "decision",
    "group_short",
    "full",
    "unproven",
)
NO_OPTION: Mapping[str, str] = {
    "year": "no_option_year",
    "individual_age": "no_option_year",
    "access": "no_option_access",
    "travel": "no_option_travel",
    "dates": "no_option_dates",
    "cleared": "no_option_dates",
    "calendar": "no_option_dates",
}
"""The reason of a student whom one rule leaves without options; ``no_option_other`` for every other rule."""


NOT_ASKED = Standoff(None, frozenset())
"""Of exchanges that are not told of."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A student without a slot, and why; ``change`` is blank where only competition decides."""

    student_id: str
    urn: str
    reason: str
    detail: str
    change: str = ""


def unplaced_reasons(
    round_: Round,
    options: Options,
    allocation: Allocation,
    *,
    proven: bool,
    blocking_level: str | None = None,
    rows: tuple[Given, ...] | None = None,
) -> tuple[Unplaced, ...]:
    """Every student without a slot once, in ascending order, with exactly one reason.

    ``proven`` says whether the levels that settle how many students are placed meet their bounds; ``blocking_level``
    names the first level, of all, that does not. ``rows`` are the allocation's ``given_rows`` where they are known.
    """
    inquiry = _Inquiry(round_, options, allocation, proven, blocking_level, rows)
    return tuple(inquiry.unplaced(number) for number in inquiry.without)


def main_rule(removed_alone: NDArray[np.int32]) -> str:
    """The rule whose removal alone would leave the most options, ties in the rules' order; none if none would."""
    best = int(removed_alone.argmax())
    return PAIR_RULES[best] if removed_alone[best] else ""


@dataclass(frozen=True)
class _Inquiry:
    """One allocation's unplaced students and what is known about them all."""

    round_: Round
    options: Options
    allocation: Allocation
    proven: bool
    blocking_level: str | None
    rows: tuple[Given, ...] | None

    @cached_property
    def without(self) -> Mapping[int, Student]:
        """The students without a slot, by number."""
        placed = {row.student_id for row in self.allocation.assignments}
        ids = self.options.students
        return {n: self.round_.students[ids[n]] for n in range(len(ids)) if ids[n] not in placed}

    def unplaced(self, number: int) -> Unplaced:
        """The reason of one student, by the first case that applies."""
        student = self.without[number]
        opening = self._openings.get(student.student_id)
        change = change_sentence(self._room, student, opening) if opening and not self._is_limited(student) else ""
        if self._is_limited(student) or not student.available:
            return _row(student, "not_available", not_available_detail(self.round_, student), change)
        if self._has_options(number):
            return self._competed(number, student, opening, change)
        removed, alone = self.options.removed[number], self.options.removed_alone[number]
        reason = NO_OPTION.get(main_rule(alone), "no_option_other")
        return _row(student, reason, no_option_detail(self.round_, student, removed, alone, opening), change)

    def _competed(self, number: int, student: Student, opening: Opening | None, change: str) -> Unplaced:
        """A student who passes the pair rules somewhere: what bars each of those slots decides."""
        pairs = self._pairs_of(number)
        slots = self.options.slot[pairs].astype(np.int64)
        bars = self._room.bars(student.urn, support=student.support)[slots]
        parted = self._parted(student, slots)
        exchanges = self._exchanges(student, pairs[~parted], bars[~parted])
        open_ended = not self.proven or not exchanges.wins.isdisjoint(self._unproven_levels)
        if ((bars == 0) & ~parted).any():
            if open_ended or (exchanges.behind is None and exchanges.wins):
                return _row(student, "unproven", unproven_detail(bars, self.blocking_level))
            return _row(student, "full", room_left_detail(self._room, bars, exchanges.behind))
        short = bars == Bar.GROUP_SHORT
        groups_parted = self._forming.parted(student, slots, short)
        kept_from, forbidden = int(((bars == 0) & parted).sum()), len(opening.with_room) if opening else 0
        if kept_from or groups_parted.any() or forbidden:
            return _row(student, "decision", apart_detail(bars, kept_from, groups_parted, forbidden), change)
        hopeless = bool(self._forming.never(student, slots).all())
        if open_ended and not hopeless:
            return _row(student, "unproven", unproven_detail(bars, self.blocking_level))
        if hopeless or short.any():
            where = short | hopeless
            return _row(student, "group_short", group_short_detail(self._room, student, slots[where], bars[~where]))
        return _row(student, "full", full_detail(self._room, bars, exchanges.behind, self.blocking_level))

    def _exchanges(self, student: Student, pairs: NDArray[np.int64], bars: NDArray[np.int16]) -> Standoff:
        """How the student's exchanges end; not asked where nothing is proven, for then they are not told of."""
        return self._precedence.standoff(student.student_id, pairs, bars) if self.proven else NOT_ASKED

    def _is_limited(self, student: Student) -> bool:
        """Whether a limit of 0 leaves nothing to give."""
        policy = self.round_.policy
        own = policy.max_experiences if student.max_experiences is None else student.max_experiences
        return own == 0 or policy.max_half_days == 0

    def _has_options(self, number: int) -> bool:
        return bool(self.options.first[number] < self.options.first[number + 1])

    def _pairs_of(self, number: int) -> NDArray[np.int64]:
        return np.arange(self.options.first[number], self.options.first[number + 1])

    def _parted(self, student: Student, slots: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of ``slots`` those whom the student is to be kept apart from close."""
        closed = self._apart.get(student.student_id)
        if not closed:
            return np.zeros(len(slots), dtype=np.bool_)
        return np.array([self.options.slots[slot] in closed for slot in slots.tolist()], dtype=np.bool_)

    @cached_property
    def _unproven_levels(self) -> frozenset[str]:
        names = [level.name for level in self.round_.policy.levels]
        return frozenset(names[names.index(self.blocking_level) :] if self.blocking_level in names else ())

    @cached_property
    def _room(self) -> Room:
        return Room(self.round_, self.options.slots, self.allocation)

    @cached_property
    def _precedence(self) -> Precedence:
        rows = given_rows(self.round_, self.options, self.allocation) if self.rows is None else self.rows
        return Precedence(self.options, self._room, rows)

    @cached_property
    def _forming(self) -> Forming:
        partners = partners_of(self.round_, (student.student_id for student in self.without.values()))
        return Forming(self.options, self._room, self.without, partners, self._apart)

    @cached_property
    def _apart(self) -> Mapping[str, frozenset[str]]:
        return kept_apart(self.round_, self.allocation, (student.student_id for student in self.without.values()))

    @cached_property
    def _openings(self) -> Mapping[str, Opening]:
        wanted = {student.student_id: self._deciding_rule(number) for number, student in self.without.items()}
        asked = {student_id: rule for student_id, rule in wanted.items() if rule in CHANGES}
        return openings(self._room, self.options, self._apart, asked)

    def _deciding_rule(self, number: int) -> str:
        """The rule worth lifting to see: the one that leaves the student nothing, or a forbid among the options."""
        student, alone = self.without[number], self.options.removed_alone[number]
        if not student.available:
            return "available"
        if self._is_limited(student):
            return ""
        if self._has_options(number):
            return "forbid" if alone[PAIR_RULES.index("forbid")] else ""
        return main_rule(alone)


def _row(student: Student, reason: str, detail: str, change: str = "") -> Unplaced:
    return Unplaced(student.student_id, student.urn, reason, detail, change)
