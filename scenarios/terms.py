"""A term's school weeks and days, and the half-days in which schools cannot let students go."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.calendar import half_day, is_school_day, occupied
from engine.domain import CalendarRow, HalfDay
from scenarios.draws import Draws, Wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.domain import School
    from scenarios.registry import Shape

CROWDED_STAKE = 4
"""A crowded week is asked for four times as often as another: schools cluster around the same weeks (a broker warns
that demand always outstrips supply in named weeks; head teachers speak of ten schools after the same week)."""


@dataclass(frozen=True, slots=True)
class Term:
    """The school days of a round, by week, with how much is offered in each week."""

    starts: date
    ends: date
    closed: frozenset[date]
    weeks: tuple[tuple[date, ...], ...]
    stakes: tuple[int, ...]

    @classmethod
    def of(cls, shape: Shape) -> Term:
        """The term of a shape; a week without a school day is left out."""
        closed = frozenset(shape.closed_dates)
        by_week: dict[date, list[date]] = defaultdict(list)
        for i in range((shape.ends - shape.starts).days + 1):
            day = shape.starts + timedelta(days=i)
            if is_school_day(day, closed):
                by_week[day - timedelta(days=day.weekday())].append(day)
        stakes = tuple(CROWDED_STAKE if monday in shape.crowded_weeks else 1 for monday in by_week)
        return cls(shape.starts, shape.ends, closed, tuple(tuple(days) for days in by_week.values()), stakes)

    def wheel(self) -> Wheel[int]:
        """Picks a week (its number), the crowded ones more often."""
        return Wheel(list(enumerate(self.stakes)))

    def fits(self, moments: Sequence[HalfDay]) -> bool:
        """Whether half-days lie within the round's dates."""
        return bool(moments) and half_day(self.starts, "AM") <= moments[0] and moments[-1] <= half_day(self.ends, "PM")

    def start(self, draws: Draws, week: int, length: int) -> tuple[date, str]:
        """A first half-day in ``week`` for something ``length`` half-days long: long ones start on its first day."""
        days = self.weeks[week]
        spare = max(1, len(days) - (length - 1) // 2)
        day = days[draws.below(spare)]
        half = "PM" if (length == 1 and draws.chance(0.4)) or (length == 2 and draws.chance(0.08)) else "AM"  # noqa: PLR2004
        return day, half

    def moments(self, day: date, half: str, length: int) -> tuple[HalfDay, ...]:
        """The half-days that something occupies."""
        return occupied(day, half, length, self.closed)


def school_calendars(draws: Draws, term: Term, schools: Iterable[School]) -> tuple[CalendarRow, ...]:
    """Each school's training days, mock examinations (by year) and the odd sports day or parents' evening."""
    rows: list[CalendarRow] = []
    for school in schools:
        rows += [_whole_day(school.urn, draws.pick(draws.pick(term.weeks)), None) for _ in range(draws.between(1, 2))]
        if school.type in {"mainstream", "post16"} and draws.chance(0.8):
            week = draws.pick(term.weeks)
            year = draws.pick((10, 10, 11) if school.type == "mainstream" else (12, 13))
            rows += [_whole_day(school.urn, day, year) for day in week[: draws.between(3, 5)]]
        if draws.chance(0.4):
            rows.append(CalendarRow(school.urn, (half_day(draws.pick(draws.pick(term.weeks)), "PM"),), None))
    unique = {(row.urn, row.half_days, row.year_group): row for row in rows}
    return tuple(unique.values())


def _whole_day(urn: str, day: date, year: int | None) -> CalendarRow:
    return CalendarRow(urn, (half_day(day, "AM"), half_day(day, "PM")), year)
