"""The path of large rounds, on rounds small enough for the tests' own exact model: lawful, bounded, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from independent import optimum
from path_checks import few_steps, require_bounds_hold, require_clean, require_proofs_repeat, solvable
from random_rounds import random_round

from engine.loading import load_round
from engine.options import build_options
from scenarios import write_scenario
from solver.bound import Catalogue, relax
from solver.build import build_problem
from solver.greedy import _close
from solver.ladder import climb
from solver.limits import Clock, Limits
from solver.opening import open_groups
from solver.priced import PricedPath
from solver.stages import Stages
from solver.sweeps import Sweeper

SOME = (*CHOSEN[1::13], *CHOSEN[8::31])
NEIGHBOURS = 3
"""Students in a neighbourhood, about: few, so that small rounds have several side by side."""
LEAST_COMPARED = 25
LEAST_REACHED = 60
"""Percentage of the rounds in which the first level reaches the independent optimum."""


def priced(round_, after=None):
    """The round's problem and the path's answer to it; it is stopped ``after`` so many levels, where that is said."""
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    clock = Clock(Limits(workers=2))
    path = PricedPath(problem, levels, clock)

    def listener(progress):
        if progress.done and after is not None and progress.level == levels[after - 1].name:
            clock.cancelled.set()

    try:
        return problem, climb(problem, levels, path, clock, listener)
    finally:
        path.close()


@pytest.fixture(scope="module", autouse=True)
def _small_neighbourhoods():
    """Neighbourhoods of the size of these rounds, and few steps before them."""
    with few_steps(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("solver.bettering.NEIGHBOURS", NEIGHBOURS)
        yield


def whole(problem, levels, level=0):
    """A search for the level's prices over every pair of a small round."""
    return Stages.of(problem, levels, Clock(Limits())).begin(level, [0] * level)


@pytest.fixture(scope="module")
def compared():
    """Round, optimum, problem and the path's answer, where there is an allocation at all."""
    found = [(round_, best, *priced(round_)) for round_, best in solvable(SOME)]
    assert len(found) >= LEAST_COMPARED
    return found


def test_its_allocations_are_clean(compared):
    """The audit finds no breach, and measures every level as the path does."""
    for round_, _, problem, answer in compared:
        require_clean(round_, problem, answer)


def test_no_level_falls_below_what_it_was_fixed_at(compared):
    """The allocation given keeps every level at its floor, on which the later levels' bounds stand."""
    for round_, _, _, answer in compared:
        assert all(level.value >= level.floor for level in answer.levels), round_.name


def test_no_bound_is_below_the_optimum(compared):
    """As long as the earlier levels are at their optimum, a level's bound is at least the independent optimum."""
    for round_, best, _, answer in compared:
        require_bounds_hold(round_, best, answer)


def test_it_often_reaches_the_first_optimum(compared):
    """In most rounds the first level is the independent optimum: the path is no mere filler of places."""
    reached = sum(answer.levels[0].best == best.levels[0] for _, best, _, answer in compared)
    assert 100 * reached >= LEAST_REACHED * len(compared)


def test_its_prices_are_read_back_and_prove_the_same(compared):
    """Every level's prices, written and read again, prove the bound that the path claims by them."""
    for round_, _, problem, answer in compared[::3]:
        require_proofs_repeat(round_, problem, answer)


def test_the_same_question_has_the_same_answer():
    """Two runs on one round choose the same pairs and prove the same bounds."""
    for chosen in SOME[:6]:
        round_ = chosen.round()
        if optimum(round_) is not None:
            (_, one), (_, other) = priced(round_), priced(round_)
            assert np.array_equal(one.chosen, other.chosen)
            assert [level.bound for level in one.levels] == [level.bound for level in other.levels]


def test_a_descent_knows_its_bound():
    """At any prices on the way the descent's own sum is the bound that is taken over every pair."""
    for chosen in SOME[:12]:
        round_ = chosen.round()
        problem = build_problem(round_, build_options(round_))
        search = whole(problem, round_.policy.levels)
        for _ in range(4):
            search.descent.run(5, 0.5, 0.2, Clock(Limits()))
            total, _ = search.descent.slopes()
            prices = search.prices()
            assert int(total // 1) == relax(problem, round_.policy.levels, 0, [], prices, Catalogue.of(problem)).bound


def test_steps_bring_the_bound_down(compared):
    """Where prices of 0 leave a gap, the descent's best bound is nearer to the optimum in most rounds."""
    nearer, gaps = 0, 0
    for round_, best, problem, _ in compared:
        search = whole(problem, round_.policy.levels)
        first, _ = search.descent.slopes()
        if first > best.levels[0] + 1:
            gaps += 1
            search.descent.run(150, 1.0, 0.01, Clock(Limits()))
            nearer += search.descent.best < first
    assert gaps
    assert 2 * nearer > gaps


def test_a_short_group_of_nobody_who_could_leave_is_barred(compared):
    """Where a group is short that holds fixed students only, nobody is taken out, and it is barred."""
    problem = compared[0][2]
    held = np.full((len(problem.student_ids), 2), -1, dtype=np.int64)
    short = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=bool)
    barred = short.copy()
    short[0, 0] = True
    _close(problem, held, short, barred)
    assert barred[0, 0]
    assert (held == -1).all()


