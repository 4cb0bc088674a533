"""Places passed on to students who are missed: lawfully, and nobody else comes to be missed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from path_checks import priced_towns

from engine.audit import audit
from solver.allocate import rows_of
from solver.displacing import displaced
from solver.kernels import plain
from solver.touched import lacking

TOWNS = (7, 20, 23, 25)
THROWN_OUT = 0.3
"""Share of the students who lose all slots that are no group's; others are then given their places."""
GOALS = ("guarantee", "reach")


@pytest.fixture(scope="module")
def crowded():
    """Round, problem, answer, and an allocation of towns in which some students' places went to others.

    Those thrown out find little room: the path has bettered the allocation without them.
    """
    found = []
    with priced_towns(TOWNS) as towns:
        for seed, (round_, problem, path, answer) in zip(TOWNS, towns, strict=True):
            pairs, chosen = problem.pairs, answer.chosen
            out = np.random.default_rng(seed).random(len(problem.students.school)) < THROWN_OUT
            lost = out[pairs.student_of(chosen)] & ~problem.blocked[pairs.slot[chosen]]
            kept, pool = chosen[~lost], path.stages.pool
            path.stages.pool = pool[~out[pairs.student_of(pool)]]
            prices = path.pricing.at_hand(path.leading)
            found.append((round_, problem, answer, path.bettering.improve(path.leading, kept, prices, [])))
            path.stages.pool = pool
        yield found


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("compiled", [True, False])
def test_who_is_missed_takes_a_place_that_can_be_spared(crowded, goal, compiled, monkeypatch):
    """More students have what the goal counts, all who had it have it still, and no rule is broken."""
    if not compiled:
        monkeypatch.setattr("solver.displacing.chosen_for", lambda _: plain())
    placed = 0
    for round_, problem, answer, given in crowded:
        after = displaced(problem, given, goal)
        assert audit(round_, rows_of(problem, replace(answer, chosen=after))).breaches == ()
        for each in GOALS:
            assert not (lacking(problem, after, {each}) & ~lacking(problem, given, {each})).any()
        placed += int(lacking(problem, given, {goal}).sum() - lacking(problem, after, {goal}).sum())
    assert placed > 0


def test_whoever_gives_a_place_up_keeps_others(crowded):
    """Those who had what the goal counts are given nothing and keep a slot; those missed are given one at most."""
    gave = 0
    for _, problem, _, given in crowded:
        pairs, count = problem.pairs, len(problem.student_ids)
        after = displaced(problem, given, "reach")
        more = np.bincount(pairs.student_of(np.setdiff1d(after, given)), minlength=count)
        less = np.bincount(pairs.student_of(np.setdiff1d(given, after)), minlength=count)
        missed = lacking(problem, given, {"reach"})
        assert set(more[missed].tolist()) <= {0, 1}
        assert not more[~missed].any()
        assert not less[missed].any()
        assert (np.bincount(pairs.student_of(after), minlength=count) >= 1)[less > 0].all()
        gave += int(less.sum())
    assert gave > 0
