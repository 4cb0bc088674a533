"""What students share: one row per limit of a slot, an employer or a school, and who uses it.

Each resource rule has one builder here, registered under the rule's code; a builder adds rows that can bind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.problem import Resources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.domain import Round
    from solver.arrays import Bools, Ints
    from solver.fixed import FixedRows
    from solver.numbering import Numbering
    from solver.problem import SlotFacts


@dataclass(slots=True)
class _Rows:
    """Rows as they are collected."""

    numbers: Numbering
    round_: Round
    slots: SlotFacts
    used: _Used
    names: list[tuple[str, ...]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    of_slot: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    support: dict[int, int] = field(default_factory=dict)
    of_school: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def add(self, limit: int, *name: str) -> int:
        """A new row with what fixed assignments leave of ``limit``; frozen ones alone may have passed it."""
        most = max(limit, self.used.frozen[name])
        self.names.append(name)
        self.left.append(most - self.used.everyone[name])
        return len(self.names) - 1


@dataclass(frozen=True, slots=True)
class _Used:
    everyone: Mapping[tuple[str, ...], int]
    frozen: Mapping[tuple[str, ...], int]


def build_resources(
    round_: Round, numbers: Numbering, slots: SlotFacts, fixed: FixedRows, without: frozenset[str]
) -> Resources:
    """All rows of all resource rules but those in ``without``."""
    used = _Used(_use_of(round_, fixed.pairs), _use_of(round_, fixed.frozen))
    rows = _Rows(numbers, round_, slots, used)
    for code, builder in BUILDERS.items():
        if code not in without:
            builder(rows)
    first = np.zeros(len(numbers.slot_ids) + 1, dtype=np.int64)
    np.cumsum([len(rows.of_slot.get(j, ())) for j in range(len(numbers.slot_ids))], out=first[1:])
    support = np.full(len(numbers.slot_ids), -1, dtype=np.int64)
    for j, row in rows.support.items():
        support[j] = row
    school_rows = np.full((2, len(numbers.school_ids), max(1, len(numbers.half_day))), -1, dtype=np.int64)
    for (kind, k, moment), row in rows.of_school.items():
        school_rows[kind, k, moment] = row
    return Resources(
        names=tuple(rows.names),
        left=np.array(rows.left, dtype=np.int64),
        slot_first=first,
        slot_row=np.array([r for j in range(len(first) - 1) for r in rows.of_slot.get(j, ())], dtype=np.int64),
        support_row=support,
        brings_support=np.array([round_.schools[urn].small for urn in numbers.school_ids], dtype=bool),
        school_rows=school_rows,
    )


def rows_of_pairs(
    resources: Resources, slots: SlotFacts, support: Bools, school: Ints, slot: Ints
) -> tuple[Ints, Ints]:
    """The rows that pairs use, as (position of the pair, row); arrays over pairs: support needed, school, slot."""
    position, row = expand(resources.slot_first, slot)
    found = [(position, resources.slot_row[row])]
    asks = support & (resources.support_row[slot] >= 0)
    asks &= ~(slots.grouped[slot] & resources.brings_support[school])
    found.append((np.flatnonzero(asks), resources.support_row[slot[asks]]))
    out = np.flatnonzero(slots.in_person[slot])
    lengths = slots.ends[slot[out]] - slots.begins[slot[out]] + 1
    position = np.repeat(out, lengths)
    moment = np.repeat(slots.begins[slot[out]], lengths) + _ramp(lengths)
    for kind in (0, 1):
        rows = resources.school_rows[kind, school[position], moment]
        uses = rows >= 0
        if kind == 1:
            uses &= slots.grouped[slot[position]]
        found.append((position[uses], rows[uses]))
    return np.concatenate([p for p, _ in found]), np.concatenate([r for _, r in found])


def room_of_blocks(resources: Resources, slots: SlotFacts, school: Ints, slot: Ints) -> Ints:
    """How many students each ``school`` may send to each ``slot``, by the rows that every one of them uses."""
    room = np.full(len(slot), np.iinfo(np.int32).max, dtype=np.int64)
    position, row = rows_of_pairs(resources, slots, np.zeros(len(slot), dtype=bool), school, slot)
    np.minimum.at(room, position, resources.left[row])
    return np.asarray(np.maximum(0, room))


def expand(first: Ints, index: Ints) -> tuple[Ints, Ints]:
    """For compressed rows ``first``: (position in ``index``, entry) for every entry of every indexed row."""
    lengths = first[index + 1] - first[index]
    return np.repeat(np.arange(len(index)), lengths), np.repeat(first[index], lengths) + _ramp(lengths)


def _ramp(lengths: Ints) -> Ints:
    """0, 1, ... within each run of the given lengths."""
    total = int(lengths.sum())
    return np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _use_of(round_: Round, pairs: tuple[tuple[str, str], ...]) -> Counter[tuple[str, ...]]:
    """How much of every named limit the given assignments use."""
    used: Counter[tuple[str, ...]] = Counter()
    for student_id, slot_id in pairs:
        student, slot = round_.students[student_id], round_.slots[slot_id]
        experience = round_.experiences[slot.experience_id]
        grouped = experience.grouping == "group"
        used["capacity", slot_id] += 1
        used["employer_total", experience.employer_id] += 1
        if not experience.in_person:
            continue
        if student.support and not (grouped and round_.schools[student.urn].small):
            used["support", slot_id] += 1
        for moment in slot.occupies:
            used["employer_day", experience.employer_id, str(moment)] += 1
            used["school_out", student.urn, str(moment)] += 1
            if grouped:
                used["coach", student.urn, str(moment)] += 1
    return used


def _capacity(rows: _Rows) -> None:
    for j in np.flatnonzero(~rows.slots.grouped):
        rows.of_slot[int(j)].append(rows.add(int(rows.slots.capacity[j]), "capacity", rows.numbers.slot_ids[j]))


def _employer_day(rows: _Rows) -> None:
    hosted: dict[tuple[str, int], list[int]] = defaultdict(list)
    for j, slot_id in enumerate(rows.numbers.slot_ids):
        slot = rows.round_.slots[slot_id]
        experience = rows.round_.experiences[slot.experience_id]
        if experience.in_person and rows.round_.employers[experience.employer_id].max_students_per_half_day is not None:
            for moment in slot.occupies:
                hosted[experience.employer_id, moment].append(j)
    for (employer_id, moment), members in hosted.items():
        limit = rows.round_.employers[employer_id].max_students_per_half_day
        row = rows.add(limit or 0, "employer_day", employer_id, str(moment))
        for j in members:
            rows.of_slot[j].append(row)


def _employer_total(rows: _Rows) -> None:
    for employer_id, employer in rows.round_.employers.items():
        if employer.max_students is not None:
            row = rows.add(employer.max_students, "employer_total", employer_id)
            for j in np.flatnonzero(rows.slots.employer == rows.numbers.employer[employer_id]):
                rows.of_slot[int(j)].append(row)


def _support(rows: _Rows) -> None:
    for j in np.flatnonzero(rows.slots.in_person):
        slot_id = rows.numbers.slot_ids[j]
        rows.support[int(j)] = rows.add(rows.round_.slots[slot_id].support_places, "support", slot_id)


def _school_rows(rows: _Rows, kind: int, code: str, limits: Mapping[str, int | None]) -> None:
    for urn, limit in limits.items():
        if limit is not None:
            for moment, number in rows.numbers.half_day.items():
                row = rows.add(limit, code, urn, str(moment))
                rows.of_school[kind, rows.numbers.school[urn], number] = row


def _school_out(rows: _Rows) -> None:
    _school_rows(rows, 0, "school_out", {u: s.max_out_per_half_day for u, s in rows.round_.schools.items()})


def _coach(rows: _Rows) -> None:
    _school_rows(rows, 1, "coach", {u: s.coach_seats_per_half_day for u, s in rows.round_.schools.items()})


BUILDERS: dict[str, Callable[[_Rows], None]] = {
    "capacity": _capacity,
    "employer_day": _employer_day,
    "employer_total": _employer_total,
    "support": _support,
    "school_out": _school_out,
    "coach": _coach,
}
