"""CP-SAT is asked first about models of middling size, and HiGHS about what it does not prove: the best is the same."""

from __future__ import annotations

import pytest
from random_rounds import random_round

from engine.options import build_options
from solver import cpsat, exact
from solver.allocate import allocate
from solver.limits import Limits

TOWNS = (0, 1, 5, 6, 7)


def bests(round_):
    """Every level's best, and that all are proven."""
    outcome = allocate(round_, build_options(round_), Limits(workers=1))
    assert outcome.status == "optimal"
    return [(level.best, level.bound) for level in outcome.levels]


@pytest.mark.parametrize("seed", TOWNS)
def test_whoever_proves_it_the_best_is_the_same(monkeypatch, seed):
    """By CP-SAT, by HiGHS from where CP-SAT's work ended, and by HiGHS alone every level has one best."""
    round_ = random_round(seed, "town")
    asked = []
    answer = cpsat.CpSat.integer
    monkeypatch.setattr(cpsat.CpSat, "integer", lambda *given: asked.append(answer(*given)) or asked[-1])
    by_cp_sat = bests(round_)
    assert asked
    assert {each.status for each in asked} == {"optimal"}
    asked.clear()
    monkeypatch.setattr(cpsat, "WORK", 0.0)
    assert bests(round_) == by_cp_sat
    assert "optimal" not in {each.status for each in asked}
    monkeypatch.setattr(exact, "MIDDLING", range(0))
    assert bests(round_) == by_cp_sat
