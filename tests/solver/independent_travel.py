"""Journeys as the formats page defines them, one at a time and in plain code: the tests' own reading of distance.

Shares nothing with the engine's travel or the audit's, so that an error in one of the three shows.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise, product
from math import floor
from typing import TYPE_CHECKING

from geopy.distance import geodesic

if TYPE_CHECKING:
    from engine.domain import Barrier, Experience, Point, Round, Student


class Journeys:
    """The journeys of one round, remembered once computed."""

    def __init__(self, round_: Round) -> None:
        """Keep the round and index the given distances by origin and experience."""
        self.round_ = round_
        self.given = {(row.origin, row.experience_id): row.tenths for row in round_.travel}
        self.computed: dict[tuple[Point, Point], int | None] = {}

    def tenths(self, student: Student, experience: Experience) -> int | None:
        """What the student travels, in tenths of a kilometre; ``None`` where there is no route."""
        if experience.delivery != "in_person":
            return 0
        own = self.given.get((student.student_id, experience.experience_id))
        if own is not None:
            return own
        if experience.grouping == "individual" and student.home is not None:
            return self._between(student.home, experience)
        return self._school_to_site(student, experience)

    def within(self, student: Student, experience: Experience) -> bool:
        """Whether the journey that the rule ``travel`` looks at is within its limit."""
        policy = self.round_.policy
        if experience.delivery == "virtual":
            return True
        if experience.delivery == "in_school":
            tenths, limit = self._school_to_site(student, experience), policy.employer_travel_km
        elif experience.grouping == "group":
            tenths, limit = self.tenths(student, experience), policy.group_travel_km
        else:
            own = student.max_travel_km
            tenths, limit = self.tenths(student, experience), policy.max_travel_km if own is None else own
        return tenths is not None and tenths <= Decimal(str(limit)) * 10

    def _school_to_site(self, student: Student, experience: Experience) -> int | None:
        given = self.given.get((student.urn, experience.experience_id))
        if given is not None:
            return given
        return self._between(self.round_.schools[student.urn].place, experience)

    def _between(self, origin: Point, experience: Experience) -> int | None:
        site = experience.site
        assert site is not None
        if (origin, site) not in self.computed:
            km = _kilometres(origin, site, self.round_.barriers)
            self.computed[origin, site] = None if km is None else floor(km * 10 + 0.5)
        return self.computed[origin, site]


def _kilometres(origin: Point, site: Point, barriers: tuple[Barrier, ...]) -> float | None:
    met = sorted((at, index) for index, barrier in enumerate(barriers) if (at := _meets(origin, site, barrier)) < 2)
    choices = [[place for _, place in barriers[index].crossings] for _, index in met]
    chains = [(origin, *chain, site) for chain in product(*choices)]
    if not chains:
        return None
    return min(sum(_geodesic(a, b) for a, b in pairwise(chain)) for chain in chains)


def _geodesic(a: Point, b: Point) -> float:
    return float(geodesic((a.latitude, a.longitude), (b.latitude, b.longitude)).km)


def _meets(a: Point, b: Point, barrier: Barrier) -> float:
    """How far along the segment ``a`` to ``b`` (0 to 1) it first meets the barrier's line; 2 where it does not."""
    return min((_meeting(a, b, c, d) for c, d in pairwise(barrier.line)), default=2.0)


def _meeting(a: Point, b: Point, c: Point, d: Point) -> float:
    rx, ry = b.longitude - a.longitude, b.latitude - a.latitude
    sx, sy = d.longitude - c.longitude, d.latitude - c.latitude
    qx, qy = c.longitude - a.longitude, c.latitude - a.latitude
    turn = rx * sy - ry * sx
    if turn == 0:
        return 2.0
    along, across = (qx * sy - qy * sx) / turn, (qx * ry - qy * rx) / turn
    return along if 0 <= along <= 1 and 0 <= across <= 1 else 2.0
