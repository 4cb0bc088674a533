"""Rivers: when a straight journey meets one, and the way round by the crossings."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest
from audit_rounds import experience, round_of, school, student
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_pairs import first_met

from engine import distances
from engine.audit_travel import AuditJourneys
from engine.barriers import NEVER, first_meeting, first_meetings, may_meet, meeting_order
from engine.distances import BEYOND, Terrain, half_up, places, tenths, tenths_between
from engine.domain import Barrier, Point
from engine.options import build_options
from engine.travel import Journeys, measured_tenths

WEST, EAST = Point(53.4, -2.95), Point(53.4, -2.85)
RIVER = (Point(53.3, -2.92), Point(53.5, -2.92))
CANAL = (Point(53.3, -2.88), Point(53.5, -2.88))
BRIDGE = ("bridge", Point(53.43, -2.92))
FERRY = ("ferry", Point(53.36, -2.92))
LOCK = ("lock", Point(53.38, -2.88))


def _both_ways(origin, site, *barriers):
    """The tenths in bulk and one by one, which must agree; None without a route."""
    bulk = tenths_between(places([origin]), places([site]), np.array([10**5]), Terrain.of(barriers))[0, 0]
    alone = tenths(origin, site, barriers)
    assert (None if bulk == BEYOND else bulk) == alone
    return alone


def _km(*way):
    return half_up(sum(geodesic((a.latitude, a.longitude), (b.latitude, b.longitude)).km for a, b in pairwise(way)))


def test_a_river_sends_the_journey_to_its_nearest_crossing():
    """The journey goes by whichever crossing makes it shortest, and a side that needs none goes straight."""
    river = Barrier("r", RIVER, (BRIDGE, FERRY))
    assert _both_ways(WEST, EAST, river) == _km(WEST, BRIDGE[1], EAST)
    assert _both_ways(WEST, Point(53.41, -2.93), river) == _km(WEST, Point(53.41, -2.93))


def test_a_river_without_crossings_leaves_no_route():
    """No crossing, no route, and so no option."""
    river = Barrier("r", RIVER)
    assert _both_ways(WEST, EAST, river) is None
    crossing = round_of(student(home=WEST), experience(site=EAST), barriers=(river,))
    assert build_options(crossing).slot.tolist() == []
    assert build_options(round_of(student(home=WEST), experience(site=EAST))).slot.tolist() == [0]


def test_the_detour_counts_against_the_limit():
    """A journey within the limit as the crow flies is out once the bridge makes it too long."""
    pupil, offer = student(home=WEST, max_travel_km=7.0), experience(site=EAST)
    assert build_options(round_of(pupil, offer)).detail(np.array([0])).tenths.tolist() == [_km(WEST, EAST)]
    assert build_options(round_of(pupil, offer, barriers=(Barrier("r", RIVER, (BRIDGE,)),))).slot.tolist() == []


def test_two_rivers_are_crossed_in_the_order_first_met():
    """One crossing of each, in the order in which the straight journey meets them, whatever their ids."""
    for one, other in permutations("ab"):
        river, canal = Barrier(one, RIVER, (BRIDGE, FERRY)), Barrier(other, CANAL, (LOCK,))
        there = min(_km(WEST, stop[1], LOCK[1], EAST) for stop in (BRIDGE, FERRY))
        assert _both_ways(WEST, EAST, river, canal) == _both_ways(EAST, WEST, canal, river) == there


def test_those_who_come_to_school_meet_rivers_in_their_own_order():
    """An in-school journey starts where the employer's people do: where a river winds, that is another way round."""
    winding = (*RIVER, Point(53.5, -2.86), Point(53.3, -2.86))
    barriers = (Barrier("r", winding, (BRIDGE,)), Barrier("c", CANAL, (LOCK,)))
    coming, back = _km(EAST, BRIDGE[1], LOCK[1], WEST), _km(WEST, BRIDGE[1], LOCK[1], EAST)
    assert coming != back
    pupil, offer = student(), experience(site=EAST, delivery="in_school")
    round_ = round_of(school(place=WEST), pupil, offer, barriers=barriers)
    assert measured_tenths(round_, pupil, offer) == AuditJourneys(round_).compared(pupil, offer) == coming
    assert Journeys(round_, [pupil], [offer]).measured(np.array([0])).tolist() == [[coming]]


def test_legs_are_not_tested_again():
    """The leg from a crossing may itself meet the river; it is not sent round again."""
    bend = (Point(53.3, -2.92), Point(53.42, -2.92), Point(53.42, -2.86), Point(53.44, -2.86))
    river = Barrier("r", bend, (("bridge", Point(53.45, -2.9)),))
    assert _both_ways(WEST, EAST, river) == _km(WEST, Point(53.45, -2.9), EAST)


