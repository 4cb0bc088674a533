"""Room for the last students missed: those thrown out of an allocation come back into it lawfully, at no cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from path_checks import priced_towns

from engine.audit import audit
from solver.allocate import rows_of
from solver.measure import goal_values, level_values
from solver.rescue import Rescue, missed

TOWNS = (4, 9)
THROWN_OUT = 0.15
"""Share of the students who lose all slots that are no group's."""
NO_BOUND = 1 << 40
EVERYBODY = 1 << 20


@pytest.fixture(scope="module")
def robbed():
    """Round, problem, path, answer, and the answer's pairs less some students', of towns."""
    found = []
    with priced_towns(TOWNS) as towns:
        for seed, (round_, problem, path, answer) in zip(TOWNS, towns, strict=True):
            out = np.random.default_rng(seed).random(len(problem.students.school)) < THROWN_OUT
            lost = out[problem.pairs.student_of(answer.chosen)] & ~problem.blocked[problem.pairs.slot[answer.chosen]]
            found.append((round_, problem, path, answer, answer.chosen[~lost]))
        yield found


def values(round_, problem, chosen):
    """What the levels come to."""
    return level_values(round_.policy.levels, goal_values(problem, chosen))


def test_who_was_thrown_out_comes_back(robbed):
    """Each level that counts heads is as high again as before, and no rule is broken."""
    back = 0
    for round_, problem, path, answer, chosen in robbed:
        for level in range(path.leading):
            after_all = path.bettering.rescue(level, chosen, NO_BOUND)
            before, after = (values(round_, problem, each)[level] for each in (answer.chosen, after_all))
            assert after >= before
            assert audit(round_, rows_of(problem, replace(answer, chosen=after_all))).breaches == ()
            back += after - values(round_, problem, chosen)[level]
    assert back


def test_no_level_so_far_loses_by_it(robbed):
    """What is fixed by then stays as high as it was."""
    for round_, problem, path, _, chosen in robbed:
        for level in range(path.leading):
            after_all = path.bettering.rescue(level, chosen, NO_BOUND)
            pairs = zip(values(round_, problem, after_all), values(round_, problem, chosen), strict=True)
            assert all(new >= old for new, old in list(pairs)[: level + 1])


def test_only_who_could_be_counted_is_missed(robbed):
    """Whoever is missed has an option that counts, holds none, and may have one."""
    for _, problem, _, _, chosen in robbed:
        slots, pairs, facts = problem.slots, problem.pairs, problem.students
        holding = {int(s) for s, p in zip(pairs.student_of(chosen), chosen, strict=True) if slots.counts[pairs.slot[p]]}
        for s in missed(problem, {"guarantee": 1}, chosen, EVERYBODY).tolist():
            assert s not in holding
            assert facts.max_slots[s] > 0
            assert not facts.guaranteed[s]
            assert slots.counts[pairs.slot[np.arange(pairs.first[s], pairs.first[s + 1])]].any()
        placed = {int(s) for s in pairs.student_of(chosen)}
        reach = set(missed(problem, {"reach": 1}, chosen, EVERYBODY).tolist())
        assert reach
        assert not reach & placed
        assert missed(problem, {"reach": -1}, chosen, EVERYBODY).tolist() == []
        assert missed(problem, {"reach": 1}, chosen, 1).tolist() == [min(reach)]


def test_only_about_so_many_make_room(robbed, monkeypatch):
    """Where more hold slots of the missing, some of these slots are left alone; what is found stays lawful."""
    monkeypatch.setattr("solver.rescue.MAKERS", 1)
    fewer = 0
    for round_, problem, path, answer, chosen in robbed:
        missing = missed(problem, round_.policy.levels[0].goals, chosen, EVERYBODY)
        some = Rescue.of(problem, missing, chosen).wanted
        monkeypatch.setattr("solver.rescue.MAKERS", EVERYBODY)
        every = Rescue.of(problem, missing, chosen).wanted
        monkeypatch.setattr("solver.rescue.MAKERS", 1)
        assert (every | ~some).all()
        fewer += int(every.sum() - some.sum())
        after_all = path.bettering.rescue(0, chosen, NO_BOUND)
        assert audit(round_, rows_of(problem, replace(answer, chosen=after_all))).breaches == ()
    assert fewer


def test_all_are_asked_where_a_few_make_no_room(robbed, monkeypatch):
    """A few make room first; where that was in vain all who might do, and as many are placed as if all were asked."""
    asked = []

    def noted(cls, problem, missing, chosen, *, few=False):
        asked.append(few)
        return whole(cls, problem, missing, chosen, few=few)

    whole = Rescue.of.__func__
    monkeypatch.setattr("solver.bettering.RESCUES", 20)
    again = 0
    for round_, _, path, answer, chosen in robbed:
        monkeypatch.setattr("solver.rescue.MAKERS_EACH", EVERYBODY)
        most = path.bettering.worth(0, path.bettering.rescue(0, chosen, NO_BOUND))
        monkeypatch.setattr("solver.rescue.MAKERS_EACH", 1)
        with monkeypatch.context() as patch:
            patch.setattr(Rescue, "of", classmethod(noted))
            asked.clear()
            after_all = path.bettering.rescue(0, chosen, NO_BOUND)
        assert path.bettering.worth(0, after_all) == most, round_.name
        assert audit(round_, rows_of(path.problem, replace(answer, chosen=after_all))).breaches == ()
        assert asked == sorted(asked, reverse=True)
        again += False in asked
    assert again
