"""Public instances with published optima, as round folders from the files that FOOTHOLD_BENCHMARKS names."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from external import glasgow_bids, write_assign, write_glasgow, write_sdu
from independent import optimum
from scipy.optimize import linear_sum_assignment

from engine.audit import audit
from engine.domain import Decision
from engine.loading import load_round
from engine.options import build_options
from solver.allocate import allocate
from solver.limits import Limits

SOURCE = Path(os.environ.get("FOOTHOLD_BENCHMARKS") or "unset")
pytestmark = pytest.mark.skipif(
    not SOURCE.is_dir(),
    reason="FOOTHOLD_BENCHMARKS does not name the folder of public instances",
)

ASSIGN = {"assign100": 305, "assign500": 991}
GLASGOW = {  # year: size, sum of ranks, greedy profile, generous profile
    1: (35, 57, (20, 9, 5, 0, 1), (17, 14, 4, 0, 0)),
    2: (37, 54, (26, 6, 2, 1, 2), (23, 11, 3, 0, 0)),
    3: (32, 44, (24, 5, 2, 1, 0), (21, 10, 1, 0, 0)),
    4: (34, 50, (25, 4, 3, 1, 1), (21, 9, 4, 0, 0)),
}
SDU_STUDENTS, SDU_RANKS, SDU_WORST = 416, 590, 5
CHOICES = range(1, 6)


def proven(folder):
    """The round of this folder and the solver's allocation of it, proven at every level and clean."""
    round_ = load_round(folder)
    outcome = allocate(round_, build_options(round_), Limits(workers=1))
    assert outcome.status == "optimal"
    assert all(level.best == level.bound for level in outcome.levels)
    assert audit(round_, outcome.allocation).breaches == ()
    return round_, [(row.student_id, row.slot_id) for row in outcome.allocation.assignments]


def ranks_given(round_, pairs):
    """The rank of what each placed student was given."""
    ranks = {(row.student_id, row.value): row.rank for row in round_.preferences}
    return [ranks[student, round_.slots[slot].experience_id] for student, slot in pairs]


def profile(round_, pairs):
    """How many students were given their first choice, their second and so on."""
    counted = Counter(ranks_given(round_, pairs))
    return tuple(counted[rank] for rank in CHOICES)


def glasgow_points(year):
    """Points a rank that make most points mean least ranks, the greedy profile and the generous one."""
    more = len(glasgow_bids(SOURCE / "glasgow_projects", year)) + 1
    greedy = [more ** (5 - rank) for rank in CHOICES]
    generous = [more**5 - more ** (rank - 1) for rank in CHOICES]
    return [6 - rank for rank in CHOICES], greedy, generous


@pytest.mark.parametrize("name", ASSIGN)
def test_linear_assignment_costs_the_published_minimum(tmp_path, name):
    """Everyone is reached for the least travel that the literature and scipy's own method give."""
    numbers = [int(figure) for figure in (SOURCE / "assign" / f"{name}.txt").read_text().split()]
    costs = np.array(numbers[1:]).reshape(numbers[0], numbers[0])
    assert costs[linear_sum_assignment(costs)].sum() == ASSIGN[name]
    _, pairs = proven(write_assign(SOURCE / "assign" / f"{name}.txt", tmp_path / name))
    assert len(pairs) == numbers[0]
    assert sum(costs[int(student[1:]), int(slot[1:])] for student, slot in pairs) == ASSIGN[name]


@pytest.mark.parametrize("year", GLASGOW)
def test_most_students_then_least_sum_of_ranks(tmp_path, year):
    """Each Glasgow year reaches the published size and sum of ranks, in the solver and in the independent model."""
    size, ranks, _, _ = GLASGOW[year]
    points, _, _ = glasgow_points(year)
    round_, pairs = proven(write_glasgow(SOURCE / "glasgow_projects", year, tmp_path, points))
    assert (len(pairs), sum(ranks_given(round_, pairs))) == (size, ranks)
    assert optimum(round_).levels == (size, 6 * size - ranks)


@pytest.mark.parametrize("year", GLASGOW)
def test_the_greedy_profile_gives_the_most_first_choices(tmp_path, year):
    """With steep points the profile is the published greedy one: most first choices, then second and so on."""
    _, points, _ = glasgow_points(year)
    assert profile(*proven(write_glasgow(SOURCE / "glasgow_projects", year, tmp_path, points))) == GLASGOW[year][2]


@pytest.mark.parametrize("year", GLASGOW)
def test_the_generous_profile_gives_the_fewest_last_choices(tmp_path, year):
    """With points that punish late ranks the profile is the published generous one: fewest last choices first."""
    _, _, points = glasgow_points(year)
    assert profile(*proven(write_glasgow(SOURCE / "glasgow_projects", year, tmp_path, points))) == GLASGOW[year][3]


def test_teams_place_everyone_for_the_published_sum_of_ranks(tmp_path):
    """SDU 2016: all 416 students join a team that runs, with ranks that sum to 590."""
    round_, pairs = proven(write_sdu(SOURCE / "sdu2016", tmp_path))
    assert (len(pairs), sum(ranks_given(round_, pairs))) == (SDU_STUDENTS, SDU_RANKS)


def test_nobody_needs_worse_than_the_fifth_choice(tmp_path):
    """SDU 2016: with every topic after the fifth choice forbidden, the sum of ranks is still 590."""
    full = load_round(write_sdu(SOURCE / "sdu2016", tmp_path))
    late = [row for row in full.preferences if row.rank > SDU_WORST]
    forbids = tuple(Decision("forbid", row.student_id, experience_id=row.value) for row in late)
    round_ = replace(full, decisions=full.decisions + forbids)
    outcome = allocate(round_, build_options(round_), Limits(workers=1))
    pairs = [(row.student_id, row.slot_id) for row in outcome.allocation.assignments]
    given = ranks_given(round_, pairs)
    assert (outcome.status, len(given), sum(given), max(given)) == ("optimal", SDU_STUDENTS, SDU_RANKS, SDU_WORST)