@pytest.mark.parametrize(
    ("origin", "site", "line"),
    [
        (WEST, EAST, (Point(53.4, -2.92), Point(53.5, -2.92))),
        (WEST, EAST, (Point(53.4, -2.95), Point(53.5, -2.99))),
        (WEST, EAST, (Point(53.4, -2.90), Point(53.4, -2.80))),
        (WEST, EAST, (Point(53.3, -2.85), Point(53.5, -2.85))),
        (WEST, WEST, (Point(53.3, -2.95), Point(53.5, -2.95))),
    ],
)
def test_touching_a_river_is_meeting_it(origin, site, line):
    """An end on the journey, a start on the river, a shared stretch: each one meets."""
    assert _both_ways(origin, site, Barrier("r", line)) is None


def test_a_journey_that_stops_short_does_not_meet():
    """A river beyond the site, beside the journey or in line with it but further on is not met."""
    for line in [
        (Point(53.3, -2.84), Point(53.5, -2.84)),
        (Point(53.41, -2.99), Point(53.41, -2.80)),
        (Point(53.4, -2.84), Point(53.4, -2.80)),
    ]:
        assert _both_ways(WEST, EAST, Barrier("r", line)) == _km(WEST, EAST)


def test_rivers_met_at_one_place_come_in_the_order_of_their_ids():
    """At a confluence the order is settled by id, so that no row order matters."""
    lines = [places(RIVER), places((Point(53.4, -2.92), Point(53.5, -2.90)))]
    assert meeting_order(places([WEST]), places([EAST]), lines).tolist() == [[0, 1]]
    assert meeting_order(places([WEST]), places([EAST]), lines[::-1]).tolist() == [[0, 1]]
    river, canal = Barrier("a", RIVER, (BRIDGE,)), Barrier("b", (Point(53.4, -2.92), Point(53.5, -2.90)), (LOCK,))
    for rows in permutations((river, canal)):
        assert _both_ways(WEST, EAST, *rows) == _km(WEST, BRIDGE[1], LOCK[1], EAST)


grid = st.builds(Point, st.integers(0, 4).map(float), st.integers(0, 4).map(float))
anywhere = st.builds(Point, st.floats(53.0, 53.2), st.floats(-3.0, -2.8))


@settings(deadline=None)
@given(st.data())
def test_meetings_agree_with_testing_every_place_there_could_be_one(data):
    """On a coarse grid, where all that can touch touches, and off it, bulk, exact and plain answers are one."""
    place = data.draw(st.sampled_from([grid, anywhere]))
    line = data.draw(st.lists(place, min_size=2, max_size=4))
    origin, site = data.draw(place), data.draw(place)
    plain = first_met(origin, site, tuple(line))
    bulk = first_meetings(places([origin]), places([site]), places(line))[0]
    exact = first_meeting(*places([origin, site]).tolist(), places(line).tolist())
    assert exact == plain
    assert bulk == NEVER if plain is None else bulk == pytest.approx(float(plain), abs=1e-6)


@pytest.mark.parametrize(("doubt", "tie"), [(None, None), (1e9, 0.0), (1e9, 1e9)])
def test_detours_have_the_same_tenths_however_they_are_measured(monkeypatch, doubt, tie):
    """Over two rivers, arcs over chords, pyproj where everything is in doubt and geopy for every tie all agree."""
    rng = np.random.default_rng(5)
    barriers = (Barrier("a", RIVER, (BRIDGE, FERRY)), Barrier("b", CANAL, (LOCK,)))
    homes = [Point(*xy) for xy in zip(rng.uniform(53.35, 53.45, 12), rng.uniform(-2.97, -2.83, 12), strict=True)]
    alone = [[tenths(origin, site, barriers) for site in homes] for origin in homes]
    if doubt is not None:
        monkeypatch.setattr(distances, "_doubt", lambda metres: metres * 0 + doubt)
        monkeypatch.setattr(distances, "TIE_METRES", tie)
    bulk = tenths_between(places(homes), places(homes), np.full(12, 10**5), Terrain.of(barriers))
    assert bulk.tolist() == alone


def test_no_meeting_is_overlooked_where_a_segment_is_said_to_keep_clear():
    """What ``may_meet`` rules out meets nothing by exact arithmetic, and it rules out most of what meets nothing."""
    rng = np.random.default_rng(7)
    ruled_out = clear = 0
    for corners in (1, 2, 5, 40, 70):
        line = np.cumsum(rng.integers(-2, 3, (corners, 2)), axis=0).astype(np.float64)
        origins, sites = (rng.integers(line.min() - 3, line.max() + 4, (25, 2)).astype(np.float64) for _ in range(2))
        maybe = may_meet(origins, sites, line)
        for i, j in np.ndindex(maybe.shape):
            meets = first_meeting(origins[i].tolist(), sites[j].tolist(), line.tolist()) is not None
            assert maybe[i, j] or not meets, (line, origins[i], sites[j])
            ruled_out += not maybe[i, j]
            clear += not meets
    assert ruled_out > clear / 2
