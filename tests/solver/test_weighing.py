"""All levels weighed at once: weights are as said, prices bound the weighted sum, and what is served weighs more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import solvable

from engine.loading import load_round
from engine.options import build_options
from scenarios import write_scenario
from solver.build import build_problem
from solver.limits import Clock, Limits
from solver.measure import goal_values, level_values
from solver.offered import serve, shut_by
from solver.opening import open_groups
from solver.priced import PricedPath
from solver.stages import Stages
from solver.weighing import AHEAD, FARTHEST, last_of, weighed

SOME = CHOSEN[2::15]
LEAST_COMPARED, LEAST_WEIGHED = 15, 8


@pytest.fixture(scope="module")
def searched():
    """Round, optimum, swings, leading level and the search for it, of rounds with more than one level to weigh."""
    found = []
    for round_, best in solvable(SOME):
        problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
        clock = Clock(Limits())
        path = PricedPath(problem, levels, clock)
        path.close()
        stages = Stages.of(problem, levels, clock)
        search = stages.begin(path.leading, [0] * path.leading)
        search.descent.run(15, 1.0, 0.1, clock)
        found.append((round_, best, stages.swing, search))
    assert len(found) >= LEAST_COMPARED
    assert sum(last_of(s.levels, s.level) > s.level for *_, s in found) >= LEAST_WEIGHED
    return found


def test_every_level_is_well_ahead_of_the_next(searched):
    """A good slot is worth so many times what it is at the next level, and a head more than all of them together."""
    for round_, _, swing, search in searched:
        both = weighed(search, swing)
        rates = [*both.descent.point.rates, 1.0]
        worth = [rate * each for rate, each in zip(rates, swing, strict=False)]
        for number in range(search.level, both.level):
            assert worth[number] == pytest.approx(AHEAD * worth[number + 1]), round_.name
        assert all(rate > sum(worth[search.level :]) for rate in rates[: search.level])
        assert not any(each.proof for each in search.levels[both.level + 1 :])


def test_however_many_levels_there_are_prices_stay_whole_numbers_that_fit(searched):
    """Of thirty levels the first is ahead of the last by no more than of ten, and a step is taken."""
    round_, _, _, search = searched[0]
    level = replace(round_.policy.levels[0], goals={"need": 1}, proof=True)
    levels = [replace(level, name=f"level {number}") for number in range(30)]
    stages = Stages.of(search.problem, levels, Clock(Limits()))
    both = weighed(stages.begin(0, []), stages.swing)
    assert both.descent.point.rates[0] <= FARTHEST * stages.swing[-1] / stages.swing[0] * 1.001
    both.descent.run(2, 0.5, 0.5, stages.clock)
    assert (both.descent.prices().rates > 0).all()


def test_what_prices_come_to_bounds_the_weighted_sum(searched):
    """At the prices of the leading level, and after more steps, no allocation's levels weigh more."""
    for round_, best, swing, search in searched:
        both = weighed(search, swing)
        total = float(np.dot([*both.descent.point.rates, 1.0], best.levels[: both.level + 1]))
        for _ in range(3):
            assert both.descent.slopes()[0] >= total - 0.01 * (1 + abs(total)), round_.name
            both.descent.run(5, 0.1, 0.05, Clock(Limits()))


def test_the_search_before_is_left_as_it_was(searched):
    """Weighing begins from prices of the leading level and moves none of them."""
    for round_, _, swing, search in searched:
        point = search.descent.point.copy()
        weighed(search, swing).descent.run(3, 0.5, 0.5, Clock(Limits()))
        assert np.array_equal(search.descent.point.own, point.own), round_.name
        assert np.array_equal(search.descent.point.rows, point.rows)


def test_served_at_weighed_prices_the_later_levels_gain(tmp_path):
    """In a small region the levels weigh more than where students are served at the leading level's prices alone."""
    write_scenario("pilot", tmp_path / "round", students=150)
    round_ = load_round(tmp_path / "round")
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    path = PricedPath(problem, levels, Clock(Limits()))
    path.close()
    heads = path._heads()
    both, sums = path.pricing.weigh(path.pricing.lead(heads)), []
    for search in (path.stages.begin(path.leading, heads), both):
        open_groups(search.descent, path.effort.turns, path.effort.turn_steps, 0.03, path.clock)
        search.descent.run(20, 0.03, 0.01, path.clock)
        chosen = serve(path.bettering, search.level, search.prices(), shut_by(search, path.bettering))
        values = level_values(levels, goal_values(problem, chosen))[: both.level + 1]
        sums.append(float(np.dot([*both.descent.point.rates, 1.0], values)))
    assert sums[1] > sums[0]