def test_groups_are_opened_lawfully(compared):
    """No slot opens more groups than it has or, in a school, for two schools; and none that cannot be filled."""
    opened = 0
    for round_, _, problem, _ in compared:
        descent = whole(problem, round_.policy.levels).descent
        open_groups(descent, 3, 6, 0.05, Clock(Limits()))
        blocks = descent.catalogue
        assert (descent.forced >= 0).all()
        free = descent.forced * (blocks.fixed == 0)
        members = np.diff(descent.first)
        assert (free * blocks.least <= members).all(), round_.name
        for number, (begin, end) in enumerate(zip(blocks.slot_first[:-1], blocks.slot_first[1:], strict=True)):
            if not blocks.fixed[begin:end].any():
                assert free[begin:end].sum() <= blocks.groups[number]
                assert not (blocks.single[number] and (free[begin:end] > 0).sum() > 1)
        opened += int((free > 0).sum())
    assert opened


def test_what_an_in_school_slot_has_left_goes_to_one_neighbourhood(compared):
    """Of two neighbourhoods placed side by side only one may bring a school into an in-school slot that is free."""
    seen = 0
    for _, _, problem, _ in compared:
        schools = np.arange(len(problem.school_ids))
        if len(schools) < 2 or not problem.exclusive.any():
            continue
        sweeper = Sweeper(problem, {}, ())
        nobody = np.zeros(0, dtype=np.int64)
        parts = (schools[:1], schools[1:])
        room = [sweeper._groups(sweeper._held(nobody), parts, turn) for turn in range(2)]
        free = problem.exclusive & (problem.groups_open > 0)
        for school, slot in problem.fixed_members:
            free[slot] &= school < 0
        seen += int(free.sum())
        assert ((room[0] > 0) ^ (room[1] > 0))[free].all()
    assert seen


@pytest.mark.parametrize("after", [None, 1, 3])
def test_rounds_too_large_to_be_served_whole(monkeypatch, after):
    """A few pairs a student at hand, bundles not searched to the end: clean, and every bound holds, reached or not."""
    for name, value in (("effort.MANY_PAIRS", 0), ("effort.SERVED_PAIRS", 0)):
        monkeypatch.setattr(f"solver.{name}", value)
    monkeypatch.setattr("solver.stages.SAMPLE", 3)
    monkeypatch.setattr("solver.offered.OFFERED_PAIRS", 30)
    monkeypatch.setattr("solver.bound.MANY_PAIRS", 0)
    monkeypatch.setattr("solver.bundles.FEW_NODES", 4)
    reached = 0
    for round_, best in solvable(CHOSEN[3::23]):
        problem, answer = priced(round_, after)
        require_clean(round_, problem, answer)
        require_bounds_hold(round_, best, answer)
        reached += len(answer.chosen) > 0
    assert reached > 0


def test_time_is_kept_back_for_the_bounds_that_are_owed():
    """What the first bounds took is kept back for the levels to come, and the limit comes that much earlier."""
    round_ = random_round(4, "town")
    problem, clock = build_problem(round_, build_options(round_)), Clock(Limits(time_limit=1000.0))
    path = PricedPath(problem, round_.policy.levels, clock)
    path.solve(0, [], None)
    first, left = clock.kept_back, clock.left()
    assert first > 0
    assert left + first == pytest.approx(1000.0 - clock.seconds(), abs=1.0)
    path._keep_back(len(round_.policy.levels) - 1)
    assert clock.kept_back == 0.0
    path.close()


def test_what_an_earlier_level_is_worth_in_a_later_one_is_tried(tmp_path, monkeypatch):
    """Dearer or cheaper rates are taken where they prove more after the same steps; with no steps none are tried."""
    write_scenario("pilot", tmp_path / "round", students=120)
    round_ = load_round(tmp_path / "round")
    problem, levels = build_problem(round_, build_options(round_)), round_.policy.levels
    clock, last = Clock(Limits()), len(levels) - 2
    path = PricedPath(problem, levels, clock)
    chosen, floors = None, []
    for level in range(last):
        answer = path.solve(level, floors, chosen)
        chosen = answer.chosen
        floors.append(path.bettering.worth(level, chosen))
    path.close()
    begun = path.stages.begin(last, floors)
    assert path.stages.sought(last, floors, 0, 0.1) is begun
    for dear, dearer in ((1e-3, True), (1e3, False)):
        monkeypatch.setattr("solver.stages.DEAR", dear)
        before = path.stages._search(last, floors, dear)
        path.stages.last = before
        found = path.stages.sought(last, floors, 60, 0.1)
        assert found is path.stages.last
        assert found.descent.best < before.descent.best
        assert bool(found.descent.point.rates[-1] > before.descent.point.rates[-1]) is dearer
