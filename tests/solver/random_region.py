"""The region and the fortnight of a random round: its dates, its closed days and the rivers through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.domain import Barrier, Point

if TYPE_CHECKING:
    from random import Random

SOUTH, NORTH = 53.35, 53.45
WEST, EAST = -3.05, -2.90
MONDAY = date(2026, 6, 8)


@dataclass(frozen=True)
class Region:
    """Where and when a random round happens."""

    starts: date
    ends: date
    closed: frozenset[date]
    barriers: tuple[Barrier, ...]

    def day(self, rng: Random) -> date:
        """A school day of the round."""
        days = [self.starts + timedelta(days=n) for n in range((self.ends - self.starts).days + 1)]
        return rng.choice([day for day in days if day.weekday() < 5 and day not in self.closed])

    def odd_day(self, rng: Random) -> date:
        """A day on which a slot should not start: closed, at a weekend or outside the round."""
        others = [self.starts - timedelta(days=3), self.ends + timedelta(days=3), MONDAY + timedelta(days=5)]
        return rng.choice([*others, *sorted(self.closed)])


def region(rng: Random) -> Region:
    """A random region."""
    starts = MONDAY + timedelta(days=rng.choice([0, 0, 1]))
    ends = starts + timedelta(days=rng.choice([2, 3, 4, 8]))
    closed = {starts + timedelta(days=1)} if rng.random() < 0.25 else set()
    rivers = [_river(rng, "RIVER", upright=True)] if rng.random() < 0.4 else []
    if rivers and rng.random() < 0.4:
        rivers.append(_river(rng, "CANAL", upright=False))
    return Region(starts, ends, frozenset(closed), tuple(rivers))


def somewhere(rng: Random) -> Point:
    """A place in the region."""
    return Point(round(rng.uniform(SOUTH, NORTH), 5), round(rng.uniform(WEST, EAST), 5))


def _river(rng: Random, name: str, *, upright: bool) -> Barrier:
    bends = []
    for step in (-0.1, 0.3, 0.7, 1.1):
        along, across = step, rng.uniform(0.35, 0.65)
        north, east = (along, across) if upright else (across, along)
        bends.append(Point(round(SOUTH + north * (NORTH - SOUTH), 5), round(WEST + east * (EAST - WEST), 5)))
    bridges = tuple((f"{name}-{n}", somewhere(rng)) for n in range(rng.choice([0, 1, 1, 2, 3])))
    return Barrier(name, tuple(bends), bridges)
