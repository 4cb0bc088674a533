"""What chosen students might be given next: the pairs that add most to what each keeps, under given prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver import bundles
from solver.alone import UNFIT
from solver.arrays import union
from solver.bound import kernel_facts
from solver.kernels import chosen_for
from solver.prices import Asked, span_worths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Bools, Ints
    from solver.prices import Prices, Worths
    from solver.problem import Problem

_LOADED = (bundles,)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Moves: student ``owner`` is given ``pairs`` beside what the student keeps.

    ``owner``: shape (moves,); ``pairs``: shape (moves, depth), -1 where there is none; ``goals``: what each move adds
    to the goals of one student's own.
    """

    owner: Ints
    pairs: Ints
    goals: dict[str, Ints]

    def only(self, keep: Ints) -> Candidates:
        """The moves at ``keep``."""
        return Candidates(self.owner[keep], self.pairs[keep], {g: v[keep] for g, v in self.goals.items()})

    def members(self) -> tuple[Ints, Ints]:
        """(move, pair) for every slot of every move."""
        move, place = np.nonzero(self.pairs >= 0)
        return move, self.pairs[move, place]


def linear_worths(problem: Problem, worth: Worths, prices: Prices) -> Ints:
    """The linear worth of every pair, less its prices."""
    return span_worths(problem, worth, prices, Asked.of(problem, prices), 0, len(problem.students.school))


def places_left(problem: Problem, chosen: Ints) -> Bools:
    """By slot, whether it has places that the pairs ``chosen`` do not take."""
    slots = problem.slots
    used = np.bincount(problem.pairs.slot[chosen], minlength=len(slots.capacity))
    return np.asarray(used < np.where(slots.grouped, slots.groups * slots.group_max, slots.capacity))


def single_moves(
    problem: Problem, worth: Worths, linears: Sequence[Ints], students: Ints, kept: Ints, released: Ints, many: int
) -> Candidates:
    """The best ``many`` single slots of each student under each of ``linears``, and the one that is released.

    ``kept``: pair positions or -1, shape (students, depth); ``released``: a pair position or -1 by student.
    """
    kernels = chosen_for(len(problem.pairs.slot))
    student_facts, slot_facts = kernel_facts(problem)
    amounts = worth.of_bundles
    flags = ("clash" not in problem.rules_off, "repeat" not in problem.rules_off)
    first, slot = problem.pairs.first, problem.pairs.slot
    rows, pairs = [np.arange(len(students))], [released]
    for linear in linears:
        best = np.full((len(students), many), UNFIT, dtype=np.int64)
        picks = np.full((len(students), many), -1, dtype=np.int64)
        kernels.single_moves(
            students, kept, first, slot.raw, linear, student_facts, slot_facts, amounts, flags, best, picks
        )
        rows.append(np.repeat(np.arange(len(students)), many))
        pairs.append(picks.ravel())
    row, pair = np.concatenate(rows), np.concatenate(pairs)
    width = max(1, len(slot))
    unique = union((row * width + pair)[pair >= 0])
    row, moved = unique // width, (unique % width)[:, None]
    return Candidates(students[row], moved, move_goals(problem, students[row], moved, kept[row]))


def move_goals(problem: Problem, owner: Ints, moved: Ints, kept: Ints) -> dict[str, Ints]:
    """What every move adds to each goal of one student's own (``equity`` and ``reserve`` are not)."""
    facts = problem.students
    both = np.concatenate([kept, moved], axis=1)
    after, before = _held_goals(problem, owner, both), _held_goals(problem, owner, kept)
    goals = {goal: after[goal] - before[goal] for goal in after}
    has = moved >= 0
    points = np.where(has, problem.pairs.points[moved], 0).sum(axis=1)
    goals["preference"] = points
    goals["travel"] = np.where(has, problem.pairs.km[moved], 0).sum(axis=1)
    goals["lottery"] = facts.ticket[owner] * points
    goals["stability"] = -np.where(has, problem.pairs.kept[moved], 0).sum(axis=1)
    return goals


def _held_goals(problem: Problem, owner: Ints, held: Ints) -> dict[str, Ints]:
    """The goals that depend on all that a student holds; ``held``: pair positions or -1, a row a student."""
    facts, slots = problem.students, problem.slots
    has = held >= 0
    slot = np.where(has, problem.pairs.slot[held], 0)
    counting = has & slots.counts[slot]
    given = np.where(counting, slots.half_days[slot], 0).sum(axis=1)
    left = facts.need_left[owner]
    after = np.maximum(0, left - given)
    new = has & ~facts.known_sector[owner[:, None], slots.sector[slot]]
    for place in range(1, held.shape[1]):
        same = (slots.sector[slot[:, :place]] == slots.sector[slot[:, place : place + 1]]) & new[:, :place]
        new[:, place] &= ~same.any(axis=1)
    higher = has & (slots.tier[slot] > facts.top_tier[owner][:, None])
    placed = has.any(axis=1) & ~facts.placed[owner]
    return {
        "guarantee": (counting.any(axis=1) & ~facts.guaranteed[owner]).astype(np.int64),
        "reach": placed.astype(np.int64),
        "need": (left * (left + 1) - after * (after + 1)) // 2,
        "breadth": new.sum(axis=1),
        "progression": (higher.any(axis=1) & ~facts.progressed[owner]).astype(np.int64),
        "replaced": (placed & facts.baseline[owner]).astype(np.int64),
    }
