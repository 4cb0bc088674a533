"""A plain round is solved as a network: every level as good as the exact model's, proven by prices, the same again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pytest
from path_checks import require_clean, require_proofs_repeat
from random_rounds import random_round

from engine.audit import audit
from engine.options import build_options
from engine.policy import Level
from solver.allocate import allocate, rows_of
from solver.build import build_problem
from solver.exact import ExactPath
from solver.flowing import NetworkPath
from solver.highs import Highs
from solver.kernels import fast, plain
from solver.ladder import Climb, climb
from solver.limits import Clock, Limits
from solver.network import network_of
from solver.proof import Labels, write_prices

PLAIN = tuple((seed, size) for size, seeds in (("small", range(60)), ("town", range(40))) for seed in seeds)
GOALS = ("guarantee", "reach", "need", "preference", "breadth", "progression", "travel", "lottery")
LEVELS = tuple(
    Level(goal, MappingProxyType({goal: -1 if goal == "travel" else 1}), Decimal(0))
    for goal in ("guarantee", "reach", "need", "preference", "travel", "lottery")
)


def plain_round(seed, size, *, totals=True, levels=None):
    """A random round less groups, in-school slots and what schools and support limit; one slot each."""
    round_ = random_round(seed, size)
    experiences = {
        key: e for key, e in round_.experiences.items() if e.grouping == "individual" and e.delivery != "in_school"
    }
    own = tuple(_linear(level) for level in round_.policy.levels)
    round_ = replace(
        round_,
        policy=replace(round_.policy, max_experiences=1, levels=own if levels is None else levels),
        schools={
            key: replace(s, max_out_per_half_day=None, coach_seats_per_half_day=None)
            for key, s in round_.schools.items()
        },
        students={key: replace(s, support=False, max_experiences=None) for key, s in round_.students.items()},
        employers={
            key: replace(e, max_students_per_half_day=None, max_students=e.max_students if totals else None)
            for key, e in round_.employers.items()
        },
        experiences=experiences,
        slots={key: s for key, s in round_.slots.items() if s.experience_id in experiences},
        preferences=tuple(p for p in round_.preferences if p.kind != "experience" or p.value in experiences),
        travel=tuple(t for t in round_.travel if t.experience_id in experiences),
        decisions=tuple(
            d for d in round_.decisions if d.kind == "pin" and round_.slots[d.slot_id].experience_id in experiences
        ),
    )
    pinned = build_problem(round_, build_options(round_))
    return round_ if pinned.resources.left.min(initial=0) >= 0 else replace(round_, decisions=())


def _linear(level):
    goals = {goal: times for goal, times in level.goals.items() if goal in GOALS}
    return replace(level, goals=MappingProxyType(goals or {"reach": 1}), tolerance=Decimal(0))


def flow(problem, levels, clock):
    """The network path."""
    return NetworkPath(problem, levels, clock, network_of(problem, levels))


def exact_model(problem, levels, clock):
    """The exact path."""
    return ExactPath(problem, levels, Highs(clock))


def climbed(round_, method):
    """The problem and the ladder's end by one method; ``None`` where there is no allocation."""
    problem = build_problem(round_, build_options(round_))
    clock = Clock(Limits())
    path = method(problem, round_.policy.levels, clock)
    try:
        return problem, climb(problem, round_.policy.levels, path, clock)
    finally:
        path.close()


@pytest.mark.parametrize(("seed", "size"), PLAIN)
def test_every_level_is_the_exact_model_s(seed, size):
    """Level by level the flow reaches what the exact model does, clean, and its prices prove it, read back and all."""
    round_ = plain_round(seed, size)
    problem, answer = climbed(round_, flow)
    _, exact = climbed(round_, exact_model)
    assert [level.best for level in answer.levels] == [level.best for level in exact.levels]
    assert all(level.proven and level.proof == "prices" for level in answer.levels)
    require_clean(round_, problem, answer)
    require_proofs_repeat(round_, problem, answer)


@pytest.mark.parametrize("seed", range(12))
def test_six_levels_in_a_row_stay_exact(seed):
    """Prices of all levels are one set of whole numbers: six levels under each other are each proven to the unit."""
    round_ = plain_round(seed, "town", levels=LEVELS)
    _, answer = climbed(round_, flow)
    _, exact = climbed(round_, exact_model)
    assert [level.best for level in answer.levels] == [level.best for level in exact.levels]
    assert all(level.best == level.bound == level.price_bound for level in answer.levels)


def test_limits_within_limits_bind():
    """Among these rounds is one where an employer's total binds above the places of its slots, and it is priced."""

    def prices_a_total(seed):
        problem, answer = climbed(plain_round(seed, "town"), flow)
        totals = [row for row, name in enumerate(problem.resources.names) if name[0] == "employer_total"]
        return any(level.prices.rows[totals].any() for level in answer.levels)

    assert any(prices_a_total(seed) for seed in range(40))


