"""The audit's own journeys: geodesic distances, barriers and crossings, one journey at a time.

Shares nothing with the vectorised distances that options are made from.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import asin, cos, floor, radians, sin, sqrt
from typing import TYPE_CHECKING

from geopy.distance import geodesic

from engine.audit_barriers import barriers_met
from engine.audit_nearness import quick_metres

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.domain import Experience, Point, Round, Student

RULER = geodesic(0)
"""One geodesic of WGS84, so that its series are set up once and not for every journey."""
METRES_PER_TENTH = 100.0
EARTH_RADIUS_KM = 6371.0088
SPHERE_ERROR = 0.01
"""More than the sphere can be wrong by (0.56%), as a share of the distance."""


class AuditJourneys:
    """Journeys of one round, each measured once; distances are in tenths of a kilometre, ``None`` is no route."""

    def __init__(self, round_: Round) -> None:
        """Keep the round's places and index its given distances."""
        self._round = round_
        self._given = {(row.origin, row.experience_id): row.tenths for row in round_.travel}
        self._measured: dict[tuple[Point, Point], int | None] = {}
        self._legs: dict[tuple[Point, Point], float] = {}

    def compared(self, student: Student, experience: Experience) -> int | None:
        """The distance that the rule ``travel`` compares with ``limit_km``: the student's, or the employer's."""
        if experience.delivery == "virtual":
            return 0
        given = self._given_tenths(student, experience)
        if given is not None:
            return given
        ends = self._ends(student, experience)
        return None if ends is None else self._tenths(*ends)

    def own(self, student: Student, experience: Experience) -> int | None:
        """The student's own journey, which the goal ``travel`` adds up: 0 in school and online."""
        return self.compared(student, experience) if experience.in_person else 0

    def limit_km(self, student: Student, experience: Experience) -> float | None:
        """The limit that the journey must keep to; ``None`` where there is none."""
        policy = self._round.policy
        if experience.delivery == "virtual":
            return None
        if experience.delivery == "in_school":
            return policy.employer_travel_km
        if experience.grouping == "group":
            return policy.group_travel_km
        return policy.max_travel_km if student.max_travel_km is None else student.max_travel_km

    def within(self, student: Student, experience: Experience) -> bool:
        """Whether the journey is within its limit."""
        limit = self.limit_km(student, experience)
        if limit is None:
            return True
        if self._surely_beyond(student, experience, limit):
            return False
        tenths = self.compared(student, experience)
        return tenths is not None and tenths <= Decimal(str(limit)) * 10

    def _given_tenths(self, student: Student, experience: Experience) -> int | None:
        """What ``travel.csv`` says: the student's row for the student's own journey, the school's for the school's."""
        if experience.in_person:
            own = self._given.get((student.student_id, experience.experience_id))
            if own is not None:
                return own
        if _starts_at_home(student, experience):
            return None
        return self._given.get((student.urn, experience.experience_id))

    def _ends(self, student: Student, experience: Experience) -> tuple[Point, Point] | None:
        """Where the journey starts and ends; ``None`` where the experience has no site."""
        school = self._round.schools[student.urn].place
        if experience.site is None:
            return None
        if experience.delivery == "in_school":
            return experience.site, school
        if student.home is not None and _starts_at_home(student, experience):
            return student.home, experience.site
        return school, experience.site

    def _surely_beyond(self, student: Student, experience: Experience, limit: float) -> bool:
        """Whether even the sphere says that the journey is too long; a barrier could only make it longer."""
        ends = self._ends(student, experience)
        if ends is None or self._given_tenths(student, experience) is not None:
            return False
        return sphere_km(*ends) * (1 - SPHERE_ERROR) > limit + 0.1

    def _tenths(self, origin: Point, site: Point) -> int | None:
        key = (origin, site)
        if key not in self._measured:
            self._measured[key] = self._measure(origin, site)
        return self._measured[key]

    def _measure(self, origin: Point, site: Point) -> int | None:
        """The shortest chain from ``origin`` over one crossing of each barrier met, in order, to ``site``."""
        met = barriers_met(self._round.barriers, origin, site)
        stops = [[place for _, place in barrier.crossings] for barrier in met]
        if not all(stops):
            return None
        quick = _quick_tenths(origin, [*stops, [site]])
        return tenths_of(self._km(origin, [*stops, [site]])) if quick is None else quick

    def _km(self, origin: Point, stops: Iterable[list[Point]]) -> float:
        reached = {origin: 0.0}
        for places in stops:
            reached = {place: min(km + self._leg(at, place) for at, km in reached.items()) for place in places}
        return min(reached.values())

    def _leg(self, start: Point, end: Point) -> float:
        key = (start, end)
        if key not in self._legs:
            here, there = (start.latitude, start.longitude), (end.latitude, end.longitude)
            self._legs[key] = float(RULER.measure(here, there))
        return self._legs[key]


def tenths_of(km: float) -> int:
    """``km`` in tenths of a kilometre, half up."""
    return int((Decimal(km) * 10).quantize(Decimal(1), ROUND_HALF_UP))


def _quick_tenths(origin: Point, stops: Iterable[list[Point]]) -> int | None:
    """The tenths where a quick measure leaves no doubt of them: no rounding lies within what it may be off."""
    reached, doubt = {origin: 0.0}, 0.0
    for places in stops:
        before, reached, widest = reached, {}, 0.0
        for place in places:
            legs = [(metres, quick_metres(at, place)) for at, metres in before.items()]
            told = [(metres + leg[0], leg[1]) for metres, leg in legs if leg is not None]
            if len(told) < len(legs):
                return None
            reached[place] = min(metres for metres, _ in told)
            widest = max(widest, *(off for _, off in told))
        doubt += widest
    metres = min(reached.values())
    low, high = (floor((metres + off) / METRES_PER_TENTH + 0.5) for off in (-doubt, doubt))
    return low if low == high else None


def sphere_km(start: Point, end: Point) -> float:
    """The distance on a sphere: quick, and at most 0.56% off."""
    latitude = radians(end.latitude - start.latitude)
    longitude = radians(end.longitude - start.longitude)
    spread = cos(radians(start.latitude)) * cos(radians(end.latitude))
    chord = sin(latitude / 2) ** 2 + spread * sin(longitude / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def _starts_at_home(student: Student, experience: Experience) -> bool:
    return experience.in_person and experience.grouping == "individual" and student.home is not None
