"""Cohorts: how many students each school sends, where they live, and what is known about each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.calendar import half_day
from engine.domain import ACCOMMODATIONS, School, Student
from scenarios.draws import Draws, Wheel, apportion
from scenarios.ground import Nearby, km
from scenarios.sectors import FIRST_NAMES, LAST_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.domain import Point
    from scenarios.region import Area, Region, SchoolPlace
    from scenarios.registry import Shape
    from scenarios.terms import Term

ONE_IN = 8
"""One student in eight has access or support needs."""
NEEDS: dict[str, int] = dict(zip(ACCOMMODATIONS, (10, 8, 22, 16, 2, 4, 8, 3, 20, 12, 4, 1, 5, 14), strict=True))
"""How often each accommodation is asked for, in the order of the codes: sensory and routine needs most, since autism is
the commonest need among those with a plan (33.6% in 2024/25, DfE)."""
HOMES_REACH_KM = {"mainstream": 5.0, "special": 9.0, "alternative_provision": 7.0, "post16": 8.0}
OWN_TRAVEL_KM = (3.0, 4.0, 5.0, 6.5, 8.0, 12.0, 15.0)
NOT_AVAILABLE, AWAY, NO_HOME, OWN_LIMIT, IN_CARE, FEWER = 0.02, 0.05, 0.08, 0.15, 0.012, 0.01
"""Shares: not taking part at all, away for some days, no home given, a travel limit of their own, in care (1.2%: about
the English rate of looked-after children at these ages), asking for a single experience."""


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A student before names and needs."""

    place: SchoolPlace
    year: int
    home: Point
    decile: int
    sen: str


def schools_of(region: Region) -> list[School]:
    """The region's schools without limits, in order of URN, with a contact that no one can reach."""
    return [
        School(
            place.urn,
            place.name,
            place.type,
            place.place,
            None,
            None,
            "Careers Leader",
            f"careers@{place.urn}.example.org",
        )
        for place in sorted(region.schools, key=lambda place: place.urn)
    ]


def students_of(seed: int, region: Region, shape: Shape, term: Term, count: int) -> list[Student]:
    """``count`` students, school by school, with homes, needs and circumstances."""
    sketches = _sketches(Draws(seed, "cohorts"), region, shape, count)
    fsm = _free_meals(Draws(seed, "free meals"), sketches)
    needing = _needing(Draws(seed, "needs"), sketches)
    draws, detail = Draws(seed, "students"), Draws(seed, "needs in detail")
    students = []
    for i, sketch in enumerate(sketches):
        student = _student(draws, i, sketch, term, fsm=i in fsm)
        students.append(_with_needs(detail, student) if i in needing else student)
    return students


def _sketches(draws: Draws, region: Region, shape: Shape, count: int) -> list[_Sketch]:
    banks = region.banks([area.place for area in region.areas])
    around = Nearby((area.place, (area, bank)) for area, bank in zip(region.areas, banks, strict=True))
    places = sorted(region.schools, key=lambda place: place.urn)
    found = []
    sizes = apportion(count, [place.stake for place in places], least=1)
    for place, size, across in zip(places, sizes, region.banks([place.place for place in places]), strict=True):
        years = [year for year, _ in shape.years[place.type]]
        shares = apportion(size, [stake for _, stake in shape.years[place.type]])
        wheel = _homes(region, place, around, across)
        plans = round(size * place.plan_percent / 100 + draws.unit() - 0.5)
        supported = min(size - plans, round(size * place.support_percent / 100))
        sen = draws.shuffled(["E"] * plans + ["K"] * supported + ["N"] * (size - plans - supported))
        for year in (year for year, share in zip(years, shares, strict=True) for _ in range(share)):
            area = wheel.spin(draws)
            found.append(_Sketch(place, year, draws.pick(area.homes or (area.place,)), area.decile, sen.pop()))
    return found


def _homes(region: Region, place: SchoolPlace, around: Nearby[tuple[Area, bool]], across: bool) -> Wheel[Area]:  # noqa: FBT001
    """Areas near a school: the more young people and the nearer, the likelier; few cross the river to school."""
    reach, stakes = HOMES_REACH_KM[place.type], []
    for away, (area, bank) in around.within(place.place, 1.6 * reach):
        closeness = 1 / (1 + 9 * (away / reach) * (away / reach))
        stakes.append((area, int(1000 * area.young * closeness * (1.0 if bank == across else 0.08))))
    if any(stake for _, stake in stakes):
        return Wheel(stakes)
    nearest = min(range(len(region.areas)), key=lambda i: (km(region.areas[i].place, place.place), i))
    return Wheel([(region.areas[nearest], 1)])


def _free_meals(draws: Draws, sketches: Sequence[_Sketch]) -> set[int]:
    """Who is eligible: the school's own share, those from more deprived areas first."""
    by_school: dict[str, list[int]] = {}
    for i, sketch in enumerate(sketches):
        by_school.setdefault(sketch.place.urn, []).append(i)
    chosen: set[int] = set()
    for members in by_school.values():
        share = sketches[members[0]].place.fsm_percent / 100
        quota = int(len(members) * share + draws.unit())
        ranked = sorted(members, key=lambda i: (-draws.unit() * (13 - sketches[i].decile), i))
        chosen.update(ranked[:quota])
    return chosen


def _needing(draws: Draws, sketches: Sequence[_Sketch]) -> set[int]:
    """One student in eight, nearly all of those with a plan and four in ten of those with support."""
    stake = {"E": 8.0, "K": 2.2, "N": 1.3}
    ranked = sorted(range(len(sketches)), key=lambda i: (-draws.unit() * stake[sketches[i].sen], i))
    return set(ranked[: round(len(sketches) / ONE_IN)])


def _student(draws: Draws, i: int, sketch: _Sketch, term: Term, *, fsm: bool) -> Student:
    away: frozenset[int] = frozenset()
    if draws.chance(AWAY):
        days = draws.sample(draws.pick(term.weeks), draws.between(1, 3))
        halves = draws.pick((("AM",), ("PM",), ("AM", "PM"), ("AM", "PM")))
        away = frozenset(half_day(day, half) for day in days for half in halves)
    return Student(
        student_id=f"S{i + 1:06d}",
        urn=sketch.place.urn,
        year_group=sketch.year,
        fsm=fsm,
        sen_status=sketch.sen,
        ever6=fsm or draws.chance(0.1),
        in_care=draws.chance(IN_CARE),
        neet_risk=draws.chance(0.4 if sketch.place.type == "alternative_provision" else 0.11 if fsm else 0.03),
        home=None if draws.chance(NO_HOME) else sketch.home,
        max_travel_km=draws.pick(OWN_TRAVEL_KM) if draws.chance(OWN_LIMIT) else None,
        max_experiences=1 if draws.chance(FEWER) else None,
        available=not draws.chance(NOT_AVAILABLE),
        unavailable=away,
        name=f"{draws.pick(FIRST_NAMES)} {draws.pick(LAST_NAMES)}",
    )


def _with_needs(draws: Draws, student: Student) -> Student:
    support = draws.chance({"E": 0.45, "K": 0.15, "N": 0.1}[student.sen_status])
    codes = Wheel(NEEDS).spin_many(draws, draws.pick((1, 1, 1, 2, 2, 3)))
    if support and draws.chance(0.15):
        codes = []
    released = [code for code in codes if draws.chance(0.75)]
    return replace(student, support=support, accommodations=frozenset(codes), released=frozenset(released))
