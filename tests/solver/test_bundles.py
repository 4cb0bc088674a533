"""A student's best bundle: found exactly, whatever slots are worth and however long they are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from solver import bundles, kernels
from solver.alone import packed
from solver.beside import AHEAD, EMPLOYER, MOMENT, spans

CAPS, LONGEST = (0, 3, 10, 200), (3, 10, 60)


def triangle_gain(left, given):
    """What ``given`` counting half-days add to need where ``left`` are missing."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


def go_together(one, other, repeat):
    """Whether one student can have two slots, each ``(employer, begins, ends, in person)``; two half-days are a day."""
    if repeat and one[0] == other[0]:
        return False
    if max(one[1], other[1]) <= min(one[2], other[2]):
        return False
    days = [set(range(each[1] // 2, each[2] // 2 + 1)) for each in (one, other)]
    return not (one[3] and other[3] and days[0] & days[1])


def worth_of(chosen, facts, left, worths):
    """What a bundle earns: ``facts`` are linear worths, half-days, whether each counts, sector and tier."""
    linear, days, counts, sector, tier = facts
    first, need, breadth, progression = worths
    given = [days[i] for i in chosen if counts[i]]
    worth = sum(linear[i] for i in chosen) + need * triangle_gain(left, sum(given))
    worth += breadth * len({sector[i] for i in chosen}) + (first if given else 0)
    return worth + (progression if any(tier[i] > 1 for i in chosen) else 0)


def best_of_all(facts, places, virtual, depth, caps, left, worths, repeat):
    """The best of every bundle, by trying them all; ``caps``: half-days, and virtual slots."""
    best = 0
    for size in range(1, depth + 1):
        for chosen in combinations(range(len(places)), size):
            if sum(facts[1][i] for i in chosen) > caps[0] or sum(virtual[i] for i in chosen) > caps[1]:
                continue
            if all(go_together(places[i], places[j], repeat) for i, j in combinations(chosen, 2)):
                best = max(best, worth_of(chosen, facts, left, worths))
    return best


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
