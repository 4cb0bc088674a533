"""The integer program's bounds of a re-run: never below what the tests' own exact model reaches, often just that."""

from __future__ import annotations

from contextlib import closing
from random import Random

import numpy as np
import pytest
from independent import optimum
from random_disruptions import disrupted_problems

from solver import keeping_bound
from solver.highs import Highs
from solver.limits import Clock, Limits
from solver.touched import with_room

SEEDS = [*((seed, "tiny") for seed in range(60)), *((seed, "small") for seed in range(12))]
LEAST_COMPARED = 20
LEAST_TIGHT = 6
"""Rounds in which something published must be given up, and the bound says just how much."""


@pytest.fixture(scope="module")
def compared():
    """Levels, independent optimum and problem of the disrupted rounds whose first levels are about keeping."""
    found = []
    for _, round_, problem in disrupted_problems(SEEDS):
        best = optimum(round_)
        if best is not None:
            found.append((round_.policy.levels, best, problem))
    assert len(found) >= LEAST_COMPARED
    return found


def bounds(compared, choosing_of):
    """(level, its number, bound, optimum) wherever there is a word on it, the earlier levels at their floors."""
    found = []
    with closing(Highs(Clock(Limits(workers=1)))) as highs:
        for levels, best, problem in compared:
            floors = [level.floor_of(value) for level, value in zip(levels, best.levels, strict=True)]
            for number, level in enumerate(levels):
                choosing = choosing_of(problem)
                bound = keeping_bound.least_lost(problem, levels, number, floors[:number], choosing, highs)
                if bound is None:
                    break
                found.append((level, number, bound, best.levels[number]))
    return found


def everybody(problem):
    """All students."""
    return np.ones(len(problem.student_ids), dtype=bool)


def some(problem):
    """About half of the students."""
    rng = Random(f"choosing-{problem.student_ids[0]}-{len(problem.pairs.slot)}")  # noqa: S311
    return np.array([rng.random() < 0.5 for _ in problem.student_ids])


def nobody(problem):
    """No student."""
    return np.zeros(len(problem.student_ids), dtype=bool)


@pytest.mark.parametrize("choosing_of", [everybody, some, nobody])
@pytest.mark.parametrize("most", [keeping_bound.MOST_PAIRS, 10])
def test_no_bound_is_below_the_optimum(compared, monkeypatch, choosing_of, most):
    """Whoever chooses, and where only those may who find a slot least easily: no word is below the optimum."""
    monkeypatch.setattr(keeping_bound, "MOST_PAIRS", most)
    monkeypatch.setattr(keeping_bound, "LATER_PAIRS", most)
    found = bounds(compared, choosing_of)
    assert len(found) >= 2 * LEAST_COMPARED
    assert [(level.name, bound, best) for level, _, bound, best in found if bound < best] == []


def test_it_often_says_just_how_much_must_be_given_up(compared):
    """Where everybody chooses, the bound is the optimum in many rounds in which something published is lost."""
    found = [(bound, best) for _, number, bound, best in bounds(compared, everybody) if number == 1 and best < 0]
    assert sum(bound == best for bound, best in found) >= LEAST_TIGHT


def test_those_choose_who_find_a_slot_least_easily(compared):
    """Of more options than can be asked about, whole students are left out, and none with fewer that have room."""
    for _, _, problem in compared:
        total = np.diff(problem.pairs.first)
        most = int(total.sum()) // 2
        chosen = keeping_bound.hardest(problem, everybody(problem), most)
        assert total[chosen].sum() <= most
        kept = np.flatnonzero(problem.pairs.kept)
        room = with_room(problem, kept, np.arange(len(problem.pairs.slot), dtype=np.int64))
        roomy = np.bincount(problem.pairs.student_of(room), minlength=len(total))
        if chosen.any() and not chosen.all():
            assert roomy[chosen].max() <= roomy[~chosen].min()
