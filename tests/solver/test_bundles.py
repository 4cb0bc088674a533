"""A student's best bundle: found exactly, whatever slots are worth and however long they are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from every_bundle import best_of_all, go_together, worth_of

from solver import bundles, kernels
from solver.alone import packed
from solver.beside import AHEAD, EMPLOYER, MOMENT, spans

CAPS, LONGEST = (0, 3, 10, 200), (3, 10, 60)


@pytest.mark.parametrize("loops", [kernels.plain, kernels.fast])
@pytest.mark.parametrize("nodes", [bundles.NODES, 3])
def test_no_bundle_is_better_than_the_one_found(loops, nodes):
    """Slots of up to sixty half-days that clash or not: the value is that of the best of all, and its bundle is lawful.

    Where the search is cut the value is no less, and the bundle worth no more than it.
    """
    generator, exact, clashes = np.random.default_rng(0), 0, 0
    for _ in range(300):
        count, depth = int(generator.integers(2, 9)), int(generator.integers(1, 6))
        longest, cap, left = (int(generator.choice(kind)) for kind in (LONGEST, CAPS, (0, 5, 20)))
        days, counts = generator.integers(1, longest + 1, count), generator.random(count) < 0.7
        sector, tier = generator.integers(0, 3, count), generator.integers(1, 4, count)
        linear = generator.integers(-30, 60, count)
        employer = generator.integers(0, int(generator.integers(1, 9)), count)
        worths = tuple(int(generator.integers(0, most)) for most in (30, 3, 20, 20))
        virtual, online = generator.integers(0, 2, count), int(generator.integers(0, 3))
        begins = generator.integers(0, int(generator.choice((3, 400))), count)
        in_person = generator.random(count) < 0.5
        students = (*(np.array([n]) for n in (depth, cap, online, left, 0, 0, 1)), np.zeros((1, 3), dtype=bool))
        slots = (
            sector, tier, virtual, counts, days, longest, packed(days, counts, virtual, tier, sector),
            spans(employer, in_person, begins, begins + days - 1),
        )  # fmt: skip
        value, choice = np.zeros(1, dtype=np.int64), np.full((1, depth), -1, dtype=np.int64)
        only, repeat = np.zeros(1, dtype=np.int64), bool(generator.integers(0, 2))
        loops().best_bundles(
            only, only, np.array([0, count]), np.arange(count), linear, students, slots, worths, (True, repeat), nodes,
            only, value, choice,
        )  # fmt: skip
        facts = [each.tolist() for each in (linear, days, counts, sector, tier)]
        places = list(zip(*(e.tolist() for e in (employer, begins, begins + days - 1, in_person)), strict=True))
        best = best_of_all(facts, places, virtual.tolist(), depth, (cap, online), left, worths, repeat)
        found = [i for i in choice[0].tolist() if i >= 0]
        assert all(go_together(places[i], places[j], repeat) for i, j in combinations(found, 2))
        assert (worth_of(found, facts, left, worths) if found else 0) <= best <= value[0]
        exact += int(value[0] == best)
        clashes += not all(go_together(one, other, repeat) for one, other in combinations(places, 2))
        if nodes == bundles.NODES:
            assert value[0] == best == (worth_of(found, facts, left, worths) if found else 0)
    assert clashes > 100
    assert (exact == 300) == (nodes == bundles.NODES)


def test_what_one_number_cannot_tell_apart_is_refused():
    """The last half-day and the last employer that fit do, and the next ones are an error, not another slot's."""
    one, yes = np.ones(1, dtype=np.int64), np.ones(1, dtype=bool)
    latest, last = MOMENT - AHEAD, (1 << (63 - EMPLOYER)) - 1
    far = spans(last * one, yes, latest * one, latest * one)[0]
    assert kernels.plain().compatible(far, spans(0 * one, yes, 0 * one, 0 * one)[0], clash=True, repeat=True)
    assert not kernels.plain().compatible(far, far, clash=True, repeat=False)
    assert not kernels.plain().compatible(far, far, clash=False, repeat=True)
    for employer, moment in ((last + 1, 0), (0, latest + 1)):
        with pytest.raises(OverflowError):
            spans(employer * one, yes, moment * one, moment * one)
