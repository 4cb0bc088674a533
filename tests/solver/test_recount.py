"""The recount's own search of a student's bundles: exact, or never too low where it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from every_bundle import best_of_all

from solver import kernels, recount_bundles

LIMITS = ((1, 6), (0, 40), (0, 3), (0, 20))
"""Of a student: slots, half-days, virtual slots, and half-days missing."""


def several(generator):
    """The pairs of one student with slots that clash or not, and many that are worth the same; as plain lists too."""
    count, longest = int(generator.integers(2, 12)), int(generator.choice([2, 10, 30]))
    days, counts = generator.integers(1, longest + 1, count), generator.integers(0, 2, count)
    sector, tier = generator.integers(0, 3, count), generator.integers(1, 4, count)
    employer, virtual = generator.integers(0, int(generator.integers(1, 12)), count), generator.integers(0, 2, count)
    begins, in_person = generator.integers(0, int(generator.choice([3, 60])), count), generator.integers(0, 2, count)
    points, km = generator.integers(0, 4, count) * 10, generator.integers(0, 3, count)
    slots = (employer, sector, tier, in_person, virtual, counts, days, begins, begins + days - 1)
    return slots, points, km


@pytest.mark.parametrize("loops", [kernels.plain, kernels.fast])
@pytest.mark.parametrize("steps", [recount_bundles.STEPS, 2])
def test_no_bundle_is_worth_more_than_the_recount_says(loops, steps):
    """Of all bundles tried, with points, journeys, prices, support and reserved places, limits and goals."""
    generator, exact = np.random.default_rng(1), 0
    for _ in range(400):
        slots, points, km = several(generator)
        employer, sector, tier, in_person, virtual, counts, days, begins, ends = slots
        count, depth, cap, online, left = len(points), *(int(generator.integers(*span)) for span in LIMITS)
        kept, grouped = generator.integers(0, 2, count) != 0, generator.integers(0, 2, count)
        charges, reserve, place = (generator.integers(0, most, count) for most in (12, 4, 9))
        ticket, priority, support, brings, bonus = (int(generator.integers(-k // 9, k)) for k in (4, 2, 2, 2, 20))
        ticket, priority, support, brings = (max(0, each) for each in (ticket, priority, support, brings))
        own_pair = np.flatnonzero(generator.random(count) < 0.3)
        own_more = generator.integers(-5, 6, len(own_pair))
        units, earned = (1, 1, -1, 3), tuple(int(generator.integers(0, most)) for most in (30, 3, 20, 20))
        one = np.zeros(1, dtype=np.int64)
        students = (*(one + n for n in (depth, cap, online, left, 0, 0, 1)), np.zeros((1, 3), dtype=np.int64))
        payers = (one, *(one + n for n in (ticket, priority, support, brings, bonus)))
        best = np.zeros(1, dtype=np.int64)
        loops().recount_bundles(
            0, 1, np.array([0, count]), (np.arange(count), km, points, kept), (own_pair, own_more),
            charges[None, :], units, payers, (reserve, place, grouped), students, slots, earned, steps, best,
        )  # fmt: skip
        linear = points * (1 + ticket) - km + reserve * priority - charges - 3 * kept
        linear[own_pair] -= own_more
        linear -= place * support * (1 - grouped * brings)
        facts = [each.tolist() for each in (linear, days, counts, sector, tier)]
        places = list(zip(*(e.tolist() for e in (employer, begins, ends, in_person)), strict=True))
        most = best_of_all(
            facts, places, virtual.tolist(), depth, (cap, online), left, earned, repeat=True, bonus=bonus
        )
        assert most <= best[0]
        exact += int(most == best[0])
    assert (exact == 400) == (steps == recount_bundles.STEPS)
