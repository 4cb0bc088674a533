"""Where sweeps are aimed: schools put together by what slots miss, and groups shut that bring too little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from path_checks import priced_towns, require_clean

from solver.aiming import Aim
from solver.bettering import MANY
from solver.bound import Catalogue, block_values
from solver.candidates import linear_worths
from solver.measure import goal_values
from solver.prices import SCALE, Prices, worths
from solver.rates import combined_goals
from solver.sweeps import Exchange, Sweeper

TOWNS = (1, 9)
SIZE = 25


@pytest.fixture(scope="module")
def towns():
    """Round, problem, the priced path and its answer, of some towns."""
    with priced_towns(TOWNS) as found:
        yield found


def dear(problem, price):
    """Prices of ``price`` for every place in a block, and nothing else."""
    blocks = np.where(problem.blocked[None, :], price * SCALE, 0).repeat(len(problem.school_ids), 0)
    return replace(Prices.none(problem, 0), blocks=blocks)


def test_every_school_is_in_one_part(towns):
    """Whatever the slots miss, the parts hold every school with students once."""
    for _, problem, _, answer in towns:
        for price in (0, 1, 7):
            parts, _ = Aim(problem, dear(problem, price), SIZE, SCALE).parts(answer.chosen, np.random.default_rng(3))
            assert sorted(np.concatenate(parts).tolist()) == sorted(set(problem.students.school.tolist()))


def test_a_slot_that_loses_a_group_misses_what_it_paid(towns):
    """With the students of one block gone, its slot misses just the price of their places more, and no other does."""
    seen = 0
    for _, problem, _, answer in towns:
        aim, chosen = Aim(problem, dear(problem, 5), SIZE, SCALE), answer.chosen
        school, slot = problem.students.school[problem.pairs.student_of(chosen)], problem.pairs.slot[chosen]
        before = aim._missing(chosen)
        for k, j in sorted(set(zip(school.tolist(), slot.tolist(), strict=True))):
            if problem.blocked[j]:
                gone = (school == k) & (slot == j)
                more = aim._missing(chosen[~gone]) - before
                expected = np.where(aim.catalogue.slots == j, 5 * SCALE * gone.sum(), 0)
                assert np.array_equal(more, expected)
                seen += 1
    assert seen


def test_the_school_to_blame_is_offered_for_shutting(towns):
    """Where a slot misses much, a block is named that holds it and brings less than the slot's best."""
    seen = 0
    for _, problem, _, answer in towns:
        aim, chosen = Aim(problem, dear(problem, 5), SIZE, 1), answer.chosen
        _, shut = aim.parts(chosen, np.random.default_rng(3))
        blame = aim._blame(chosen)
        assert np.flatnonzero(aim.short(chosen)).tolist() == aim.catalogue.slots[aim._missing(chosen) > 0].tolist()
        for k, j in np.argwhere(shut):
            block = np.flatnonzero((aim.catalogue.school == k) & (aim.catalogue.slot == j))
            same = aim.catalogue.slot == j
            assert blame[block] == blame[same].max()
            seen += blame[block].item() > 0
    assert seen


def test_shutting_groups_never_loses_anything(towns):
    """With every block barred, a neighbourhood re-places its students without those it held, or keeps them."""
    for round_, problem, path, answer in towns:
        goals = combined_goals(path.bettering.ranked, path.bettering.rates)
        nothing = Prices.none(problem, 0)
        worth = worths(round_.policy.levels, 0, nothing)
        sweeper, linear = Sweeper(problem, goals, path.bettering.workers), linear_worths(problem, worth, nothing)
        barred = np.ones((len(problem.school_ids), len(problem.slot_ids)), dtype=bool)
        which = np.zeros(len(problem.students.school), dtype=np.int64)
        parts = [np.array([k]) for k in range(len(problem.school_ids))]
        change = Exchange(problem, worth, MANY, (linear,), which, barred)
        found = sweeper.sweep(answer.chosen, parts, change, path.clock)
        before, after = (goal_values(problem, x) for x in (answer.chosen, found))
        assert sum(c * after[g] for g, c in goals.items()) >= sum(c * before[g] for g, c in goals.items())
        require_clean(round_, problem, replace(answer, chosen=found))


def test_a_group_is_worth_no_more_places_than_its_school_can_bring(towns):
    """A block whose coach, employer or half-day holds fewer than a group brings just those at the price of a place."""
    seen = 0
    for _, problem, _, _ in towns:
        blocks = Catalogue.of(problem)
        tight = (blocks.places < np.minimum(blocks.most, blocks.members)) & (blocks.fixed == 0)
        for b in np.flatnonzero(tight & (blocks.places >= blocks.least)):
            prices = Prices.none(problem, 0)
            prices.blocks[blocks.school[b], blocks.slot[b]] = SCALE
            assert block_values(problem, prices, blocks)[0].sum() == blocks.places[b] * SCALE
            seen += 1
    assert seen
