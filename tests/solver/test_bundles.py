"""A student's best bundle: found exactly, whatever slots are worth and however long they are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from solver import bundles, kernels
from solver.alone import packed
from solver.beside import spans

CAPS, LONGEST = (0, 3, 10, 200), (3, 10, 60)


def triangle_gain(left, given):
    """What ``given`` counting half-days add to need where ``left`` are missing."""
    after = max(0, left - given)
    return (left * (left + 1) - after * (after + 1)) // 2


def best_of_all(linear, days, counts, sector, tier, employer, depth, cap, left, worths, repeat):
    """The best of every bundle, with ``repeat`` of different employers, by trying them all; no two slots clash."""
    first, need, breadth, progression = worths
    best = 0
    for size in range(1, depth + 1):
        for chosen in combinations(range(len(linear)), size):
            given = [days[i] for i in chosen if counts[i]]
            if sum(days[i] for i in chosen) > cap or (repeat and len({employer[i] for i in chosen}) < size):
                continue
            worth = sum(linear[i] for i in chosen) + need * triangle_gain(left, sum(given))
            worth += breadth * len({sector[i] for i in chosen}) + (first if given else 0)
            best = max(best, worth + (progression if any(tier[i] > 1 for i in chosen) else 0))
    return best


@pytest.mark.parametrize("loops", [kernels.plain, kernels.fast])
def test_no_bundle_is_better_than_the_one_found(loops):
    """Up to five slots of up to sixty half-days, few and many half-days left: the value is that of the best of all."""
    generator = np.random.default_rng(0)
    for _ in range(200):
        count, depth = int(generator.integers(2, 9)), int(generator.integers(1, 6))
        longest, cap, left = (int(generator.choice(kind)) for kind in (LONGEST, CAPS, (0, 5, 20)))
        days, counts = generator.integers(1, longest + 1, count), generator.random(count) < 0.7
        sector, tier = generator.integers(0, 3, count), generator.integers(1, 4, count)
        linear, employer = (
            generator.integers(-30, 60, count),
            generator.integers(0, int(generator.integers(1, 9)), count),
        )
        worths = tuple(int(generator.integers(0, most)) for most in (30, 3, 20, 20))
        students = (*(np.array([n]) for n in (depth, cap, 9, left, 0, 0, 1)), np.zeros((1, 3), dtype=bool))
        begins = 400 * np.arange(count)
        slots = (
            sector, tier, np.zeros(count, dtype=np.int64), counts, days, longest, packed(days, counts, 0, tier, sector),
            spans(employer, np.ones(count, dtype=bool), begins, begins + days - 1),
        )  # fmt: skip
        value, choice = np.zeros(1, dtype=np.int64), np.full((1, depth), -1, dtype=np.int64)
        only, repeat = np.zeros(1, dtype=np.int64), bool(generator.integers(0, 2))
        loops().best_bundles(
            only, only, np.array([0, count]), np.arange(count), linear, students, slots, worths, (True, repeat),
            bundles.NODES, only, value, choice,
        )  # fmt: skip
        facts = [each.tolist() for each in (linear, days, counts, sector, tier, employer)]
        assert value[0] == best_of_all(*facts, depth, cap, left, worths, repeat)
