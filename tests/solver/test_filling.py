"""A large round filled once its groups are open: what is given part by part is what the files allow, and worth more."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import few_pairs_known, solvable

from engine.audit import audit
from engine.options import build_options
from solver.allocate import rows_of
from solver.bound import student_side
from solver.build import build_problem
from solver.filling import Filling
from solver.ladder import Climb
from solver.limits import Clock, Limits
from solver.measure import goal_values, level_value
from solver.offered import serve, shut_by
from solver.opening import groups_held
from solver.pool import restricted
from solver.priced import PricedPath
from solver.prices import worths

SOME = (*CHOSEN[3::19], *CHOSEN[5::37])
LEAST_FILLED, LEAST_GROUPED = 18, 8
MIXED = ((30, 1.0, 0.1, 3), (20, 0.1, 0.02, 2))
FILLING = ((20, 0.1, 0.02, 3), (20, 0.05, 0.01, 2))


@pytest.fixture(scope="module")
def filled():
    """Round, path, the search that opened its groups, the filling and what it gave, where only some pairs are known."""
    found = []
    with few_pairs_known():
        for round_, _ in solvable(SOME):
            path = PricedPath(build_problem(round_, build_options(round_)), round_.policy.levels, Clock(Limits()))
            path.close()
            path.effort = path.bettering.effort = replace(
                path.effort,
                mixed=MIXED,
                weighing=FILLING,
                filling=FILLING,
                parts=8,
                part_steps=5,
                turns=3,
                turn_steps=6,
            )
            search = path.pricing.dive(path.pricing.lead(path._heads()))
            filling = Filling.of(path.stages, search, path.effort, path.clock)
            filling.seek(search)
            prices = filling.prices(np.zeros(filling.opened.closed.shape, dtype=np.int64))
            found.append((round_, path, search, filling, prices, filling.fill()))
    assert len(found) >= LEAST_FILLED
    assert sum(len(each[3].opened.open_) > 0 for each in found) >= LEAST_GROUPED
    return found


def test_what_is_given_keeps_every_limit(filled):
    """Nobody is given what a rule forbids; only groups may be too small, which serving mends."""
    for round_, path, search, filling, _, given in filled:
        assert all(a < b for a, b in pairwise(given.tolist()))
        breaches = {each.rule for each in audit(round_, rows_of(path.problem, Climb(given, ()))).breaches}
        assert breaches <= {"group"}, (round_.name, breaches)
        blocks = path.stages.catalogue
        held = groups_held(path.problem, blocks, given)
        assert (held <= np.where(blocks.fixed > 0, held, np.maximum(0, search.descent.forced))).all()
        assert not len(filling.pool[~np.isin(filling.pool, filling.opened.usable(filling.pool))])
    assert sum(len(given) for *_, given in filled)


def test_an_open_block_is_a_slot_that_asks_what_the_block_does(filled):
    """At the part's prices each student finds in it what the round's own pairs are worth at the same prices."""
    for round_, path, search, filling, *_ in filled:
        level, part = search.level, filling.descent.problem
        prices = filling.prices(np.zeros(filling.opened.closed.shape, dtype=np.int64))
        worth = worths(path.levels, level, prices)
        same = replace(filling.descent.prices(), reserve=prices.reserve[filling.opened.slots])
        mine = student_side(part, worth, same)[0]
        theirs = student_side(restricted(path.problem, filling.pool), worth, prices)[0]
        assert np.array_equal(mine, theirs), round_.name
        assert not part.blocked.any()


def test_those_who_have_theirs_choose_no_more(filled):
    """When the last part is given, only limits' prices moved, and what is left is what is not given."""
    for round_, path, search, filling, _, given in filled:
        again = Filling.of(path.stages, search, path.effort, path.clock)
        descent, before = again.descent, again.descent.point.copy()
        count = len(path.problem.student_ids)
        descent.begins = count // 2
        descent.run(3, 0.1, 0.1, path.clock, 2)
        assert np.array_equal(before.rates, descent.point.rates), round_.name
        assert np.array_equal(before.equity, descent.point.equity)
        assert np.array_equal(before.reserve, descent.point.reserve)
        assert all((choice[: count // 2] < 0).all() for choice in descent.choices)
        own = len(path.problem.resources.left)
        taken = filling.descent.problem.resources.left - filling.descent.left
        blocks, inside = path.stages.catalogue, given[path.problem.blocked[path.problem.pairs.slot[given]]]
        members = np.bincount(blocks.block_of(path.problem, inside), minlength=len(blocks.slot))
        assert np.array_equal(taken[own:], members[filling.opened.open_])


def test_filling_gives_more_than_serving_one_after_another(filled):
    """Of all rounds together the leading level comes to more than where nobody is given anything before."""
    values = []
    for _, path, search, _, prices, given in filled:
        closed, level = shut_by(search, path.bettering), path.levels[path.leading]
        found = [serve(path.bettering, search.level, prices, closed, each) for each in (given, None)]
        values.append([level_value(level, goal_values(path.problem, each)) for each in found])
        assert set(given) <= set(found[0]) or path.problem.blocked.any()
    more, less = np.sum(values, axis=0)
    assert more > less
