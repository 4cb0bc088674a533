"""Sweeps: every school's students are released and re-placed once, a few schools at a time.

What they give up and what they may be given instead says a ``Change``: one slot for another, or whole bundles.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from solver.candidates import single_moves
from solver.highs import Row
from solver.measure import goal_values
from solver.neighbourhood import Others, build_neighbourhood
from solver.relaxing import rounded
from solver.resources import rows_of_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from solver.arrays import Bools, Floats, Ints
    from solver.candidates import Candidates
    from solver.highs import Highs
    from solver.limits import Clock
    from solver.neighbourhood import Neighbourhood
    from solver.prices import Worths
    from solver.problem import Problem

NODES = 20


@dataclass(frozen=True, slots=True)
class Release:
    """By pair held, whether it is given up (``free``), and whether that is because its block is shut."""

    free: Bools
    shut: Bools


class Change(Protocol):
    """What the students of a neighbourhood give up, and what they may be given instead."""

    def release(self, chosen: Ints) -> Release:
        """What is given up of the pairs ``chosen``."""
        ...

    def moves(self, schools: Ints, chosen: Ints, student: Ints, free: Bools) -> Candidates:
        """What the students of ``schools`` may be given; ``student`` and ``free`` are of the pairs ``chosen``."""
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """Every student gives up one slot, and is offered single slots beside what is kept.

    ``worth`` is what goals of whole bundles are worth; ``many`` slots are offered by each of ``linears``, the pairs'
    linear worths. ``which``: by student, the slot to give up (the n-th held; none where there are fewer). ``barred``:
    blocks, shape (schools, slots), to be shut; a neighbourhood that is no better without what it held there keeps it.
    """

    problem: Problem
    worth: Worths
    many: int
    linears: Sequence[Ints]
    which: Ints
    barred: Bools

    def release(self, chosen: Ints) -> Release:
        """The first slot in a block that is barred, else the one that ``which`` says."""
        held = self.problem.pairs.student_of(chosen)
        place = np.arange(len(held)) - np.searchsorted(held, held)
        lost = np.flatnonzero(self.barred[self.problem.students.school[held], self.problem.pairs.slot[chosen]])
        _, first = np.unique(held[lost], return_index=True)
        shut = np.zeros(len(chosen), dtype=bool)
        shut[lost[first]] = True
        return Release(np.where(np.isin(held, held[shut]), shut, place == self.which[held]), shut)

    def moves(self, schools: Ints, chosen: Ints, student: Ints, free: Bools) -> Candidates:
        """The best single slots, and the one that is given up."""
        students = np.flatnonzero(np.isin(self.problem.students.school, schools))
        released = by_student(chosen[free], student[free], students)[:, 0]
        held = by_student(chosen[~free], student[~free], students)
        return single_moves(self.problem, self.worth, self.linears, students, held, released, self.many)


@dataclass(frozen=True, slots=True)
class Held:
    """What neighbourhoods side by side begin from: the pairs ``chosen``, with their students and slots.

    ``use``: by resource row. ``school``, ``place`` and ``number``: of every block that somebody is in, fixed students
    included, its school, its slot and how many. By slot, shape (slots,): ``taken``, students in its blocks, and
    ``eager``, priority students.
    """

    chosen: Ints
    student: Ints
    slot: Ints
    use: Ints
    school: Ints
    place: Ints
    number: Ints
    taken: Ints
    eager: Ints


@dataclass(slots=True)
class Sweeper:
    """Re-places neighbourhoods of one problem.

    ``goals`` are what the sweeps improve; ``kept`` are sums of goals of which no neighbourhood may come to less than it
    did. ``enough`` are HiGHS' settings that say when a neighbourhood is good enough. ``settled``: the
    groups that are open, shape (schools, slots), where whoever is whole in the relaxation is to stay as they are there.
    """

    problem: Problem
    goals: Mapping[str, int]
    workers: Sequence[Highs]
    kept: Sequence[Mapping[str, int]] = ()
    enough: Mapping[str, float] = field(default_factory=lambda: {"mip_rel_gap": 1e-8, "mip_max_nodes": NODES})
    settled: Ints | None = None

    def sweep(self, chosen: Ints, neighbourhoods: Sequence[Ints], change: Change, clock: Clock) -> Ints:
        """One pass over ``neighbourhoods`` (arrays of schools, disjoint), as many at once as there are workers."""
        step = len(self.workers)
        for begin in range(0, len(neighbourhoods), step):
            if clock.stop():
                break
            batch = neighbourhoods[begin : begin + step]
            release, held = change.release(chosen), self._held(chosen)
            with ThreadPoolExecutor(len(batch)) as threads:
                jobs = [threads.submit(self._replace, held, batch, turn, release, change) for turn in range(len(batch))]
            answers = [job.result() for job in jobs]
            for schools, answer in zip(batch, answers, strict=True):
                if answer is not None:
                    stay = ~np.isin(self.problem.students.school[self._student(chosen)], schools)
                    after = np.sort(np.concatenate([chosen[stay], answer]))
                    chosen = after if len(batch) == 1 or self._keeps(after, chosen) else chosen
        return chosen

    def _keeps(self, after: Ints, before: Ints) -> bool:
        """Whether each of the ``kept`` sums is as much as before: what two neighbourhoods may do, both may not."""
        if not self.kept:
            return True
        new, old = goal_values(self.problem, after), goal_values(self.problem, before)
        return all(sum(c * (new[g] - old[g]) for g, c in goals.items()) >= 0 for goals in self.kept)

    def _student(self, pairs: Ints) -> Ints:
        return self.problem.pairs.student_of(pairs)

    def _replace(self, held: Held, batch: Sequence[Ints], turn: int, release: Release, change: Change) -> Ints | None:
        """The neighbourhood's pairs once its students gave up what they ``release`` and were given the best."""
        problem, chosen, student = self.problem, held.chosen, held.student
        inside = np.isin(problem.students.school, batch[turn])[student]
        free, lost = release.free & inside, release.shut & inside
        others = self._others(held, batch[turn], free)
        own = self._use(student[free], held.slot[free])
        left, groups = own + self._slack(held.use, batch, turn), self._groups(held, batch, turn)
        found = change.moves(batch[turn], chosen, student, free)
        if lost.any():
            found = found.only(self._elsewhere(found, chosen[lost]))
        model = build_neighbourhood(problem, found, others, left, groups, linked=self.settled is None)
        if not len(model.found.owner):
            return None
        back = free & ~lost
        width = model.found.pairs.shape[1]
        start = model.start(problem, by_student(chosen[back], student[back], np.unique(student[back]), width))
        goals, floors, worker = model.objective(self.goals), self._floors(model, start), self.workers[turn]
        if self.settled is not None:
            answer = rounded(worker, model, goals, floors, self.settled, self.enough)
        else:
            answer = worker.integer(model.program, goals, floors, start, **self.enough)
        if answer.value is None:
            return None
        placed = np.concatenate([chosen[inside & ~free], model.chosen(answer.value)])
        if lost.any() and self._total(np.append(chosen[~inside], placed)) <= self._total(chosen):
            return None
        return placed

    def _floors(self, model: Neighbourhood, start: Floats) -> list[Row]:
        """That the neighbourhood comes to no less, in each of the ``kept`` sums, than it does at the ``start``."""
        sums = [model.objective(goals) for goals in self.kept]
        return [Row(each, round(float(each.dense(len(start)) @ start)) + each.constant) for each in sums]

    def _elsewhere(self, found: Candidates, lost: Ints) -> Ints:
        """The moves into none of the blocks of the pairs ``lost``."""
        school, slot, count = self.problem.students.school, self.problem.pairs.slot, len(self.problem.slot_ids)
        shut = np.unique(school[self._student(lost)] * count + slot[lost])
        move, pair = found.members()
        inside = np.isin(school[found.owner[move]] * count + slot[pair], shut)
        return np.setdiff1d(np.arange(len(found.owner)), move[inside])

    def _total(self, chosen: Ints) -> int:
        """What the sweeps improve, of a whole allocation."""
        values = goal_values(self.problem, np.sort(chosen))
        return sum(coefficient * values[goal] for goal, coefficient in self.goals.items())

    def _held(self, chosen: Ints) -> Held:
        problem, slots = self.problem, len(self.problem.slot_ids)
        student, slot = self._student(chosen), problem.pairs.slot[chosen]
        school, place, number = self._members(slot, student)
        taken = np.bincount(place, weights=number, minlength=slots).astype(np.int64)
        eager = np.bincount(slot[problem.students.priority[student]], minlength=slots)
        return Held(chosen, student, slot, self._use(student, slot), school, place, number, taken, eager)

    def _others(self, held: Held, schools: Ints, free: Bools) -> Others:
        """What stays of ``held`` when the pairs that are ``free``, of the ``schools``' students, are given up."""
        problem, facts, ours = self.problem, self.problem.students, np.sort(schools)
        student, slot, slots = held.student[free], held.slot[free], len(problem.slot_ids)
        own, left = np.isin(held.school, ours), problem.blocked[slot]
        members = np.zeros((len(ours), slots), dtype=np.int64)
        members[np.searchsorted(ours, held.school[own]), held.place[own]] = held.number[own]
        np.subtract.at(members, (np.searchsorted(ours, facts.school[student[left]]), slot[left]), 1)
        taken = held.taken - np.bincount(slot[left], minlength=slots)
        eager = held.eager - np.bincount(slot[facts.priority[student]], minlength=slots)
        placed = facts.placed.copy()
        placed[held.student[~free]] = True
        return Others(ours, members, taken, held.chosen[~free], placed, eager)

    def _use(self, student: Ints, slot: Ints) -> Ints:
        facts, resources = self.problem.students, self.problem.resources
        _, row = rows_of_pairs(resources, self.problem.slots, facts.support[student], facts.school[student], slot)
        return np.bincount(row, minlength=len(resources.left))

    def _slack(self, use: Ints, batch: Sequence[Ints], turn: int) -> Ints:
        """By resource row, a neighbourhood's share of what is left beside the ``use`` of all (taken in turn)."""
        slack, many = self.problem.resources.left - use, len(batch)
        return np.asarray(slack // many + ((np.arange(len(slack)) + turn) % many < slack % many))

    def _groups(self, held: Held, batch: Sequence[Ints], turn: int) -> Ints:
        """By slot, the groups that the neighbourhood may open: those that its schools have, and its share of the rest.

        What an in-school slot has left goes to one neighbourhood only, for it takes one school.
        """
        problem, many, slots = self.problem, len(batch), len(self.problem.slot_ids)
        slot = held.place
        size = np.where(problem.slots.grouped & ("group" not in problem.rules_off), problem.slots.group_max, 1 << 30)
        made = -(-held.number // np.maximum(1, size)[slot])
        ours = made * np.isin(held.school, batch[turn])
        room = problem.groups_open - np.bincount(slot, weights=made, minlength=slots).astype(np.int64)
        mine_alone = (np.arange(slots) + turn) % many
        share = np.where(
            problem.exclusive, np.where(mine_alone == 0, room, 0), room // many + (mine_alone < room % many)
        )
        return np.bincount(slot, weights=ours, minlength=slots).astype(np.int64) + share

    def _members(self, slot: Ints, student: Ints) -> tuple[Ints, Ints, Ints]:
        """School, slot and number of students of every block that somebody is in, or fixed."""
        problem, width = self.problem, len(self.problem.slot_ids)
        school = problem.students.school[student]
        inside = problem.blocked[slot]
        fixed = [(k * width + j, number) for (k, j), number in problem.fixed_members.items() if problem.blocked[j]]
        key = np.concatenate([school[inside] * width + slot[inside], np.array([k for k, _ in fixed], dtype=np.int64)])
        weight = np.concatenate([np.ones(int(inside.sum()), dtype=np.int64), [number for _, number in fixed]])
        block, at = np.unique(key, return_inverse=True)
        return block // width, block % width, np.bincount(at, weights=weight, minlength=len(block)).astype(np.int64)


def by_student(pairs: Ints, student: Ints, students: Ints, width: int = 1) -> Ints:
    """What each of ``students`` holds of ``pairs`` (ascending): descending, then -1, at least ``width`` columns."""
    inside = np.isin(student, students)
    row = np.searchsorted(students, student[inside])
    ends = np.cumsum(np.bincount(row, minlength=len(students)))
    place = ends[row] - 1 - np.arange(len(row))
    table = np.full((len(students), max(width, int(place.max(initial=0)) + 1)), -1, dtype=np.int64)
    table[row, place] = pairs[inside]
    return table
