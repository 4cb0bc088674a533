"""Distances, limits and what travel.csv overrides."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from audit_rounds import FAR, HERE, NEARBY, experience, policy_of, round_of, school, student, talk, virtual, visit
from geopy.distance import geodesic
from pyproj import Geod

from engine.distances import BEYOND, Terrain, half_up, places, tenths, tenths_between
from engine.domain import Point, TravelRow
from engine.ground import Ground
from engine.options import build_options
from engine.travel import journey_tenths, limit_tenths, measured_tenths, whole_tenths

OPEN_COUNTRY = Terrain.of(())


def _bulk(origins, sites, cap=10**6):
    return tenths_between(places(origins), places(sites), np.full(len(origins), cap), OPEN_COUNTRY)


def _reference(origin, site):
    return half_up(geodesic((origin.latitude, origin.longitude), (site.latitude, site.longitude)).km)


def _options_of(round_):
    return build_options(round_).slot.tolist()


@pytest.mark.parametrize("spread", [0.001, 0.05, 0.5, 20.0])
def test_bulk_distances_round_as_the_reference_does(spread):
    """Random pairs, from neighbours to continents, have the tenths of geopy's geodesic."""
    rng = Random(spread)  # noqa: S311 (a test's own dice)
    origins = [Point(rng.uniform(-60, 60), rng.uniform(-150, 150)) for _ in range(20)]
    sites = [Point(o.latitude + rng.gauss(0, spread), o.longitude + rng.gauss(0, spread)) for o in origins]
    expected = [[_reference(origin, site) for site in sites] for origin in origins]
    assert _bulk(origins, sites).tolist() == expected


@pytest.mark.parametrize("off_metres", [0.0, 1e-9, -1e-9, 1e-6, -1e-6, 1e-3, -1e-3, 0.02, -0.02])
def test_pairs_at_a_rounding_boundary_agree_with_the_reference(off_metres):
    """Places put a hair either side of x.x5 km round to the same tenth in bulk, one by one and by geopy."""
    rng, wgs84 = Random(7), Geod(ellps="WGS84")  # noqa: S311 (a test's own dice)
    for metres in [50, 150, 2050, 7950, 8050, 39950, 40050, 123450] * 20:
        origin = Point(rng.uniform(50, 58), rng.uniform(-6, 2))
        there = wgs84.fwd(origin.longitude, origin.latitude, rng.uniform(0, 360), metres + off_metres)
        site = Point(there[1], there[0])
        assert _bulk([origin], [site])[0, 0] == tenths(origin, site, ()) == _reference(origin, site)


def test_the_same_place_is_no_journey():
    """A journey from a place to itself is 0."""
    assert _bulk([HERE], [HERE]).tolist() == [[0]]


def test_distances_are_exact_up_to_the_cap_and_may_be_left_out_beyond_it():
    """Every journey within its origin's cap is measured; a far longer one is BEYOND."""
    rng = Random(3)  # noqa: S311 (a test's own dice)
    sites = [Point(53.4 + rng.gauss(0, 0.1), -2.9 + rng.gauss(0, 0.1)) for _ in range(300)]
    everything, capped = _bulk([HERE], sites)[0], _bulk([HERE], sites, cap=80)[0]
    near = everything <= 80
    assert 0 < near.sum() < 300
    assert (capped[near] == everything[near]).all()
    assert (capped[everything > 90] == BEYOND).all()


def test_half_a_tenth_rounds_up():
    """0.25 km is 0.3 km and 0.249 km is 0.2 km."""
    assert [half_up(km) for km in (0.25, 0.249, 0.75, 0.0, 8.04999, 8.0501)] == [3, 2, 8, 0, 80, 81]


def test_limits_count_whole_tenths_without_binary_accidents():
    """A limit of 8.25 km allows 82 tenths, and one that a sum left a hair short of 0.8 km allows 8."""
    assert [whole_tenths(km) for km in (0.3, 8.2, 8.25, 0.0, 0.7 + 0.1)] == [3, 82, 82, 0, 8]


def test_a_distance_is_rounded_before_it_is_compared():
    """8.04 km is within a limit of 8.0 km and 8.06 km is not."""
    wgs84 = Geod(ellps="WGS84")
    for metres, options in [(8040, [0]), (8060, [])]:
        there = wgs84.fwd(HERE.longitude, HERE.latitude, 30, metres)
        site = experience(site=Point(there[1], there[0]))
        assert _options_of(round_of(site)) == options


