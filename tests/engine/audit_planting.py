"""Random small rounds with an allocation planted in them: every limit is made as tight as the planted rows allow."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import floor
from typing import TYPE_CHECKING, Any

from audit_rounds import HERE, MONDAY, employer, experience, round_of, school, slot, student
from hypothesis import strategies as st
from pyproj import Geod

from engine.domain import DELIVERIES, GROUPINGS, SMALL_SCHOOL_TYPES, Point
from engine.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain import Experience, Round, Slot, Student

NEEDS = ("bsl", "step_free", "personal_care")
PLACES = (HERE, Point(53.41, -2.9), Point(53.43, -2.93), Point(53.38, -2.85))
WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Planted:
    """A round and the rows (student id, slot id) that keep every rule of it."""

    round_: Round
    rows: tuple[tuple[str, str], ...]

    def of(self, row: tuple[str, str]) -> tuple[Student, Slot, Experience]:
        slot_ = self.round_.slots[row[1]]
        return self.round_.students[row[0]], slot_, self.round_.experiences[slot_.experience_id]


@st.composite
def planted(draw: st.DrawFn) -> Planted:
    """A round of up to three schools, six students and six slots, with a feasible allocation and no slack in it."""
    loose = _facts(draw)
    rows: list[tuple[str, str]] = []
    for student_id in loose.students:
        for slot_id in draw(st.lists(st.sampled_from(sorted(loose.slots)), unique=True, max_size=3)):
            if _fits(loose, rows, student_id, slot_id):
                rows.append((student_id, slot_id))
    return Planted(_tightened(loose, tuple(rows), draw(st.integers(1, 2))), tuple(rows))


def tenths_between(start: Point, end: Point) -> int:
    """Tenths of a kilometre, half up, by another library than the audit's."""
    metres = WGS84.inv(start.longitude, start.latitude, end.longitude, end.latitude)[2]
    return floor(metres / 100 + 0.5)


def journey_tenths(round_: Round, who: Student, to: Experience) -> int:
    """The distance that the rule ``travel`` asks about."""
    at_school = round_.schools[who.urn].place
    if to.delivery == "virtual" or to.site is None:
        return 0
    alone = to.delivery == "in_person" and to.grouping == "individual"
    return tenths_between(who.home if alone and who.home else at_school, to.site)


