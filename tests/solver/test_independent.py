"""The tests' own integer program against every allocation there is, so that what judges the solver is itself judged."""

from __future__ import annotations

import pytest
from exhaustive import Search
from independent import optimum
from random_rounds import random_round

MOST_COMBINATIONS = 4_000
BLOCK = 25
LEAST_COMPARED = 19


def compared(seeds, *, wrong_signs):
    """How many of these rounds were small enough to search; both models agree on each of them."""
    count = 0
    for seed in seeds:
        round_ = random_round(seed, "tiny", wrong_signs=wrong_signs)
        search = Search(round_)
        if search.size <= MOST_COMBINATIONS:
            count += 1
            best = optimum(round_)
            assert (best and best.levels) == search.levels(), round_.name
    return count


@pytest.mark.parametrize("block", range(6))
def test_the_integer_program_finds_what_a_full_search_finds(block):
    """On tiny rounds the integer program and the exhaustive search reach the same optimum of every level."""
    seeds = range(block * BLOCK, (block + 1) * BLOCK)
    assert compared(seeds, wrong_signs=False) >= LEAST_COMPARED


@pytest.mark.parametrize("block", range(3))
def test_the_two_agree_when_levels_reward_the_wrong_way_round(block):
    """Goals are exact in both models even when a level rewards travel or punishes reach."""
    seeds = range(block * BLOCK, (block + 1) * BLOCK)
    assert compared(seeds, wrong_signs=True) >= LEAST_COMPARED
