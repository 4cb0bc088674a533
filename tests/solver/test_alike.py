"""Students who are alike: told apart by all that matters and nothing else, and given single slots again in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chosen_rounds import CHOSEN
from path_checks import solvable

from engine.options import build_options
from solver.alike import Alike
from solver.build import build_problem
from solver.core import build_core
from solver.dealing import deal
from solver.highs import Highs, Row
from solver.limits import Clock, Limits
from solver.measure import goal_values, level_value

SOME = CHOSEN[2::12]
GOALS = frozenset({"guarantee", "reach", "need"})


@pytest.fixture(scope="module")
def problems():
    """Small rounds' problems with their levels."""
    found = []
    for round_, _ in solvable(SOME):
        found.append((build_problem(round_, build_options(round_)), round_.policy.levels))
    return found


def doubled(problem, student):
    """The problem with ``student`` once more at the end, the same in all that the arrays say."""
    facts, pairs = problem.students, problem.pairs
    own = slice(int(pairs.first[student]), int(pairs.first[student + 1]))
    again = {
        name: np.concatenate([getattr(facts, name), getattr(facts, name)[student : student + 1]])
        for name in facts.__dataclass_fields__
    }
    index = np.concatenate([np.arange(len(pairs.slot)), np.arange(len(pairs.slot))[own]])
    first = np.append(pairs.first, pairs.first[-1] + own.stop - own.start)
    return replace(
        problem,
        student_ids=(*problem.student_ids, "AGAIN"),
        students=replace(facts, **again),
        pairs=pairs.only(index, first),
    )


def busiest(problem):
    """The student with the most options among those who may have two slots, and are kept apart from nobody."""
    apart = {int(s) for each in problem.separations for s in problem.pairs.student_of(np.array(each.pairs))}
    options = np.diff(problem.pairs.first) * (problem.students.max_slots > 1)
    options[[*apart]] = 0
    return int(np.argmax(options)), int(options.max())


def test_only_those_who_differ_in_nothing_stand_for_each_other(problems):
    """A student once more stands with the first; one who differs in a goal's facts, a limit or an option does not."""
    tried = 0
    for problem, _ in problems:
        student, options = busiest(problem)
        if options < 2:
            continue
        tried += 1
        twice = doubled(problem, student)
        last = len(twice.student_ids) - 1
        alike = Alike.by(twice, GOALS)
        assert alike.of[last] == alike.of[student]
        assert last in alike.members(int(alike.of[student])).tolist()
        assert int(alike.number.sum()) == last + 1
        for name, differs in (("need_left", 1), ("max_slots", 1), ("school", 1), ("support", True)):
            other = getattr(twice.students, name).copy()
            other[last] = other[last] + differs if differs is not True else not other[last]
            changed = replace(twice, students=replace(twice.students, **{name: other}))
            assert Alike.by(changed, GOALS).of[last] != alike.of[student], name
        other = twice.students.need_left.copy()
        other[last] += 1
        changed = replace(twice, students=replace(twice.students, need_left=other))
        assert Alike.by(changed, frozenset({"reach"})).of[last] != last
        assert Alike.by(twice, GOALS, frozenset({student})).of[last] != student
        assert (Alike.by(twice, GOALS | {"breadth"}).number == 1).all()
    assert tried > 5


def test_the_model_of_those_alike_is_worth_what_each_by_themselves_are(problems):
    """With everyone a second time, what the model finds is dealt out, and the answers of both models are one value."""
    told = 0
    for problem, levels in problems[:8]:
        for student in np.flatnonzero(np.diff(problem.pairs.first) > 0)[:6].tolist():
            problem = doubled(problem, student)  # noqa: PLW2901
        with_goals = [level for level in levels if level.goals.keys() <= GOALS][:2]
        clock = Clock(Limits())
        highs = Highs(clock)
        alike = Alike.by(problem, GOALS)
        for level in with_goals:
            one = build_core(problem, [level])
            many = build_core(problem, [level], alike=alike)
            assert len(many.pool.pair) < len(one.pool.pair)
            known = highs.integer(one.program, one.objective(level), [], None)
            answer = highs.integer(many.program, many.objective(level), [], None)
            assert round(answer.objective) >= round(known.objective)
            chosen, stuck = deal(problem, many, alike, answer.value, highs)
            if not stuck:
                told += 1
                assert level_value(level, goal_values(problem, chosen)) == round(answer.objective)
                assert round(answer.objective) == round(known.objective)
                fixed = highs.integer(one.program, one.objective(level), [_all(one, chosen)], None)
                assert round(fixed.objective) == round(known.objective)
        highs.close()
    assert told > 4


def test_what_no_single_student_can_have_is_not_dealt_out(problems):
    """Two alike who are to have two slots each that clash are named, and nothing is given to either."""
    tried = 0
    for problem, levels in problems:
        student, options = busiest(problem)
        twice = doubled(problem, student)
        alike = Alike.by(twice, GOALS)
        core = build_core(twice, levels[:1], alike=alike)
        own = np.flatnonzero(core.pool.student == alike.of[student])
        employer = twice.slots.employer[core.pool.slot[own]]
        same = [own[employer == e] for e in np.unique(employer) if (employer == e).sum() > 1]
        if options < 2 or not same or alike.number[alike.of[student]] < 2:
            continue
        tried += 1
        solution = np.zeros(len(core.program.upper))
        solution[core.pool.column[same[0][:2]]] = alike.number[alike.of[student]]
        highs = Highs(Clock(Limits()))
        chosen, stuck = deal(twice, core, alike, solution, highs)
        highs.close()
        assert stuck == [int(alike.of[student])]
        assert not len(chosen)
    assert tried > 2


def _all(core, chosen):
    return Row.all_of(core.pool.column[np.isin(core.pool.pair, chosen)])
