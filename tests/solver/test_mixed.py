"""Groups of mixed schools: a round with fewer limits, whose prices bound the round itself and find what matters."""

from __future__ import annotations

import gzip
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import few_pairs_known, solvable

from engine.options import build_options
from solver.bound import Catalogue, relax, student_side
from solver.build import build_problem
from solver.descent import FAR
from solver.effort import Effort
from solver.exploring import nearest_of
from solver.limits import Clock, Limits
from solver.mixed import Mixed, mixed, unmixed
from solver.pool import restricted
from solver.prices import Prices, worths
from solver.proof import Labels, write_prices
from solver.proof_reading import read_prices
from solver.stages import Stages

SOME = (*CHOSEN[3::19], *CHOSEN[5::37])
LEAST_COMPARED, LEAST_GROUPED = 18, 8
TURNS = ((30, 1.0, 0.1, 3), (20, 0.1, 0.02, 2), (10, 0.02, 0.01, 1))
STEPS = 40


@pytest.fixture(scope="module")
def searched():
    """Round, optimum and the mixed searches, where groups are there; only some pairs of each student are looked at."""
    found = []
    with few_pairs_known():
        for round_, best in solvable(SOME):
            problem = build_problem(round_, build_options(round_))
            found.append((round_, best, Mixed.of(Stages.of(problem, round_.policy.levels, Clock(Limits())))))
    assert len(found) >= LEAST_COMPARED
    assert sum(m.stages.problem.blocked.any() for _, _, m in found) >= LEAST_GROUPED
    return found


def effort_of(problem):
    """The effort of a small round, with searches of two pairs a student more."""
    return replace(Effort.of(problem), trying=5, nearest=2)


def test_no_mixed_prices_prove_less_than_the_optimum(searched):
    """At every level, the earlier ones at their optimum, what mixed prices prove is at least the optimum."""
    for round_, best, path in searched:
        for level in range(len(round_.policy.levels)):
            search = path.search(level, best.levels[:level], TURNS, effort_of(path.stages.problem))
            assert path.proven(search)[0].bound >= best.levels[level], (round_.name, level)


def test_a_round_with_groups_never_has_more_than_a_mixed_one(searched):
    """What prices prove for the mixed round they prove for the round itself, or less room still."""
    for round_, _, path in searched:
        problem, blocks = path.stages.problem, path.stages.catalogue
        search = path.inner.begin(0, [])
        search.descent.run(8, 0.5, 0.1, Clock(Limits()))
        prices = search.prices()
        loose = mixed(problem, blocks)
        assert len(loose.resources.left) == len(problem.resources.left) + len(blocks.slots)
        assert not loose.blocked.any()
        levels = round_.policy.levels
        free = relax(loose, levels, 0, [], prices, Catalogue.of(loose)).total
        assert relax(problem, levels, 0, [], unmixed(problem, blocks, prices), blocks).total <= free, round_.name


def test_mixed_prices_prove_more_than_none(searched):
    """Where prices of 0 leave a gap, mixed prices narrow it in most rounds."""
    gaps = narrower = 0
    for round_, best, path in searched:
        problem, levels = path.stages.problem, round_.policy.levels
        for level in range(len(levels)):
            floors = best.levels[:level]
            free = Prices.none(problem, level)
            first = relax(problem, levels, level, floors, free, path.stages.catalogue).bound
            if first > best.levels[level]:
                gaps += 1
                search = path.search(level, floors, ((STEPS, 1.0, 0.01, 1),), effort_of(problem))
                narrower += path.proven(search)[0].bound < first
    assert gaps
    assert 2 * narrower > gaps


def test_the_search_of_the_round_itself_begins_where_the_mixed_one_ended(searched):
    """Followed prices prove the same, over the pairs that both look at."""
    for round_, _, path in searched:
        search = path.inner.begin(0, [])
        search.descent.run(12, 0.5, 0.1, Clock(Limits()))
        followed = path.stages.follow(search)
        problem, pool = path.stages.problem, search.pool
        part = restricted(problem, pool)
        blocks = Catalogue.of(problem)
        asked = unmixed(part, blocks, search.descent.prices())
        both = (followed.descent.prices(), asked)
        worth = worths(round_.policy.levels, 0, asked)
        one, other = (student_side(part, worth, prices)[0] for prices in both)
        assert np.array_equal(one, other), round_.name


