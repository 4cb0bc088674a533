"""Whole bundles dealt out anew, neighbourhood by neighbourhood: lawful, never less, and from what is held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from path_checks import priced_towns, require_clean

from engine.audit import audit
from solver import bettering, effort
from solver.allocate import rows_of
from solver.measure import goal_values, level_values
from solver.neighbourhood import build_neighbourhood
from solver.redealing import Redealing, bundles_near, mingled_parts
from solver.sweeps import Sweeper, by_student

TOWNS = (1, 4, 9)
SIZE, FEW = 40, 15


def everyone(problem):
    """By student: dealt to."""
    return np.ones(len(problem.students.school), dtype=bool)


def bundles_at(problem, path, answer, level):
    """The bundles offered around an answer at a level."""
    floors = [result.floor for result in answer.levels[:level]]
    dealing = path.pricing.priced(level, floors, answer.chosen).dealing
    blocks, levels = path.stages.catalogue, path.levels
    return bundles_near(problem, levels, level, blocks, dealing.standing, dealing.lifted.brought, answer.chosen)


@pytest.fixture(scope="module")
def dealt():
    """Round, problem, path and answer of towns that are dealt out anew in a few neighbourhoods."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effort, "FEW_PAIRS", 0)
        patch.setattr(bettering, "DEALT", SIZE)
        with priced_towns(TOWNS) as found:
            yield found


def test_its_answers_are_lawful_and_keep_every_level(dealt):
    """The audit finds no breach, no level falls below what it was fixed at, and no best is above its bound."""
    for round_, problem, path, answer in dealt:
        assert path.effort.deals
        require_clean(round_, problem, answer)
        assert all(level.value >= level.floor for level in answer.levels)
        assert all(level.best <= level.bound for level in answer.levels)


def test_a_deal_takes_nothing_from_earlier_levels(dealt):
    """Dealt out anew for any level, an allocation keeps the earlier ones and is worth no less at that level."""
    changed = 0
    for round_, problem, path, answer in dealt:
        levels = round_.policy.levels
        before = level_values(levels, goal_values(problem, answer.chosen))
        for level in range(path.leading, len(levels)):
            bundles = bundles_at(problem, path, answer, level)
            kept = [each.goals for each in levels[:level]]
            sweeper = Sweeper(problem, levels[level].goals, path.bettering.workers, kept, bettering.WHOLE)
            parts = [np.array([k]) for k in range(len(problem.school_ids))]
            chosen = sweeper.sweep(answer.chosen, parts, Redealing(problem, bundles, everyone(problem)), path.clock)
            after = level_values(levels, goal_values(problem, chosen))
            assert all(new >= old for new, old in zip(after[: level + 1], before, strict=False))
            assert audit(round_, rows_of(problem, replace(answer, chosen=chosen))).breaches == ()
            changed += not np.array_equal(chosen, answer.chosen)
    assert changed


def test_what_is_held_is_where_the_model_starts(dealt):
    """The start that a neighbourhood's model is given breaks none of its rows, and is worth what the allocation is."""
    for round_, problem, path, answer in dealt:
        levels, chosen = round_.policy.levels, answer.chosen
        bundles = bundles_at(problem, path, answer, path.leading)
        student = problem.pairs.student_of(chosen)
        everybody = np.arange(len(problem.school_ids))
        change = Redealing(problem, bundles, everyone(problem))
        sweeper = Sweeper(problem, {}, path.bettering.workers)
        held = sweeper._held(chosen)
        others = sweeper._others(held, everybody, np.ones(len(chosen), dtype=bool))
        left = held.use + sweeper._slack(held.use, [everybody], 0)
        groups = sweeper._groups(held, [everybody], 0)
        found = change.moves(everybody, chosen, student, change.release(chosen).free)
        model = build_neighbourhood(problem, found, others, left, groups)
        back = by_student(chosen, student, np.unique(student), found.pairs.shape[1])
        start, program = model.start(problem, back), model.program
        row = np.repeat(np.arange(len(program.row_upper)), np.diff(program.first))
        used = np.bincount(row, weights=program.value * start[program.column], minlength=len(program.row_upper))
        assert (used <= program.row_upper).all()
        assert (used >= program.row_lower).all()
        assert (start <= program.upper).all()
        values = goal_values(problem, chosen)
        for level in levels:
            worth = model.objective(level.goals)
            own = sum(c * values[g] for g, c in level.goals.items())
            fixed = sum(
                c * problem.constants.get(g, 0) for g, c in level.goals.items() if g not in ("equity", "reserve")
            )
            assert worth.dense(len(start)) @ start + worth.constant + fixed == own


@pytest.fixture(scope="module")
def mingled():
    """The same of towns in which a few students of every school are dealt to at once, for the leading level."""
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("FEW_PAIRS", "DEALT_PAIRS"):
            patch.setattr(effort, limit, 0)
        patch.setattr(effort, "MINGLED", FEW)
        with priced_towns(TOWNS) as found:
            yield found


def test_a_few_of_every_school_are_dealt_to_lawfully(mingled):
    """The audit finds no breach, floors are kept, no best is above its bound; only the leading level is dealt."""
    for round_, problem, path, answer in mingled:
        assert path.effort.mingled == FEW
        require_clean(round_, problem, answer)
        assert all(level.value >= level.floor for level in answer.levels)
        assert all(level.best <= level.bound for level in answer.levels)
        floors = [result.floor for result in answer.levels]
        dealing = [path.pricing.priced(n, floors[:n], answer.chosen).dealing for n in range(path.leading, len(floors))]
        assert [each is not None for each in dealing] == [True, *[False] * (len(dealing) - 1)]


def test_who_is_not_dealt_to_keeps_all_and_nothing_is_lost(mingled):
    """Parts are of different schools; others hold what they held; the leading level and those before lose nothing."""
    changed = 0
    for round_, problem, path, answer in mingled:
        bundles = bundles_at(problem, path, answer, path.leading)
        for seed in range(4):
            generator = np.random.Generator(np.random.PCG64(seed))
            parts, dealt = mingled_parts(problem, FEW, 2, generator)
            assert sorted(np.concatenate(parts).tolist()) == list(range(len(problem.school_ids)))
            assert 0 < dealt.sum() < len(dealt)
            sweeper = path.bettering._dealer(path.leading, problem)
            chosen = sweeper.sweep(answer.chosen, parts, Redealing(problem, bundles, dealt), path.clock)
            kept = [pairs[~dealt[problem.pairs.student_of(pairs)]] for pairs in (answer.chosen, chosen)]
            assert np.array_equal(*kept)
            assert audit(round_, rows_of(problem, replace(answer, chosen=chosen))).breaches == ()
            after, before = (level_values(path.levels, goal_values(problem, each)) for each in (chosen, answer.chosen))
            assert after[: path.leading + 1] >= before[: path.leading + 1]
            changed += not np.array_equal(chosen, answer.chosen)
    assert changed