def test_the_same_round_gives_the_same_bytes():
    """Solved twice, the rows and every level's table of prices are the same to the byte."""
    round_ = plain_round(3, "town")
    problem, one = climbed(round_, flow)
    _, other = climbed(round_, flow)
    assert np.array_equal(one.chosen, other.chosen)
    for number, (a, b) in enumerate(zip(one.levels, other.levels, strict=True)):
        labels = Labels.of(round_.policy, number)
        assert write_prices(problem, labels, a.prices) == write_prices(problem, labels, b.prices)


@pytest.mark.parametrize("size", ["small", "town"])
def test_compiled_and_plain_loops_agree(size):
    """The inner loops give the same potentials as Python and compiled."""
    round_ = plain_round(5, size)
    problem = build_problem(round_, build_options(round_))
    found = []
    for kernels in (plain(), fast()):
        path = NetworkPath(problem, round_.policy.levels, Clock(Limits()), network_of(problem, round_.policy.levels))
        path.kernels = kernels
        try:
            found.append(climb(problem, round_.policy.levels, path, path.child.clock))
        finally:
            path.close()
    one, other = found
    assert np.array_equal(one.chosen, other.chosen)
    assert [level.prices.rows.tolist() for level in one.levels] == [
        level.prices.rows.tolist() for level in other.levels
    ]


def without_a_limit(round_, **changes):
    """The round with these settings of its policy."""
    return replace(round_, policy=replace(round_.policy, **changes))


def reserving(round_):
    """The round with a reserved place in every slot, and a level that asks for it."""
    slots = {key: replace(slot, reserved=1) for key, slot in round_.slots.items()}
    return without_a_limit(replace(round_, slots=slots), levels=(level_of(reserve=1),))


def level_of(tolerance="0", **goals):
    """A level of these goals."""
    return Level("one", MappingProxyType(goals), Decimal(tolerance))


def supported(round_):
    """The round where every student needs a support place, and slots have none."""
    return replace(round_, students={key: replace(s, support=True) for key, s in round_.students.items()})


NOT_NETWORKS = {
    "two slots each": lambda r: without_a_limit(r, max_experiences=2),
    "equity": lambda r: without_a_limit(r, equity_groups=("fsm",), levels=(level_of(equity=-1),)),
    "reserved places": reserving,
    "a tolerance before the last level": lambda r: without_a_limit(
        r, levels=(level_of("0.1", reach=1), replace(level_of(need=1), name="two"))
    ),
    "need held against students": lambda r: without_a_limit(r, levels=(level_of(need=-1),)),
    "support places": supported,
}


@pytest.mark.parametrize("why", NOT_NETWORKS)
def test_what_is_no_network_is_left_to_others(why):
    """A round that a flow cannot express is not taken for one, and is solved all the same."""
    seed = next(s for s in range(40) if _in_person_pairs(plain_round(s, "town", levels=(level_of(reach=1),))))
    round_ = plain_round(seed, "town", levels=(level_of(reach=1),))
    assert network_of(build_problem(round_, build_options(round_)), round_.policy.levels) is not None
    changed = NOT_NETWORKS[why](round_)
    assert network_of(build_problem(changed, build_options(changed)), changed.policy.levels) is None
    assert allocate(changed, build_options(changed)).status == "optimal"


def test_costs_beyond_64_bits_are_no_network():
    """A level whose costs a flow's 64 bits might not hold is not given to one."""
    round_ = plain_round(3, "town", levels=(level_of(reach=10**17),))
    assert network_of(build_problem(round_, build_options(round_)), round_.policy.levels) is None


def _in_person_pairs(round_):
    """Whether some student could be in person in a slot without a support place."""
    options = build_options(round_)
    slots = [round_.slots[options.slots[j]] for j in options.slot.tolist()]
    return any(s.support_places == 0 and round_.experiences[s.experience_id].in_person for s in slots)


def test_a_run_that_is_cancelled_has_an_allocation():
    """Stopped while the first flow is sought, students have what fits them in turn: clean, with nothing claimed."""
    round_ = plain_round(3, "town")
    problem = build_problem(round_, build_options(round_))
    clock = Clock(Limits())
    path = NetworkPath(problem, round_.policy.levels, clock, network_of(problem, round_.policy.levels))
    clock.cancelled.set()
    try:
        answer = path.solve(0, [], None)
    finally:
        path.close()
    assert len(answer.chosen) > 0
    assert audit(round_, rows_of(problem, Climb(answer.chosen, ()))).breaches == ()
    assert answer.prices is None


def test_a_flow_that_is_not_best_is_found_out():
    """Where a student could gain by another arc for ever, the potentials say so instead of proving it."""
    first, enters, parent = np.array([0, 1, 3]), np.array([0, 0, 1]), np.array([2, 2])
    worth, taken = np.array([5, 9, 1]), np.array([0, 2])
    label = np.array([9, 9, 0])
    none = np.zeros(2, dtype=bool)
    sweeps = plain().settle_potentials(first, enters, worth, taken, none, parent, none, np.array([False, True]), label)
    assert sweeps == -1
