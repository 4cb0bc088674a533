"""What surrounds the published pairs that stay: goals keep their values, and no option that has room is left out."""

from __future__ import annotations

from contextlib import closing
from random import Random

import numpy as np
import pytest
from random_disruptions import disrupted_problems

from solver.core import build_core
from solver.highs import Highs, Row
from solver.limits import Clock, Limits
from solver.measure import goal_values, level_value
from solver.model import Expression
from solver.touched import options_of, parts, settled_around, shared_out, with_room

SEEDS = [*((seed, "tiny") for seed in range(60)), *((seed, "small") for seed in range(20))]
LEAST_WITH_STAYING = 20
LEAST_BARRED = 10
"""In how many of the rounds there must be pairs that stay, and in how many they must leave no room for some option."""


@pytest.fixture(scope="module")
def settled():
    """Levels, problem, published pairs that some allocation keeps, and a pool around them, by round."""
    found = []
    with closing(Highs(Clock(Limits(workers=1)))) as highs:
        for name, round_, problem in disrupted_problems(SEEDS):
            core = build_core(problem, round_.policy.levels)
            answer = highs.integer(core.program, core.objective(round_.policy.levels[1]), [], None)
            if answer.value is None:
                continue
            chosen = core.chosen(answer.value)
            stay = chosen[problem.pairs.kept[chosen]]
            rng = Random(f"pool-{name}")  # noqa: S311
            choosing = np.array([rng.random() < 0.5 for _ in problem.student_ids])
            pool = np.unique(np.concatenate([chosen, options_of(problem, choosing)]))
            found.append((round_.policy.levels, problem, stay, pool))
    assert sum(bool(len(stay)) for _, _, stay, _ in found) >= LEAST_WITH_STAYING
    return found


def test_every_goal_keeps_its_value_around_pairs_that_stay(settled):
    """Whatever is chosen beside the pairs that stay, every goal is worth what it is worth in the whole problem."""
    rng = Random("beside")  # noqa: S311
    for _, problem, stay, pool in settled:
        narrowed = settled_around(problem, stay, pool)
        for share in (0, 0.3, 0.7, 1):
            chosen = np.union1d(stay, [int(p) for p in pool if rng.random() < share]).astype(np.int64)
            assert goal_values(narrowed, chosen) == goal_values(problem, chosen)


def test_every_level_of_a_model_around_pairs_that_stay_keeps_its_value(settled):
    """A model of the narrowed problem reaches, level by level, what the model of the whole problem reaches."""
    with closing(Highs(Clock(Limits(workers=1)))) as highs:
        for levels, problem, stay, pool in settled[::3]:
            cores = [build_core(each, levels, pool) for each in (settled_around(problem, stay, pool), problem)]
            held = [Row.all_of(core.pool.column[np.isin(core.pool.pair, stay)]) for core in cores]
            for level in levels:
                answers = [
                    highs.integer(core.program, core.objective(level), [row], None)
                    for core, row in zip(cores, held, strict=True)
                ]
                assert [answer.status for answer in answers] == ["optimal", "optimal"]
                chosen = cores[0].chosen(answers[0].value)
                worth = level_value(level, goal_values(problem, chosen))
                assert worth == round(answers[0].objective) == round(answers[1].objective)


def test_no_option_with_room_is_left_out(settled):
    """What is left out beside the pairs that stay is in no allocation of the exact model that has those pairs."""
    barred = 0
    with closing(Highs(Clock(Limits(workers=1)))) as highs:
        for _, problem, stay, _ in settled:
            others = np.setdiff1d(np.arange(len(problem.pairs.slot), dtype=np.int64), stay)
            left_out = np.setdiff1d(others, with_room(problem, stay, others))
            barred += bool(len(left_out))
            core = build_core(problem, [])
            held = Row.all_of(core.pool.column[stay])
            some_of_them = Expression(core.pool.column[left_out], np.ones(len(left_out), dtype=np.int64))
            answer = highs.integer(core.program, some_of_them, [held], None)
            assert round(answer.objective) == 0
    assert barred >= LEAST_BARRED


def test_an_option_whose_limits_are_used_up_is_left_out(settled):
    """No slot that those who stay fill is left among the options with room."""
    for _, problem, stay, _ in settled:
        slots, inside = problem.slots, np.bincount(problem.pairs.slot[stay], minlength=len(problem.slot_ids))
        others = np.setdiff1d(np.arange(len(problem.pairs.slot), dtype=np.int64), stay)
        room = with_room(problem, stay, others)
        most = np.where(slots.grouped, problem.groups_open * slots.group_max, slots.capacity)
        assert (inside[problem.pairs.slot[room]] < most[problem.pairs.slot[room]]).all()


def test_options_are_shared_out_evenly_and_no_student_is_cut_in_two(settled):
    """Of more options than are asked for every student keeps some, none many more than another; parts are whole."""
    for _, problem, _, _ in settled:
        everything = np.arange(len(problem.pairs.slot), dtype=np.int64)
        students = int((np.diff(problem.pairs.first) > 0).sum())
        few = shared_out(problem, everything, 2 * students, 1)
        counts = np.bincount(problem.pairs.student_of(few), minlength=len(problem.student_ids))
        assert (counts[np.diff(problem.pairs.first) > 0] > 0).all()
        assert counts.max() <= 3
        pieces = parts(problem, few, 2)
        assert len(few) <= 2 or len(pieces) > 1
        assert np.array_equal(np.concatenate(pieces), few)
        owners = [set(problem.pairs.student_of(piece).tolist()) for piece in pieces]
        assert sum(map(len, owners)) == len(set().union(*owners))
