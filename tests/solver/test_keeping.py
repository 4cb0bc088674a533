"""The path of large re-runs, on rounds small enough for the tests' own exact model: lawful, near the best, bounded."""

from __future__ import annotations

import pytest
from independent import optimum
from path_checks import few_steps, require_bounds_hold, require_clean, require_proofs_repeat
from random_disruptions import disrupted

from engine.options import build_options
from solver import keeping, keeping_bound
from solver.allocate import rows_of
from solver.build import build_problem
from solver.keeping import KeepingPath, is_about_keeping
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.proof import Labels, write_prices

SEEDS = [*((seed, "tiny") for seed in range(110)), *((seed, "small") for seed in range(24))]
LEAST_COMPARED = 25
LEAST_BEST = 95
"""Percentage of the rounds in which as many keep something, and as much, as can be."""

LEAST_BEST_IN_PARTS = 75
"""The same where only a few pairs are asked about at once."""
SMALL_LIMITS = {"AT_ONCE": 6, "PART": 4, "OFFERED": 10, "FEWEST": 2, "MOST_PAIRS": 8}


def to_compare():
    """The disrupted rounds in which something published can be kept, with their optimum and their problem."""
    for seed, size in SEEDS:
        round_ = disrupted(seed, size)
        best = optimum(round_) if round_ is not None and round_.baseline else None
        if best is None:
            continue
        problem = build_problem(round_, build_options(round_))
        if is_about_keeping(problem, round_.policy.levels):
            yield round_, best, problem


def written(round_, problem, answer):
    """What an answer comes to in the files: its rows, its bounds, and every level's prices."""
    tables = [write_prices(problem, Labels.of(round_.policy, n), r.prices) for n, r in enumerate(answer.levels)]
    return rows_of(problem, answer), [(r.best, r.bound, r.proof, r.price_bound) for r in answer.levels], tables


@pytest.fixture(scope="module", autouse=True)
def _hasty():
    """Levels that weigh slots are priced in few steps."""
    with few_steps():
        yield


@pytest.fixture(scope="module")
def compared():
    """Round, optimum, problem and the path's answer."""
    found = []
    for round_, best, problem in to_compare():
        clock = Clock(Limits(workers=1))
        path = KeepingPath(problem, round_.policy.levels, clock)
        found.append((round_, best, problem, climb(problem, round_.policy.levels, path, clock)))
        path.close()
    assert len(found) >= LEAST_COMPARED
    return found


def test_its_allocations_are_clean(compared):
    """The audit finds no breach, and measures every level as the path does."""
    for round_, _, problem, answer in compared:
        require_clean(round_, problem, answer)


def test_no_bound_is_below_the_optimum(compared):
    """As long as the earlier levels are at their optimum, a level's bound is at least the independent optimum."""
    for round_, best, _, answer in compared:
        require_bounds_hold(round_, best, answer)


def test_it_nearly_always_keeps_the_most(compared):
    """The levels about what was published reach the independent optimum in nearly every round."""
    reached = [tuple(r.best for r in answer.levels[:2]) == best.levels[:2] for _, best, _, answer in compared]
    assert 100 * sum(reached) >= LEAST_BEST * len(reached)


def test_its_prices_are_read_back_and_prove_the_same(compared):
    """Every level's prices, written and read again, prove the bound that the path claims by them."""
    for round_, _, problem, answer in compared[::3]:
        require_proofs_repeat(round_, problem, answer)


def test_two_runs_of_one_rerun_are_alike_to_the_byte(compared):
    """The same pairs, bounds and price tables, however often a re-run is answered."""
    for round_, _, problem, answer in compared[::5]:
        clock = Clock(Limits(workers=1))
        path = KeepingPath(problem, round_.policy.levels, clock)
        again = climb(problem, round_.policy.levels, path, clock)
        path.close()
        assert written(round_, problem, again) == written(round_, problem, answer)


def test_few_pairs_at_a_time_are_as_lawful_and_no_less_kept(compared, monkeypatch):
    """Asked about far fewer pairs at once than the rounds have: lawful, bounded, and nearly as much kept."""
    for name, value in SMALL_LIMITS.items():
        monkeypatch.setattr(keeping, name, value)
    for name in ("MOST_PAIRS", "LATER_PAIRS"):
        monkeypatch.setattr(keeping_bound, name, SMALL_LIMITS["MOST_PAIRS"])
    reached = []
    for round_, best, problem, _ in compared[::2]:
        clock = Clock(Limits(workers=1))
        path = KeepingPath(problem, round_.policy.levels, clock)
        answer = climb(problem, round_.policy.levels, path, clock)
        path.close()
        require_clean(round_, problem, answer)
        require_bounds_hold(round_, best, answer)
        reached.append(tuple(r.best for r in answer.levels[:2]) == best.levels[:2])
    assert 100 * sum(reached) >= LEAST_BEST_IN_PARTS * len(reached)


def test_a_large_round_is_asked_in_smaller_models(compared, monkeypatch):
    """No integer program of all who lost something is asked; allocations stay lawful, bounds hold, most is kept."""
    monkeypatch.setattr("solver.effort.MANY_PAIRS", 0)
    monkeypatch.setattr("solver.stages.SAMPLE", 4)
    monkeypatch.setattr(keeping, "least_lost", lambda *_: pytest.fail("asked for the solver's word"))
    reached = []
    for round_, best, problem, _ in compared[1::3]:
        clock, levels = Clock(Limits(workers=1)), round_.policy.levels
        path = KeepingPath(problem, levels, clock)
        answer = climb(problem, levels, path, clock)
        path.close()
        require_clean(round_, problem, answer)
        require_bounds_hold(round_, best, answer)
        reached.append(tuple(r.best for r in answer.levels[:2]) == best.levels[:2])
    assert 100 * sum(reached) >= LEAST_BEST_IN_PARTS * len(reached)
