"""The audit's journeys: geodesic distances, barriers and crossings, each compared with a figure found another way."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from audit_rounds import experience, policy_of, round_of, rules_broken, school, student
from geopy.distance import geodesic
from pyproj import Geod

from engine.audit_barriers import barriers_met
from engine.audit_nearness import quick_metres
from engine.audit_travel import AuditJourneys, sphere_km, tenths_of
from engine.domain import Barrier, Point

WGS84 = Geod(ellps="WGS84")
WEST, EAST = Point(53.4, -3.0), Point(53.4, -2.9)
RIVER = (Point(53.3, -2.95), Point(53.5, -2.95))
BRIDGE, TUNNEL = Point(53.45, -2.95), Point(53.35, -2.95)
KINDS: dict[str, dict[str, str]] = {
    "alone": {},
    "group": {"grouping": "group"},
    "in_school": {"delivery": "in_school"},
    "virtual": {"delivery": "virtual"},
}
TURNS = [
    lambda p: p,
    lambda p: Point(p.longitude, p.latitude),
    lambda p: Point(-p.latitude, p.longitude),
    lambda p: Point(p.latitude, -p.longitude),
    lambda p: Point(-p.longitude, -p.latitude),
    lambda p: Point(p.latitude + p.longitude, p.latitude - p.longitude),
]
"""Ways to turn and mirror the plane, which change no meeting."""


def leg(*places: Point) -> float:
    """Kilometres along ``places`` by another library."""
    return sum(WGS84.inv(a.longitude, a.latitude, b.longitude, b.latitude)[2] / 1000 for a, b in pairwise(places))


def river(name: str = "river", line: tuple[Point, ...] = RIVER, *crossings: Point) -> Barrier:
    return Barrier(name, line, tuple((f"{name}-{n}", place) for n, place in enumerate(crossings)))


def tenths(origin: Point, site: Point, *barriers: Barrier) -> int | None:
    """The journey of a student who lives at ``origin`` to an experience at ``site``."""
    at_home, there = student(home=origin), experience(site=site)
    return AuditJourneys(round_of(at_home, there, barriers=barriers)).compared(at_home, there)


def test_a_straight_journey_is_the_geodesic():
    """Shows the distance of WGS84 as another library has it, to the tenth."""
    for site in (EAST, Point(53.5, -2.7), Point(51.5, -0.1)):
        assert tenths(WEST, site) == tenths_of(leg(WEST, site))


@pytest.mark.parametrize(
    ("km", "expected"),
    [(0.0, 0), (0.04, 0), (0.05, 1), (1.25, 13), (7.949999, 79), (7.95, 80), (8.45, 84), (0.15, 1)],
)
def test_tenths_are_half_up_of_the_very_figure(km: float, expected: int):
    """Shows half up on the exact binary figure: 0.15 and 8.45 as floats lie just under the half."""
    assert tenths_of(km) == expected


def test_who_travels_and_to_what_limit():
    """Shows that nobody travels to a virtual experience or in school, and that only the former has no limit."""
    away, who = Point(53.43, -2.9), student(max_travel_km=2.5)
    offers = {kind: experience("x1", site=away, **facts) for kind, facts in KINDS.items()}
    found = AuditJourneys(round_of(who, policy=policy_of(group_travel_km=30.0, employer_travel_km=20.0)))
    assert {kind: found.limit_km(who, offer) for kind, offer in offers.items()} == {
        "alone": 2.5,
        "group": 30.0,
        "in_school": 20.0,
        "virtual": None,
    }
    assert {kind: found.own(who, offer) for kind, offer in offers.items()} == {
        "alone": 33,
        "group": 33,
        "in_school": 0,
        "virtual": 0,
    }
    assert [found.compared(who, offers[kind]) for kind in ("in_school", "virtual")] == [33, 0]


def test_a_journey_that_a_sphere_would_call_too_long_is_measured():
    """Shows, on a meridian at the equator where a sphere is furthest off, that the true figure decides."""
    north = (school(place=Point(0.0, 0.0)), experience(site=Point(1.0, 0.0)))
    assert rules_broken(round_of(*north, student(max_travel_km=110.6)), "s1 t1") == []
    assert rules_broken(round_of(*north, student(max_travel_km=110.5)), "s1 t1") == ["travel"]


def test_the_sphere_is_never_more_than_one_hundredth_off():
    """Shows that the quick distance may rule a journey out, because the true one is not that much shorter."""
    for degrees in range(0, 90, 7):
        for to in (Point(degrees, 0.3), Point(degrees + 0.3, 0.0), Point(degrees - 0.2, 0.2)):
            true = geodesic((degrees, 0.0), (to.latitude, to.longitude)).km
            assert sphere_km(Point(degrees, 0.0), to) * 0.99 <= true <= sphere_km(Point(degrees, 0.0), to) * 1.01


def test_a_river_is_crossed_at_its_nearest_crossing():
    """Shows that the journey becomes the shortest of origin, crossing and site, and is rounded once."""
    by_bridge, by_tunnel = leg(WEST, BRIDGE, EAST), leg(WEST, TUNNEL, EAST)
    assert tenths(WEST, EAST, river("river", RIVER, BRIDGE)) == tenths_of(by_bridge)
    assert tenths(WEST, EAST, river("river", RIVER, BRIDGE, TUNNEL)) == tenths_of(min(by_bridge, by_tunnel))
    assert tenths(WEST, Point(53.46, -2.9), river("river", RIVER, BRIDGE, TUNNEL)) == tenths_of(
        leg(WEST, BRIDGE, Point(53.46, -2.9))
    )
    assert tenths(WEST, Point(53.34, -2.9), river("river", RIVER, BRIDGE, TUNNEL)) == tenths_of(
        leg(WEST, TUNNEL, Point(53.34, -2.9))
    )


def test_a_river_without_a_crossing_has_no_way_over():
    """Shows that there is no route, and that the student on this side is not troubled by it."""
    assert tenths(WEST, EAST, river()) is None
    assert tenths(WEST, Point(53.4, -2.96), river()) == tenths_of(leg(WEST, Point(53.4, -2.96)))


def test_a_journey_along_the_bank_or_past_the_end_is_straight():
    """Shows that a barrier bars only the segment that meets its line."""
    assert tenths(WEST, Point(53.45, -2.96), river()) is not None
    assert tenths(Point(53.51, -3.0), Point(53.51, -2.9), river()) is not None


@pytest.mark.parametrize(
    ("origin", "site", "met"),
    [
        (Point(0, 0), Point(0, 2), True),  # straight across
        (Point(0, 0), Point(0, 1), True),  # ends on the line
        (Point(0, 1), Point(0, 2), True),  # starts on the line
        (Point(0, 0), Point(0, 0.999), False),
        (Point(1, 0), Point(1, 2), True),  # through the very end of the line
        (Point(1.001, 0), Point(1.001, 2), False),
        (Point(0, 1), Point(0.5, 1), True),  # along the line
        (Point(2, 1), Point(3, 1), False),  # in line with it, beyond its end
        (Point(1, 1), Point(3, 1), True),  # in line with it, touching its end
        (Point(-3, 1), Point(-2, 1), False),
        (Point(0, 0.5), Point(0.5, 0.5), False),  # beside it
        (Point(0, 1), Point(0, 1), True),  # no journey at all, on the line
        (Point(0, 0), Point(0, 0), False),
        (Point(3, 1), Point(3, 1), False),
        (Point(0, 2), Point(0, 0), True),  # and back
    ],
)
def test_touching_a_barrier_is_meeting_it(origin: Point, site: Point, met: bool):  # noqa: FBT001
    """Shows every way in which a segment and a line from (-1, 1) to (1, 1) can meet or miss."""
    for turn in TURNS:
        start, end = turn(origin), turn(site)
        corners = tuple(turn(point) for point in (Point(-1, 1), Point(0.25, 1), Point(1, 1)))
        for line in (corners, corners[::-1], corners[::2], corners[::-2]):
            assert bool(barriers_met([Barrier("line", line)], start, end)) is met
            assert bool(barriers_met([Barrier("line", line)], end, start)) is met


def test_a_barrier_of_one_point_bars_the_journeys_through_it():
    """Shows that the shortest of lines is still met."""
    post = Barrier("post", (Point(1, 1),))
    assert barriers_met([post], Point(0, 0), Point(2, 2)) == [post]
    assert barriers_met([post], Point(0, 0), Point(2, 2.001)) == []


def test_a_touch_that_floating_point_cannot_see_is_settled_in_fractions():
    """Shows that a line that ends a hair short of the journey is not met, and one that ends on it is."""
    start, end = Point(0.0, 0.0), Point(0.3, 0.3)
    on, short = Point(0.1, 0.1), Point(0.1, 0.1 + 2**-56)
    assert barriers_met([Barrier("on", (on, Point(0.0, 1.0)))], start, end) != []
    assert barriers_met([Barrier("short", (short, Point(0.0, 1.0)))], start, end) == []


def test_a_bent_barrier_is_met_where_it_is_first_reached():
    """Shows that the order of two barriers is by their first meeting with the journey, not by id or by row."""
    near = Barrier("z", (Point(-1, 1), Point(1, 1)))
    far = Barrier("a", (Point(-1, 2), Point(1, 2)))
    hook = Barrier("m", (Point(-1, 3), Point(1, 3), Point(1, 0.5), Point(-1, 0.5)))
    start, end = Point(0, 0), Point(0, 4)
    assert [b.barrier_id for b in barriers_met([far, near, hook], start, end)] == ["m", "z", "a"]
    assert [b.barrier_id for b in barriers_met([far, near, hook], end, start)] == ["m", "a", "z"]
    assert [b.barrier_id for b in barriers_met([near], Point(0, 3), end)] == []


def test_a_bank_that_a_journey_follows_is_met_where_the_two_join():
    """Shows that following a line from its start on, or from within it, places it in the order like any meeting."""
    for turn in TURNS:
        start, end = turn(Point(0, 0)), turn(Point(0, 4))
        ahead = Barrier("b", (turn(Point(0, 2)), turn(Point(0, 3))))
        behind = Barrier("b", (turn(Point(0, -1)), turn(Point(0, 1))))
        sooner = Barrier("c", (turn(Point(-1, 1)), turn(Point(1, 1))))
        at_once = Barrier("a", (turn(Point(-1, 0)), turn(Point(1, 0))))
        assert barriers_met([ahead, sooner], start, end) == [sooner, ahead]
        assert barriers_met([ahead, sooner], end, start) == [ahead, sooner]
        assert barriers_met([behind, at_once], start, end) == [at_once, behind]


def test_a_tie_of_two_barriers_is_settled_by_id():
    """Shows that barriers met at one place come in the order of their ids, whatever the order of the rows."""
    one, other = (Barrier(name, (Point(-1, 1), Point(1, 1))) for name in ("b", "a"))
    assert [b.barrier_id for b in barriers_met([one, other], Point(0, 0), Point(0, 2))] == ["a", "b"]


def test_two_rivers_are_crossed_in_the_order_met():
    """Shows the shortest chain over one crossing of each, tried by hand over every choice, and its way back."""
    second = (Point(53.3, -2.92), Point(53.5, -2.92))
    ford, ferry = Point(53.44, -2.92), Point(53.36, -2.92)
    rivers = (river("b", RIVER, BRIDGE, TUNNEL), river("a", second, ford, ferry))
    chains = [leg(WEST, first, then, EAST) for first in (BRIDGE, TUNNEL) for then in (ford, ferry)]
    assert tenths(WEST, EAST, *rivers) == tenths_of(min(chains)) == tenths(EAST, WEST, *rivers)
    assert tenths(WEST, EAST, rivers[0], river("a", second)) is None


def test_legs_are_not_tested_again():
    """Shows that a leg to a crossing may itself cross the barrier: only the straight segment is asked."""
    beyond = Point(53.45, -2.93)
    assert tenths(WEST, EAST, river("river", RIVER, beyond)) == tenths_of(leg(WEST, beyond, EAST))


def test_a_detour_can_take_a_journey_past_its_limit():
    """Shows that the rule compares the detour: 6.7 km across the water is 13 km by the bridge."""
    facts = (school(place=WEST), experience(site=EAST))
    assert rules_broken(round_of(*facts), "s1 t1") == []
    assert rules_broken(round_of(*facts, barriers=(river("river", RIVER, BRIDGE),)), "s1 t1") == ["travel"]
    assert rules_broken(round_of(*facts, barriers=(river(),)), "s1 t1") == ["travel"]


def test_a_limit_is_taken_as_written():
    """Shows that a limit of 2.3 km lets 2.3 km through and 2.4 km not, whatever the float of 2.3 times 10."""
    for limit, site in ((2.3, Point(53.4, -2.9654)), (1.1, Point(53.41, -3.0)), (0.7, Point(53.4062, -3.0))):
        measured = tenths(WEST, site)
        assert measured == round(limit * 10)
        there = experience(site=site)
        assert rules_broken(round_of(school(place=WEST), there, student(max_travel_km=limit)), "s1 t1") == []
        assert rules_broken(round_of(school(place=WEST), there, student(max_travel_km=limit - 0.1)), "s1 t1") == [
            "travel"
        ]


def test_the_quick_measure_is_never_off_by_more_than_it_says():
    """Shows it beside another library's geodesic, over short and middling journeys wherever people live."""
    draws = Random(66)  # noqa: S311
    for _ in range(20_000):
        start = Point(draws.uniform(-65, 65), draws.uniform(-178, 178))
        span = 10 ** draws.uniform(-4, 0)
        end = Point(start.latitude + draws.uniform(-span, span), start.longitude + draws.uniform(-span, span))
        quick = quick_metres(start, end)
        assert quick is not None
        assert abs(quick[0] - 1000 * leg(start, end)) < quick[1], (start, end)


@pytest.mark.parametrize(("north", "east"), [(70.0, 0.0), (53.4, 1.5), (54.9, 0.0)])
def test_the_quick_measure_says_nothing_of_long_or_polar_journeys(north: float, east: float):
    """Shows that what its doubt was not found for is left to the geodesic."""
    assert quick_metres(Point(53.4 if north < 60 else 69.9, 0.0), Point(north, east)) is None


def test_journeys_at_a_rounding_are_settled_by_the_geodesic():
    """Shows the tenth on either side of a rounding that the quick measure cannot tell from it."""
    for millimetres, expected in ((-0.2, 79), (0.2, 80)):
        there = geodesic(kilometers=7.95 + millimetres / 1e6).destination((WEST.latitude, WEST.longitude), bearing=37)
        assert tenths(WEST, Point(there.latitude, there.longitude)) == expected
