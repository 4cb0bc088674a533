"""Prices while groups stay settled: softened bounds, and lifting to every pair; and rounds that are only sampled."""

from __future__ import annotations

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from independent import optimum
from path_checks import few_steps, require_bounds_hold, require_clean, require_proofs_repeat, solvable

from engine.options import build_options
from solver.bound import relax
from solver.build import build_problem
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.opening import open_groups
from solver.priced import PricedPath
from solver.prices import Prices
from solver.stages import Stages

SOME = CHOSEN[2::15]
LEAST_COMPARED = 14
TINY_MOVE = 1e-5


@pytest.fixture(scope="module")
def settled():
    """Round, optimum, and the settled search for its first level after a turn, where groups and options are there."""
    found = []
    for round_, best in solvable(SOME):
        problem = build_problem(round_, build_options(round_))
        stages = Stages.of(problem, round_.policy.levels, Clock(Limits()))
        search = stages.begin(0, [])
        search.descent.run(40, 1.0, 0.05, stages.clock)
        open_groups(search.descent, 2, 6, 0.05, stages.clock)
        search.descent.run(10, 0.05, 0.01, stages.clock)
        one = stages.settled(search, search.descent.worth)
        one.run(2)
        found.append((round_, best, stages, one))
    assert len(found) >= LEAST_COMPARED
    return found


def test_lifted_prices_bound_every_allocation(settled):
    """However the groups were settled, no allocation is better than what the lifted prices prove."""
    for round_, best, _, one in settled:
        assert one.lift().relaxed.bound >= best.levels[0], round_.name


def test_lifted_prices_prove_more_than_none(settled):
    """Where prices of 0 leave a gap, lifted prices narrow it in most rounds."""
    gaps, narrower = 0, 0
    for round_, best, stages, one in settled:
        nothing = Prices.none(one.problem, 0)
        first = relax(one.problem, round_.policy.levels, 0, [], nothing, stages.catalogue).bound
        if first > best.levels[0]:
            gaps += 1
            narrower += one.lift().relaxed.bound < first
    assert gaps
    assert 2 * narrower > gaps


def test_a_softened_bound_is_never_below_the_bound_over_its_bundles(settled):
    """Heat only adds: less of it comes nearer to the bound from above."""
    for _, _, _, one in settled:
        soft = one._softened(one.standing, 0.1)
        if len(soft.columns.owner):
            still = np.zeros(len(soft.bounds()))
            warm, cool = (soft.value_and_slope(still, heat)[0] for heat in (1.0, 0.01))
            assert warm >= cool


def test_a_softened_bound_has_the_slope_that_it_tells(settled):
    """Along random moves the change of the value is what the slope says."""
    generator = np.random.default_rng(5)
    seen = 0
    for _, _, _, one in settled:
        soft = one._softened(one.standing, 0.1)
        if not len(soft.columns.owner):
            continue
        size = len(soft.bounds())
        here, way = generator.uniform(-0.01, 0.01, size), generator.uniform(-1, 1, size)
        heat = 0.1 * one.worth
        (ahead, _), (back, _) = (soft.value_and_slope(here + s * TINY_MOVE * way, heat) for s in (1, -1))
        slope = soft.value_and_slope(here, heat)[1]
        close = 1e-3 * float(np.abs(slope) @ np.abs(way))
        assert (ahead - back) / (2 * TINY_MOVE) == pytest.approx(float(slope @ way), abs=close)
        seen += 1
    assert seen


def test_other_groups_open_where_they_bring_more(settled):
    """A change opens no more groups than a slot has, and goes on from prices that still bound the optimum."""
    for round_, best, _, one in settled:
        one.change(one.lift(), 0.0)
        blocks = one.catalogue
        for number, (begin, end) in enumerate(zip(blocks.slot_first[:-1], blocks.slot_first[1:], strict=True)):
            if not blocks.fixed[begin:end].any():
                assert one.opened[begin:end].sum() <= max(blocks.groups[number], 0), round_.name
        one.run(1)
        assert one.lift().relaxed.bound >= best.levels[0], round_.name


def test_a_round_that_is_sampled_is_answered_lawfully():
    """With a few pairs of each student at hand the answer is clean, its bounds hold and its prices prove them."""
    with few_steps(), pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "solver.effort.MANY_PAIRS": 0,
            "solver.bettering.NEIGHBOURS": 3,
            "solver.stages.SAMPLE": 5,
        }.items():
            patch.setattr(name, value)
        for chosen in SOME:
            round_ = chosen.round()
            best = optimum(round_)
            if best is None:
                continue
            problem = build_problem(round_, build_options(round_))
            path = PricedPath(problem, round_.policy.levels, Clock(Limits(workers=2)))
            answer = climb(problem, round_.policy.levels, path, Clock(Limits()))
            path.close()
            require_clean(round_, problem, answer)
            require_bounds_hold(round_, best, answer)
            require_proofs_repeat(round_, problem, answer)
