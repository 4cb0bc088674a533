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
from solver.redealing import Redealing, bundles_near
from solver.sweeps import Sweeper, by_student

TOWNS = (1, 4, 9)
SIZE = 40


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
            floors = [result.floor for result in answer.levels[:level]]
            dealing = path.pricing.priced(level, floors, answer.chosen).dealing
            standing, lifted = dealing.standing, dealing.lifted
            blocks = path.stages.catalogue
            bundles = bundles_near(problem, levels, level, blocks, standing, lifted.brought, answer.chosen)
            kept = [each.goals for each in levels[:level]]
            sweeper = Sweeper(problem, levels[level].goals, path.bettering.workers, kept, bettering.WHOLE)
            parts = [np.array([k]) for k in range(len(problem.school_ids))]
            chosen = sweeper.sweep(answer.chosen, parts, Redealing(problem, bundles), path.clock)
            after = level_values(levels, goal_values(problem, chosen))
            assert all(new >= old for new, old in zip(after[: level + 1], before, strict=False))
            assert audit(round_, rows_of(problem, replace(answer, chosen=chosen))).breaches == ()
            changed += not np.array_equal(chosen, answer.chosen)
    assert changed


def test_what_is_held_is_where_the_model_starts(dealt):
    """The start that a neighbourhood's model is given breaks none of its rows, and is worth what the allocation is."""
    for round_, problem, path, answer in dealt:
        levels, chosen = round_.policy.levels, answer.chosen
        floors = [result.floor for result in answer.levels[: path.leading]]
        dealing = path.pricing.priced(path.leading, floors, chosen).dealing
        standing, lifted = dealing.standing, dealing.lifted
        bundles = bundles_near(
            problem, levels, path.leading, path.stages.catalogue, standing, lifted.brought, chosen
        )  # fmt: skip
        student = problem.pairs.student_of(chosen)
        everybody = np.arange(len(problem.school_ids))
        change = Redealing(problem, bundles)
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
