"""Everything dealt out at once by the relaxation: lawful, in settled groups, and never less."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from path_checks import priced_towns

from engine.audit import audit
from solver.allocate import rows_of
from solver.columns import keys
from solver.highs import UNANSWERED
from solver.opening import groups_held
from solver.rates import combined_goals
from solver.redealing import Redealing
from solver.relaxing import EPSILON
from solver.sweeps import Sweeper, by_student
from solver.together import EACH, bundles_at, bundles_together

TOWNS = (1, 4, 9)


@pytest.fixture(scope="module")
def towns():
    """Round, problem, path, answer of some towns, and the standing at which all levels are weighed beside it."""
    with priced_towns(TOWNS) as found:
        weighed = []
        for _, problem, path, answer in found:
            bettering, catalogue = path.bettering, path.stages.catalogue
            path.stages.last = None
            search = path.pricing.weigh(path.pricing.lead(path.heads))
            search.descent.forced[:] = groups_held(problem, catalogue, answer.chosen)
            weighed.append(bettering.stages.settled(search, search.descent.worth).standing)
        yield [(*town, standing) for town, standing in zip(found, weighed, strict=True)]


def without_some(problem, chosen, part):
    """An allocation from which some students have lost everything but their place in a group."""
    lost = np.random.Generator(np.random.PCG64(part)).random(len(problem.students.school)) < 1 / 2
    student = problem.pairs.student_of(chosen)
    return chosen[problem.blocked[problem.pairs.slot[chosen]] | ~lost[student]]


def offered(path, problem, weighed, chosen):
    """The bundles that are dealt out beside the groups of ``chosen``, and these groups by school and slot."""
    blocks = path.stages.catalogue
    groups = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    groups[blocks.school, blocks.slot] = groups_held(problem, blocks, chosen)
    everything = np.arange(len(problem.pairs.slot))
    return bundles_together(path.bettering, weighed, problem, everything, chosen), groups


def deal(path, problem, bundles, groups, chosen, workers=None):
    """All dealt out to everybody."""
    sweeper = Sweeper(
        problem, combined_goals(path.bettering.ranked, path.bettering.rates), workers or path.bettering.workers[:1],
        settled=groups,
    )  # fmt: skip
    everybody = np.ones(len(problem.students.school), dtype=bool)
    return sweeper.sweep(
        chosen, [np.arange(len(problem.school_ids))], Redealing(problem, bundles, everybody), path.clock
    )


def test_what_is_dealt_out_is_lawful_and_never_less(towns):
    """From an allocation that has lost much, the audit finds no breach and no level order is worse; some is better."""
    better = 0
    for round_, problem, path, answer, weighed in towns:
        given = without_some(problem, answer.chosen, 1)
        found = path.bettering.relax(given, partial(bundles_together, path.bettering, weighed))
        assert audit(round_, rows_of(problem, replace(answer, chosen=found))).breaches == ()
        keys = [path.bettering.key(each) for each in (given, found)]
        assert keys[1] >= keys[0]
        better += keys[1] > keys[0]
    assert better


def test_prices_of_a_level_offer_as_well(towns, monkeypatch):
    """Dealt out at prices as they are, to two parts of the schools: lawful too, never less, and some is better."""
    better = 0
    for round_, problem, path, answer, _ in towns:
        monkeypatch.setattr(path.bettering, "effort", replace(path.effort, relaxed_parts=2))
        given, prices = without_some(problem, answer.chosen, 1), answer.levels[path.leading].prices
        found = path.bettering.relax(given, partial(bundles_at, path.bettering, path.leading, prices))
        assert audit(round_, rows_of(problem, replace(answer, chosen=found))).breaches == ()
        keys = [path.bettering.key(each) for each in (given, found)]
        assert keys[1] >= keys[0]
        better += keys[1] > keys[0]
    assert better


def test_no_group_opens_that_is_not_settled(towns):
    """Nobody is in a block without groups, and no block has more of them; a block that is shut is left."""
    emptied = 0
    for _, problem, path, answer, weighed in towns:
        bundles, groups = offered(path, problem, weighed, answer.chosen)
        blocks = path.stages.catalogue
        open_ = np.flatnonzero((groups[blocks.school, blocks.slot] > 0) & (blocks.fixed == 0))
        for shut in open_[:2].tolist():
            fewer = groups.copy()
            fewer[blocks.school[shut], blocks.slot[shut]] = 0
            found = deal(path, problem, bundles, fewer, answer.chosen)
            if np.array_equal(found, answer.chosen):
                continue
            assert (groups_held(problem, blocks, found) <= fewer[blocks.school, blocks.slot]).all()
            emptied += 1
    assert emptied


class Telling:
    """A worker that remembers what relaxations came to."""

    def __init__(self, worker):
        self.worker, self.relaxed = worker, []

    def linear(self, *asked, **settings):
        """The worker's answer."""
        self.relaxed.append(self.worker.linear(*asked, **settings))
        return self.relaxed[-1]

    def integer(self, *asked, **settings):
        """The worker's answer."""
        return self.worker.integer(*asked, **settings)


class Silent(Telling):
    """A worker that is stopped before the relaxation is solved."""

    def linear(self, *_asked, **_settings):
        """Nothing."""
        return UNANSWERED


def test_whoever_is_whole_in_the_relaxation_stays(towns):
    """A bundle of which the relaxation gives all to one student is what the student is given."""
    kept = 0
    for _, problem, path, answer, weighed in towns:
        bundles, groups = offered(path, problem, weighed, answer.chosen)
        worker = Telling(path.bettering.workers[0])
        found = deal(path, problem, bundles, groups, answer.chosen, [worker])
        share = worker.relaxed[0].value[: len(bundles.owner)]
        whole = np.flatnonzero(share > 1 - EPSILON)
        for pairs in bundles.pairs[whole]:
            assert np.isin(pairs[pairs >= 0], found).all()
        kept += len(whole)
    assert kept


def test_a_run_that_is_stopped_keeps_what_it_had(towns):
    """Where the relaxation is not solved in time nothing changes."""
    for _, problem, path, answer, weighed in towns:
        bundles, groups = offered(path, problem, weighed, answer.chosen)
        silent = [Silent(path.bettering.workers[0])]
        assert np.array_equal(deal(path, problem, bundles, groups, answer.chosen, silent), answer.chosen)


def test_few_bundles_are_offered_and_all_are_usable(towns):
    """Each student is offered some bundles, what is held among them, and none in a group that is not open."""
    for _, problem, path, answer, weighed in towns:
        bundles, groups = offered(path, problem, weighed, answer.chosen)
        assert np.bincount(bundles.owner).max() <= EACH + 1
        pairs = bundles.pairs[bundles.pairs >= 0]
        slot, school = problem.pairs.slot[pairs], problem.students.school[problem.pairs.student_of(pairs)]
        assert (groups[school, slot][problem.blocked[slot]] > 0).all()
        students = np.arange(len(problem.students.school))
        held = keys(by_student(answer.chosen, problem.pairs.student_of(answer.chosen), students, bundles.depth))
        holders = np.isin(students, problem.pairs.student_of(answer.chosen))
        assert np.isin(held[holders], keys(bundles.pairs)).all()
