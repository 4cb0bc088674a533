"""Sweeps: every school's students are released and re-placed once, a few schools at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.candidates import single_moves
from solver.neighbourhood import Others, build_neighbourhood
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Bools, Ints
    from solver.highs import Highs
    from solver.limits import Clock
    from solver.prices import Worths
    from solver.problem import Problem

NODES = 20


@dataclass(slots=True)
class Sweeper:
    """Re-places neighbourhoods of one problem.

    ``goals`` are what the sweeps improve, ``worth`` what goals of whole bundles are worth where slots are offered;
    ``many`` slots are offered by each linear worth.
    """

    problem: Problem
    goals: Mapping[str, int]
    workers: Sequence[Highs]
    many: int
    worth: Worths

    def sweep(
        self, chosen: Ints, neighbourhoods: Sequence[Ints], which: Ints, linears: Sequence[Ints], clock: Clock
    ) -> Ints:
        """One pass over ``neighbourhoods`` (arrays of schools, disjoint), as many at once as there are workers.

        ``which``: by student, the slot to give up (the n-th held; none where there are fewer). ``linears``: the pairs'
        linear worths by which the slots offered are chosen.
        """
        step = len(self.workers)
        for begin in range(0, len(neighbourhoods), step):
            if clock.stop():
                break
            batch = neighbourhoods[begin : begin + step]
            held = self._student(chosen)
            place = np.arange(len(held)) - np.searchsorted(held, held)
            release = place == which[held]
            with ThreadPoolExecutor(len(batch)) as threads:
                jobs = [
                    threads.submit(self._replace, chosen, batch, turn, release, linears) for turn in range(len(batch))
                ]
            answers = [job.result() for job in jobs]
            school = self.problem.students.school[self._student(chosen)]
            for schools, answer in zip(batch, answers, strict=True):
                if answer is not None:
                    kept = ~np.isin(school, schools)
                    chosen = np.sort(np.concatenate([chosen[kept], answer]))
                    school = self.problem.students.school[self._student(chosen)]
        return chosen

    def _student(self, pairs: Ints) -> Ints:
        return self.problem.pairs.student_of(pairs)

    def _replace(
        self, chosen: Ints, batch: Sequence[Ints], turn: int, release: Bools, linears: Sequence[Ints]
    ) -> Ints | None:
        """The neighbourhood's pairs once its students gave up what they ``release`` and were given the best."""
        problem = self.problem
        inside = np.isin(problem.students.school, batch[turn])
        student = self._student(chosen)
        free = release & inside[student]
        kept, given_up = chosen[~free], chosen[free]
        others = self._others(batch[turn], kept, student[~free])
        left, groups = self._allowed(chosen, student, free, others, len(batch), turn)
        students = np.flatnonzero(inside)
        released = np.full(len(students), -1, dtype=np.int64)
        released[np.searchsorted(students, student[free])] = given_up
        held = self._by_student(kept, student[~free], students)
        found = single_moves(problem, self.worth, linears, students, held, released, self.many)
        model = build_neighbourhood(problem, found, others, left, groups)
        if not len(model.found.owner):
            return None
        objective = model.objective(self.goals)
        held_now = dict(zip(student[free].tolist(), given_up.tolist(), strict=True))
        start = model.start(problem, held_now)
        answer = self.workers[turn].integer(model.program, objective, [], start, mip_max_nodes=NODES, mip_rel_gap=1e-5)
        if answer.value is None:
            return None
        return np.concatenate([chosen[~free & inside[student]], model.chosen(answer.value)])

    def _by_student(self, pairs: Ints, student: Ints, students: Ints) -> Ints:
        """What each of ``students`` holds of ``pairs``, shape (students, most of any)."""
        inside = np.isin(student, students)
        pairs, row = pairs[inside], np.searchsorted(students, student[inside])
        place = np.arange(len(row)) - np.searchsorted(row, row)
        table = np.full((len(students), max(1, int(place.max(initial=0)) + 1)), -1, dtype=np.int64)
        table[row, place] = pairs
        return table

    def _others(self, schools: Ints, pairs: Ints, student: Ints) -> Others:
        problem, facts = self.problem, self.problem.students
        ours = np.isin(np.arange(len(problem.school_ids)), schools)
        slot, school = problem.pairs.slot[pairs], facts.school[student]
        members = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
        np.add.at(members, (school, slot), problem.blocked[slot].astype(np.int64))
        for (k, j), number in problem.fixed_members.items():
            members[k, j] += number if problem.blocked[j] else 0
        placed = facts.placed.copy()
        placed[student] = True
        eager = np.bincount(slot[facts.priority[student]], minlength=len(problem.slot_ids))
        return Others(ours, members, self._use(student, slot), pairs, placed, eager)

    def _use(self, student: Ints, slot: Ints) -> Ints:
        facts, resources = self.problem.students, self.problem.resources
        _, row = rows_of_pairs(resources, self.problem.slots, facts.support[student], facts.school[student], slot)
        return np.bincount(row, minlength=len(resources.left))

    def _allowed(
        self, chosen: Ints, student: Ints, free: Bools, others: Others, batch: int, turn: int
    ) -> tuple[Ints, Ints]:
        """What the neighbourhood may use: what it holds, and its share of the slack (rows and slots taken in turn).

        What an in-school slot has left goes to one neighbourhood only, for it takes one school.
        """
        problem = self.problem
        left = problem.resources.left
        slot = problem.pairs.slot[chosen]
        own = self._use(student[free], slot[free])
        slack = left - others.use - own
        mine = slack // batch + ((np.arange(len(left)) + turn) % batch < slack % batch)
        members = others.members.copy()
        mine_pairs = free & problem.blocked[slot]
        np.add.at(members, (problem.students.school[student[mine_pairs]], slot[mine_pairs]), 1)
        size = np.where(problem.slots.grouped & ("group" not in problem.rules_off), problem.slots.group_max, 1 << 30)
        made = -(-members // np.maximum(1, size)[None, :])
        free = problem.groups_open - made.sum(axis=0)
        mine_alone = (np.arange(len(free)) + turn) % batch
        share = np.where(
            problem.exclusive, np.where(mine_alone == 0, free, 0), free // batch + (mine_alone < free % batch)
        )
        return own + mine, made[others.schools].sum(axis=0) + share
