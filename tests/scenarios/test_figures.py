"""Figures are measured, not meant: counted by hand on ``tiny`` and compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.allocation import Allocation
from engine.loading import load_round
from engine.options import build_options
from scenarios.figures import binding_limits, count_pairs, round_figures


@pytest.fixture(scope="module")
def tiny(written):
    """The round ``tiny``."""
    return load_round(written("tiny"))


def test_counts_of_tiny(tiny):
    """Demand is two for each of eleven available students; a group slot holds its groups times their maximum."""
    figures = round_figures(tiny)
    assert figures["demand"] == 22
    assert figures["places"] == 26 + 2 * 5 + 1 * 6
    assert figures["share_of_places_in_groups"] == 0.0
    assert figures["eligible_pairs"] == len(build_options(tiny).slot) == count_pairs(tiny)
    assert figures["share_of_employers_limited"] == 0.25
    assert figures["limits_that_bind"] is None


def test_pairs_counted_in_parts_are_the_same(written, monkeypatch):
    """Counting a few students at a time gives what counting all at once gives."""
    round_ = load_round(written("pilot", students=200))
    monkeypatch.setattr("scenarios.figures.AT_ONCE", 37)
    assert count_pairs(round_) == len(build_options(round_).slot)


def test_limits_that_bind_are_those_reached(tiny):
    """The hospital's three at once bind with three, not with two; the school's four out bind with four."""
    three = Allocation.of([("S1", "L01"), ("N1", "L03"), ("N2", "L03")])
    two = Allocation.of([("S1", "L01"), ("N1", "L03")])
    assert binding_limits(tiny, three)["employer_limits"] == {"limits": 2, "binding": 1, "share": 0.5}
    assert binding_limits(tiny, two)["employer_limits"]["binding"] == 0
    out = Allocation.of([(student, "L08") for student in ("N1", "N3", "N4", "N5")])
    # Willow House has no coach seat at all, which is a limit that every answer reaches.
    assert binding_limits(tiny, out)["school_limits"]["binding"] == 2
    assert binding_limits(tiny, two)["school_limits"]["binding"] == 1


def test_a_special_school_brings_its_own_support(tiny):
    """In a group slot only the mainstream school's student takes the support place."""
    willow = Allocation.of([("W1", "L08")])
    northgate = Allocation.of([("N3", "L08")])
    assert binding_limits(tiny, willow)["support_places"]["binding"] == 0
    assert binding_limits(tiny, northgate)["support_places"]["binding"] == 1


def test_rows_not_in_the_round_are_ignored(tiny):
    """A hand-edited answer with an unknown student still has figures: only the 0 coach seats are reached."""
    assert binding_limits(tiny, Allocation.of([("Z1", "L01"), ("N1", "L99")]))["share"] == 0.25


def test_no_limits_bind_where_there_are_none(tiny):
    """Without limits the share is 0, not an error."""
    free = replace(
        tiny,
        employers={k: replace(e, max_students=None, max_students_per_half_day=None) for k, e in tiny.employers.items()},
        schools={
            k: replace(s, max_out_per_half_day=None, coach_seats_per_half_day=None) for k, s in tiny.schools.items()
        },
    )
    assert binding_limits(free, Allocation.of([]))["share"] == 0.0
