"""Half-days: how a date and AM or PM become a number, and which half-days a slot occupies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from engine.domain import HalfDay

SATURDAY = 5
HALVES: tuple[str, str] = ("AM", "PM")


def half_day(day: date, half: str) -> HalfDay:
    """The half-day of ``day`` and ``half`` (``AM`` or ``PM``) as one number."""
    return 2 * day.toordinal() + HALVES.index(half)


def day_of(moment: HalfDay) -> date:
    """The date of a half-day."""
    return date.fromordinal(moment // 2)


def half_of(moment: HalfDay) -> str:
    """``AM`` or ``PM`` of a half-day."""
    return HALVES[moment % 2]


def is_school_day(day: date, closed: AbstractSet[date]) -> bool:
    """Whether ``day`` is neither a Saturday, a Sunday nor closed for all schools."""
    return day.weekday() < SATURDAY and day not in closed


def occupied(start: date, half: str, length: int, closed: AbstractSet[date]) -> tuple[HalfDay, ...]:
    """The ``length`` consecutive school half-days from ``start`` and ``half``, skipping weekends and ``closed``."""
    moments: list[HalfDay] = []
    day, position = start, HALVES.index(half)
    while len(moments) < length and day.year < date.max.year:
        if is_school_day(day, closed):
            moments.extend(2 * day.toordinal() + i for i in range(position, 2))
        day, position = day + timedelta(days=1), 0
    return tuple(moments[:length])
