"""Dealing out what a model gives to students who are alike: to each of them slots that one student can have together.

The model says how many of those alike have each slot, and how many earn what. Whether single students can be given
just that is a small question of bundles for each set of those alike; where the answer is no, the set is named, so that
the model can be built again with every bundle of theirs as a column of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.core_patterns import bundles_among
from solver.model import Expression, Model

if TYPE_CHECKING:
    from solver.alike import Alike
    from solver.arrays import Floats, Ints
    from solver.core import Core
    from solver.highs import Highs
    from solver.problem import Problem


@dataclass(slots=True)
class _Deal:
    """The model of all sets of those alike: bundles, who may have them, and whether a set's deal fails."""

    model: Model = field(default_factory=Model)
    student: list[int] = field(default_factory=list)
    bundles: list[Ints] = field(default_factory=list)
    columns: list[Ints] = field(default_factory=list)
    fails: list[Ints] = field(default_factory=list)


def deal(problem: Problem, core: Core, alike: Alike, solution: Floats, highs: Highs) -> tuple[Ints, list[int]]:
    """The pairs of single students, and the students standing for sets among whom nothing could be dealt out."""
    number = core.taken(solution)
    held = np.flatnonzero(number > 0)
    alone = alike.number[core.pool.student[held]] == 1
    pairs = [core.pool.pair[held[alone]]]
    question = _Deal()
    for student in np.unique(core.pool.student[held[~alone]]).tolist():
        own = held[core.pool.student[held] == student]
        _ask(problem, core, solution, question, student, own, number[own])
    if not question.student:
        return pairs[0], []
    failing = np.concatenate(question.fails)
    fewest = Expression(failing, np.full(len(failing), -1, dtype=np.int64))
    answer = highs.integer(question.model.arrays(), fewest, [], None)
    if answer.value is None:
        return pairs[0], question.student
    value = np.rint(answer.value).astype(np.int64)
    stuck = [s for s, fails in zip(question.student, question.fails, strict=True) if value[fails[0]]]
    for student, bundles, columns in zip(question.student, question.bundles, question.columns, strict=True):
        given = bundles[np.repeat(np.arange(len(bundles)), value[columns])]
        members = alike.members(student)[: len(given)]
        moved = given - problem.pairs.first[student] + problem.pairs.first[members][:, None]
        pairs.append(moved[given >= 0])
    return np.sort(np.concatenate(pairs)), stuck


def _ask(
    problem: Problem, core: Core, solution: Floats, question: _Deal, student: int, own: Ints, number: Ints
) -> None:
    """Add the set of those alike to whom the pool positions ``own`` are given, ``number`` times each."""
    model, slots = question.model, problem.slots
    bundles = bundles_among(problem, student, core.pool.slot[own])
    most = float(core.pool.alike[student])
    column = model.columns(np.full(len(bundles), most), integer=True)
    fails = model.columns(np.ones(1), integer=True)
    each = model.rows(number, number, len(own))
    at, place = np.nonzero(bundles >= 0)
    model.put(each[bundles[at, place]], column[at], 1)
    model.put(each, np.repeat(fails, len(own)), number)
    everyone = model.rows(0, most, 1)
    model.put(np.repeat(everyone, len(column)), column, 1)
    slot = np.where(bundles >= 0, core.pool.slot[own][bundles], -1)
    given = np.where((slot >= 0) & slots.counts[slot], slots.half_days[slot], 0).sum(axis=1)
    rises = ((slot >= 0) & (slots.tier[slot] > problem.students.top_tier[student])).any(axis=1)
    rises &= not problem.students.progressed[student]
    patterns = core.patterns
    of_student = patterns.student == student
    for earned in np.unique(np.column_stack([given, rises]), axis=0).tolist() if of_student.any() else []:
        same = of_student & (patterns.given == earned[0]) & (patterns.higher == bool(earned[1]))
        many = int(np.rint(solution[patterns.column[same]]).sum())
        row = model.rows(many, many, 1)
        alike = np.flatnonzero((given == earned[0]) & (rises == bool(earned[1])))
        model.put(np.repeat(row, len(alike)), column[alike], 1)
        model.put(row, fails, many)
    question.student.append(student)
    question.columns.append(column)
    question.fails.append(fails)
    question.bundles.append(np.where(bundles >= 0, core.pool.pair[own][bundles], -1))
