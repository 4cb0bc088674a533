"""The audit's own half-days: which ones a slot takes, and how a sentence names them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.calendar import day_of, half_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from engine.domain import HalfDay, Slot

SATURDAY = 5


def half_days_of(slot: Slot, closed: AbstractSet[date]) -> tuple[HalfDay, ...]:
    """The half-days that ``slot`` takes, in order, counted one at a time; fewer where the calendar itself ends."""
    taken: list[HalfDay] = []
    day, afternoon = slot.date, slot.half == "PM"
    while len(taken) < slot.half_days and day < date.max:
        if opens(day, closed):
            taken.append(2 * day.toordinal() + afternoon)
        if afternoon:
            day += timedelta(days=1)
        afternoon = not afternoon
    return tuple(taken)


def opens(day: date, closed: AbstractSet[date]) -> bool:
    """Whether ``day`` is a weekday that the round does not close."""
    return day.weekday() < SATURDAY and day not in closed


def when(moment: HalfDay) -> str:
    """A half-day as people write it, such as ``2026-05-12 AM``."""
    return f"{day_of(moment).isoformat()} {half_of(moment)}"
