"""What every path to an answer owes: a clean allocation, bounds no optimum crosses, prices that prove them again."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from independent import optimum
from random_rounds import random_round

from engine.audit import audit
from engine.options import build_options
from solver.allocate import rows_of
from solver.build import build_problem
from solver.effort import Effort
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.priced import PricedPath
from solver.proof import Labels, write_prices
from solver.proof_reading import read_prices
from solver.recount import Recount


def solvable(chosen_rounds):
    """Those of the rounds in which there is an allocation at all, each with its independent optimum."""
    for chosen in chosen_rounds:
        round_ = chosen.round()
        best = optimum(round_)
        if best is not None:
            yield round_, best


def require_clean(round_, problem, answer):
    """The audit finds no breach, and measures every level as the path does."""
    found = audit(round_, rows_of(problem, answer))
    assert found.breaches == (), round_.name
    assert [level.value for level in found.levels] == [level.value for level in answer.levels]


def require_bounds_hold(round_, best, answer):
    """As long as the earlier levels are at their optimum, a level's bound is at least the independent optimum."""
    for level, reached in zip(answer.levels, best.levels, strict=True):
        assert level.bound >= reached >= level.best, round_.name
        if level.best < reached:
            break


def require_proofs_repeat(round_, problem, answer):
    """Every level's prices, written and read again, prove the bound that the path claims by them."""
    recount = Recount.of(problem)
    for number, result in enumerate(answer.levels):
        labels = Labels.of(round_.policy, number)
        prices = read_prices(problem, labels, write_prices(problem, labels, result.prices))
        floors = [earlier.floor for earlier in answer.levels[:number]]
        assert recount.bound(round_.policy.levels, number, floors, prices) == result.price_bound


@contextmanager
def few_pairs_known():
    """Every round is priced as a large one, on some pairs of each student."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.effort.MANY_PAIRS", 0)
        patch.setattr("solver.stages.SAMPLE", 4)
        yield


@contextmanager
def few_steps():
    """Rounds are priced and bettered in a small part of the steps; what they owe, they owe after any number."""
    usual = Effort.of

    def shorter(turns):
        return tuple((max(2, steps // 6), first, last, parts) for steps, first, last, parts in turns)

    def fewer(problem):
        full = usual(problem)
        return replace(
            full, first=min(60, full.first), later=min(30, full.later), turns=3, turn_steps=8,
            sweeps=min(4, full.sweeps), lifts=min(1, full.lifts), lift_turns=2, deals=min(1, full.deals), trying=10,
            mixed=shorter(full.mixed), mixed_later=shorter(full.mixed_later), weighing=shorter(full.weighing),
            filling=shorter(full.filling), parts=8, part_steps=4,
        )  # fmt: skip

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Effort, "of", fewer)
        yield


@contextmanager
def priced_towns(seeds):
    """Round, problem, the priced path and its answer, of random towns of some ninety students."""
    with ExitStack() as paths:
        paths.enter_context(few_steps())
        found = []
        for seed in seeds:
            round_ = random_round(seed, "town")
            problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
            path = PricedPath(problem, levels, Clock(Limits(workers=2)))
            paths.callback(path.close)
            found.append((round_, problem, path, climb(problem, levels, path, path.clock)))
        yield found