def _facts(draw: st.DrawFn) -> Round:
    """A round without any limit: facts only."""
    choose = lambda options: draw(st.sampled_from(options))  # noqa: E731
    urns = [f"10000{n}" for n in range(draw(st.integers(1, 3)))]
    schools = [school(urn, type=choose(("mainstream", "special")), place=choose(PLACES)) for urn in urns]
    students = [
        student(
            f"s{n}",
            urn=choose(urns),
            year_group=choose((8, 10, 11)),
            support=draw(st.booleans()),
            home=choose((None, *PLACES)),
            accommodations=draw(st.frozensets(st.sampled_from(NEEDS), max_size=2)),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    kinds = [(choose(DELIVERIES), choose(GROUPINGS), choose(PLACES)) for _ in range(draw(st.integers(1, 5)))]
    experiences = [
        experience(f"x{n}", employer_id=choose(("e0", "e1", "e2")), delivery=delivery, grouping=grouping, site=site)
        for n, (delivery, grouping, site) in enumerate(kinds)
    ]
    closed = frozenset({MONDAY + timedelta(days=1)}) if draw(st.booleans()) else frozenset()
    open_days = [day for day in (MONDAY + timedelta(days=n) for n in range(5)) if day not in closed]
    slots = [
        slot(
            f"t{n}",
            experience_id=choose(experiences).experience_id,
            date=choose(open_days),
            half=choose(("AM", "PM")),
            half_days=choose((1, 1, 2, 3)),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    employers = [employer(f"e{n}") for n in range(3)]
    return round_of(*schools, *students, *experiences, *slots, *employers, closed_dates=closed)


def half_days(slot_: Slot, closed: frozenset[date]) -> list[tuple[date, str]]:
    """The half-days of a slot, from a list of all those of the next weeks."""
    days = [slot_.date + timedelta(days=n) for n in range(20)]
    halves = [(day, half) for day in days if day.weekday() < 5 and day not in closed for half in ("AM", "PM")]
    start = halves.index((slot_.date, slot_.half))
    return halves[start : start + slot_.half_days]


def _fits(round_: Round, rows: list[tuple[str, str]], student_id: str, slot_id: str) -> bool:
    """Whether the pair may be planted beside ``rows``: the rules that no limit can be loosened for."""
    who, slot_ = round_.students[student_id], round_.slots[slot_id]
    what = round_.experiences[slot_.experience_id]
    if what.in_person and what.grouping == "individual" and who.year_group < 10:
        return False
    there = [round_.students[s].urn for s, t in rows if t == slot_id]
    if what.delivery == "in_school" and any(urn != who.urn for urn in there):
        return False
    taken = half_days(slot_, round_.closed_dates)
    for other in (round_.slots[t] for s, t in rows if s == student_id):
        beside = round_.experiences[other.experience_id]
        theirs = half_days(other, round_.closed_dates)
        shared_day = {day for day, _ in taken} & {day for day, _ in theirs}
        if what.employer_id == beside.employer_id or set(taken) & set(theirs):
            return False
        if what.in_person and beside.in_person and shared_day:
            return False
    return True


def _tightened(loose: Round, rows: tuple[tuple[str, str], ...], parts: int) -> Round:
    """``loose`` with every limit set to exactly what ``rows`` use."""
    plan = Planted(loose, rows)
    policy = Policy(
        max_experiences=max(Counter(s for s, _ in rows).values(), default=0),
        max_half_days=_peak(plan, lambda who, slot_, _: {who.student_id: slot_.half_days}),
        max_virtual=_peak(plan, lambda who, _, what: {who.student_id: int(what.delivery == "virtual")}),
        max_travel_km=_longest(plan, "in_person", "individual"),
        group_travel_km=_longest(plan, "in_person", "group"),
        employer_travel_km=max(_longest(plan, "in_school", grouping) for grouping in GROUPINGS),
        small_school_group_min=9,
    )
    used = [plan.of(row)[1] for row in rows]
    last_days = [half_days(slot_, loose.closed_dates)[-1][0] for slot_ in used]
    return replace(
        loose,
        policy=policy,
        starts=min((slot_.date for slot_ in used), default=MONDAY),
        ends=max(last_days, default=MONDAY),
        schools={key: replace(fact, **_school_limits(plan, key)) for key, fact in loose.schools.items()},
        employers={key: replace(fact, **_employer_limits(plan, key)) for key, fact in loose.employers.items()},
        experiences={key: replace(fact, **_demands(plan, key)) for key, fact in loose.experiences.items()},
        slots={key: replace(fact, **_room(plan, key, parts)) for key, fact in loose.slots.items()},
    )


def _peak(plan: Planted, uses: Callable[[Student, Slot, Experience], dict[Any, int]]) -> int:
    """The most that any one key is used by the rows."""
    total: Counter[Any] = Counter()
    for row in plan.rows:
        total.update(uses(*plan.of(row)))
    return max(total.values(), default=0)


def _longest(plan: Planted, delivery: str, grouping: str) -> float:
    there = [plan.of(row) for row in plan.rows]
    asked = [(who, what) for who, _, what in there if (what.delivery, what.grouping) == (delivery, grouping)]
    return max((journey_tenths(plan.round_, who, what) for who, what in asked), default=0) / 10


def _school_limits(plan: Planted, urn: str) -> dict[str, int]:
    closed = plan.round_.closed_dates

    def out(who: Student, slot_: Slot, what: Experience) -> dict[Any, int]:
        return dict.fromkeys(half_days(slot_, closed), 1) if what.in_person and who.urn == urn else {}

    def seated(who: Student, slot_: Slot, what: Experience) -> dict[Any, int]:
        return out(who, slot_, what) if what.grouping == "group" else {}

    return {"max_out_per_half_day": _peak(plan, out), "coach_seats_per_half_day": _peak(plan, seated)}


def _employer_limits(plan: Planted, employer_id: str) -> dict[str, Any]:
    closed = plan.round_.closed_dates

    def hosted(_: Student, slot_: Slot, what: Experience) -> dict[Any, int]:
        return dict.fromkeys(half_days(slot_, closed), 1) if what.in_person and what.employer_id == employer_id else {}

    own = [slot_ for _, slot_, what in map(plan.of, plan.rows) if what.employer_id == employer_id]
    return {
        "max_students_per_half_day": _peak(plan, hosted),
        "max_students": len(own),
        "cleared_until": max((half_days(slot_, closed)[-1][0] for slot_ in own), default=None),
    }


def _demands(plan: Planted, experience_id: str) -> dict[str, Any]:
    members = [who for who, _, what in map(plan.of, plan.rows) if what.experience_id == experience_id]
    return {
        "year_groups": frozenset(who.year_group for who in members),
        "accommodations": frozenset().union(
            *(asked_of(who, plan.round_.experiences[experience_id]) for who in members)
        ),
    }


def asked_of(who: Student, what: Experience) -> frozenset[str]:
    """What the employer must offer the student, of the three needs used here."""
    if not what.in_person:
        return who.accommodations & {"bsl"}
    return who.accommodations - {"personal_care"} if what.grouping == "group" else who.accommodations


def _room(plan: Planted, slot_id: str, parts: int) -> dict[str, Any]:
    members = [who for who, slot_, _ in map(plan.of, plan.rows) if slot_.slot_id == slot_id]
    what = plan.round_.experiences[plan.round_.slots[slot_id].experience_id]
    by_school: defaultdict[str, int] = defaultdict(int)
    for who in members:
        by_school[who.urn] += 1
    largest = max((-(-size // parts) for size in by_school.values()), default=1)
    groups = {urn: -(-size // largest) for urn, size in by_school.items()}
    supported = [
        who
        for who in members
        if who.support and not (what.grouping == "group" and plan.round_.schools[who.urn].type in SMALL_SCHOOL_TYPES)
    ]
    return {
        "capacity": len(members),
        "support_places": len(supported) if what.in_person else 0,
        "group_max": largest,
        "group_min": min((by_school[urn] // count for urn, count in groups.items()), default=1),
        "groups": sum(groups.values()),
        "urn": next(iter(by_school)) if len(by_school) == 1 else "",
    }
