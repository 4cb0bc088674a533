"""The solver's numbers for the round's ids: students and slots in lottery order, everything else by id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from engine.calendar import is_school_day
from solver.lottery import lottery_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain import Round


@dataclass(frozen=True, slots=True)
class Numbering:
    """Ids by number, numbers by id; ``half_day`` numbers the school half-days (an even number is a morning)."""

    student_ids: tuple[str, ...]
    slot_ids: tuple[str, ...]
    school_ids: tuple[str, ...]
    employer_ids: tuple[str, ...]
    sectors: tuple[str, ...]
    student: Mapping[str, int]
    slot: Mapping[str, int]
    school: Mapping[str, int]
    employer: Mapping[str, int]
    sector: Mapping[str, int]
    half_day: Mapping[int, int]


def number(round_: Round, students: Sequence[str], slots: Sequence[str]) -> Numbering:
    """Number ``students`` and ``slots`` in the order of the round's lottery."""
    student_ids = tuple(students[i] for i in lottery_order(round_.seed, students))
    slot_ids = tuple(slots[i] for i in lottery_order(round_.seed, slots))
    named = [*(e.sector for e in round_.experiences.values()), *(h.sector for h in round_.history)]
    sectors = tuple(sorted({sector_key(name) for name in named}))
    return Numbering(
        student_ids,
        slot_ids,
        tuple(round_.schools),
        tuple(round_.employers),
        sectors,
        {s: i for i, s in enumerate(student_ids)},
        {j: i for i, j in enumerate(slot_ids)},
        {k: i for i, k in enumerate(round_.schools)},
        {e: i for i, e in enumerate(round_.employers)},
        {x: i for i, x in enumerate(sectors)},
        _half_days(round_),
    )


def sector_key(name: str) -> str:
    """What tells sectors apart: neither capitals nor spaces around the name do."""
    return name.strip().casefold()


def _half_days(round_: Round) -> dict[int, int]:
    days = [moment // 2 for slot in round_.slots.values() for moment in slot.occupies]
    if not days:
        return {}
    open_days = [d for d in range(min(days), max(days) + 1) if is_school_day(date.fromordinal(d), round_.closed_dates)]
    return {2 * day + half: 2 * n + half for n, day in enumerate(open_days) for half in (0, 1)}
