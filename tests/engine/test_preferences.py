"""Preference points and ranks, by the rows that a student gives."""

from __future__ import annotations

import numpy as np
import pytest
from audit_rounds import employer, experience, policy_of, round_of, slot

from engine.domain import Preference
from engine.options import build_options, pair_points, pair_rank

LAW = {"employer_id": "e2", "sector": "Law"}
OFFERS = [experience("x1"), experience("x2"), experience("x3", **LAW)]
SLOTS = [slot("t1", experience_id="x1"), slot("t2", experience_id="x2"), slot("t3", experience_id="x3")]


def _rows(*wishes):
    return tuple(Preference("s1", rank, kind, value) for kind, rank, value in (wish.split() for wish in wishes))


def _worth(*wishes, policy=None):
    """Points and ranks of the three slots, in bulk; one pair at a time says the same."""
    rows = tuple(Preference(row.student_id, int(row.rank), row.kind, row.value) for row in _rows(*wishes))
    round_ = round_of(employer("e1"), employer("e2"), *OFFERS, *SLOTS, preferences=rows, policy=policy)
    options = build_options(round_)
    detail = options.detail(np.arange(len(options.slot)))
    assert [pair_points(round_, "s1", slot_id) for slot_id in options.slots] == detail.points.tolist()
    assert [pair_rank(round_, "s1", slot_id) for slot_id in options.slots] == detail.rank.tolist()
    return list(zip(detail.points.tolist(), detail.rank.tolist(), strict=True))


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ([], [(0, 0), (0, 0), (0, 0)]),
        (["experience 1 x1"], [(100, 1), (80, 0), (80, 0)]),
        (["experience 1 x1", "experience 2 x3"], [(100, 1), (70, 0), (90, 2)]),
        (["experience 1 x1", "experience 1 x2"], [(100, 1), (100, 1), (80, 0)]),
        (["experience 1 x1", "employer 1 e2"], [(100, 1), (80, 0), (90, 0)]),
        (["experience 1 x1", "sector 1 law"], [(100, 1), (80, 0), (90, 0)]),
        (["experience 11 x1"], [(0, 11), (0, 0), (0, 0)]),
        (["employer 1 e2", "employer 2 e1"], [(60, 2), (60, 2), (70, 1)]),
        (["sector 1 HEALTH"], [(50, 1), (50, 1), (0, 0)]),
        (["sector 1 law", "employer 3 e2", "sector 2 health"], [(40, 2), (40, 2), (50, 1)]),
        (["employer 4 e2"], [(0, 0), (0, 0), (0, 4)]),
        (["sector 1 Mining"], [(0, 0), (0, 0), (0, 0)]),
    ],
)
def test_points_and_ranks_follow_the_rows(wishes, expected):
    """Listed, asked for by employer or sector, and neither: each is worth what the policy's lists say."""
    assert _worth(*wishes) == expected


def test_a_listed_experience_is_worth_its_own_rank_even_where_less_would_be_more():
    """Under a policy whose later ranks are worth more, what is listed still gets its own rank's points."""
    odd = policy_of(experience_points=(1, 50, 90))
    assert _worth("experience 1 x1", "employer 1 e1", policy=odd) == [(1, 1), (50, 0), (90, 0)]