def test_a_part_of_the_students_stands_for_all(searched):
    """Asked in parts, the students together choose what they choose at once."""
    for round_, _, path in searched:
        search = path.inner.begin(0, [])
        problem, prices = search.descent.problem, search.descent.prices()
        worth, count = worths(round_.policy.levels, 0, prices), len(problem.student_ids)
        whole = student_side(problem, worth, prices)
        cuts = [0, count // 3, count // 2, count]
        parts = [student_side(problem, worth, prices, only=span) for span in pairwise(cuts)]
        assert np.array_equal(sum(value for value, _ in parts), whole[0])
        assert np.array_equal(np.max([choice for _, choice in parts], axis=0), whole[1])
        slopes = [search.descent.slopes((number, 2))[1]["rows"] for number in range(2)]
        assert np.allclose(np.mean(slopes, axis=0), search.descent.slopes()[1]["rows"]), round_.name


def test_the_nearest_pairs_are_those_of_the_best_bundles(searched):
    """With room for all of a student's pairs, every pair of a bundle near the best is among the nearest."""
    looked = 0
    for round_, _, path in searched:
        problem = path.inner.problem
        search = path.inner.begin(0, [])
        search.descent.run(6, 0.5, 0.2, Clock(Limits()))
        prices = search.prices()
        worth = worths(round_.policy.levels, 0, prices)
        value, choice = student_side(problem, worth, prices)
        most = int(np.diff(problem.pairs.first).max(initial=1))
        near = nearest_of(problem, worth, prices, value, 1, most)
        wanted = choice[(choice >= 0) & (value > 0)[:, None]]
        assert np.isin(wanted, near).all(), round_.name
        few = nearest_of(problem, worth, prices, value, 1 << 40, 1)
        assert np.bincount(problem.pairs.student_of(few), minlength=1).max(initial=0) <= 1
        looked += len(wanted)
    assert looked


def test_pools_only_grow(searched):
    """Between turns pairs join those on which prices are sought, and none is lost."""
    for _, best, path in searched[:6]:
        before = path.inner.pool
        path.search(len(best.levels) - 1, best.levels[:-1], TURNS, effort_of(path.stages.problem))
        assert np.isin(before, path.inner.pool).all()
        assert all(a < b for a, b in pairwise(path.inner.pool))


def test_slots_are_as_wide_as_the_widest_school(searched):
    """No school alone fills more of a slot than the mixed row allows."""
    for _, _, path in searched:
        blocks, loose = path.stages.catalogue, path.inner.problem
        wide = loose.resources.left[len(path.stages.problem.resources.left) :]
        for number, (begin, end) in enumerate(zip(blocks.slot_first[:-1], blocks.slot_first[1:], strict=True)):
            most = np.minimum(
                blocks.members, np.minimum(blocks.places, blocks.groups[number] * blocks.most - blocks.fixed)
            )
            assert wide[number] >= most[begin:end].max(initial=0)
            if not blocks.single[number] and blocks.groups[number] > 1:
                for one, other in combinations(range(begin, end), 2):
                    assert wide[number] >= blocks.most_more[one] + blocks.most_more[other]


def test_what_all_schools_of_a_slot_pay_is_written_once(searched):
    """The table of mixed prices names no school where all pay the same, and is read back as it was."""
    seen = 0
    for round_, _, path in searched:
        problem, labels = path.stages.problem, Labels.of(round_.policy, 0)
        prices = path.prices(path.search(0, [], ((20, 1.0, 0.1, 1),), effort_of(problem)))
        content = write_prices(problem, labels, prices)
        rows = [line.split(",") for line in gzip.decompress(content).decode().splitlines()]
        blocks = [each for each in rows if each[0] == "block"]
        there = problem.block_members() > 0
        back = read_prices(problem, labels, content)
        assert np.array_equal(np.where(there, back.blocks, 0), np.where(there, prices.blocks, 0)), round_.name
        assert len(blocks) == len({each[3] for each in blocks})
        seen += sum(not each[4] for each in blocks)
    assert seen


def test_rates_stay_within_reach_of_where_they_began(searched):
    """While steps are large rates do not move; floors that nothing can keep then drive them up, but not without end."""
    driven = 0
    for round_, _, path in searched[::3]:
        last = len(round_.policy.levels) - 1
        search = path.inner.begin(last, [10**6] * last)
        begun = search.descent.point.rates.copy()
        search.descent.run(30, 1.0, 0.2, Clock(Limits()))
        assert np.array_equal(search.descent.point.rates, begun), round_.name
        search.descent.run(350, 0.1, 0.1, Clock(Limits()))
        rates = search.descent.point.rates
        assert (rates <= begun * FAR).all(), round_.name
        assert (search.descent.prices().rates >= 0).all()
        driven += (rates > begun * FAR / 10).any()
    assert driven