def test_an_individual_journey_starts_at_home_and_else_at_school():
    """A student with a home far from the site is too far; the same student without one starts at the school."""
    assert _options_of(round_of(student(home=FAR))) == []
    assert _options_of(round_of(student(home=NEARBY))) == [0]
    assert _options_of(round_of(student(home=None))) == [0]
    assert _options_of(round_of(student(home=None), school(place=FAR))) == []


def test_a_group_and_a_talk_start_at_the_school():
    """A group visit is measured from the school whatever the home, a talk from the employer to the school."""
    near, far = school(), school(place=Point(54.4, -2.9))
    for kind in (visit, talk):
        assert _options_of(round_of(kind(), near, student(home=Point(54.4, -2.9)))) == [0]
        assert _options_of(round_of(kind(), far, student(home=NEARBY))) == []


def test_each_kind_of_journey_has_its_own_limit():
    """The student's own limit beats the policy's for individual journeys and means nothing for any other."""
    policy = policy_of(max_travel_km=8.0, group_travel_km=20.0, employer_travel_km=30.0)
    for own, expected in [(None, 80), (2.5, 25), (0.0, 0)]:
        pupil = student(max_travel_km=own)
        limits = [limit_tenths(policy, pupil, kind()) for kind in (experience, visit, talk, virtual)]
        assert limits == [expected, 200, 300, None]


def test_a_limit_of_nothing_still_allows_a_journey_of_nothing():
    """With a limit of 0 km the site next door is out and the site at the door is in."""
    pupil = student(max_travel_km=0.0)
    assert _options_of(round_of(pupil)) == []
    assert _options_of(round_of(pupil, experience(site=HERE))) == [0]


def test_people_who_share_a_home_keep_their_own_limits():
    """Of two students at one address only the one with the longer limit has the option."""
    near, far = student("s1", home=HERE, max_travel_km=0.5), student("s2", home=HERE, max_travel_km=9.0)
    assert build_options(round_of(near, far)).first.tolist() == [0, 0, 1]


def test_online_and_in_school_cost_the_student_nothing():
    """A talk is measured for the rule, but the student travels 0; online has no site at all."""
    round_ = round_of(talk("x1"), virtual("x2"))
    pupil = round_.students["s1"]
    assert measured_tenths(round_, pupil, round_.experiences["x1"]) == 11
    assert [journey_tenths(round_, pupil, e) for e in round_.experiences.values()] == [0, 0]
    assert build_options(round_).detail(np.array([0])).tenths.tolist() == [0]


ROWS = (TravelRow("s1", "x1", 31), TravelRow("100001", "x1", 42))


@pytest.mark.parametrize(
    ("offer", "home", "rows", "measured"),
    [
        (experience(), None, (), 11),
        (experience(), None, ROWS[:1], 31),
        (experience(), None, ROWS[1:], 42),
        (experience(), None, ROWS, 31),
        (experience(), NEARBY, ROWS[:1], 31),
        (experience(), NEARBY, ROWS[1:], 0),
        (visit(), NEARBY, ROWS[1:], 42),
        (visit(), NEARBY, ROWS, 31),
        (talk(), NEARBY, ROWS[:1], 11),
        (talk(), NEARBY, ROWS, 42),
        (virtual("x1"), NEARBY, ROWS, 0),
        (experience(), None, (TravelRow("s2", "x1", 5), TravelRow("s1", "x2", 5)), 11),
    ],
)
def test_given_distances_replace_the_journeys_they_speak_of(offer, home, rows, measured):
    """A student's row replaces the student's own journey; a school's row whatever is measured from the school."""
    round_ = round_of(offer, student(home=home), travel=rows)
    ground = Ground(round_)
    assert ground.journeys.measured(np.array([0])).tolist() == [[measured]]
    assert measured_tenths(round_, round_.students["s1"], round_.experiences["x1"]) == measured


def test_a_given_distance_decides_the_rule_both_ways():
    """A near site can be given as too far, and a far one as near."""
    assert _options_of(round_of(travel=(TravelRow("s1", "x1", 81),))) == []
    assert _options_of(round_of(experience(site=FAR), travel=(TravelRow("100001", "x1", 80),))) == [0]
