"""Those missed who could take a place that somebody holds beside other slots: passed on, one after another.

The cheapest way to place the last of very many: who gives up a place keeps every head that levels count, and whoever
would lose least by it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver import passing
from solver.arrays import union
from solver.bound import deepest, kernel_facts
from solver.greedy import group_sizes, held_by_student, room_facts, smallest_groups, used
from solver.kernels import chosen_for
from solver.pool import restricted
from solver.separations import apart_from_none
from solver.touched import lacking, options_of

if TYPE_CHECKING:
    from solver.arrays import Ints
    from solver.problem import Problem

_LOADED = (passing,)


def displaced(problem: Problem, given: Ints, goal: str) -> Ints:
    """``given`` (ascending pairs) with places passed on to students whom ``goal`` (``guarantee`` or ``reach``) misses.

    Nobody who had what either counts loses it.
    """
    missing = lacking(problem, given, {goal}) & (problem.students.max_slots > 0)
    offered = apart_from_none(problem, union(given, options_of(problem, missing)), given)
    part = restricted(problem, offered)
    chosen = np.searchsorted(offered, given)
    held = held_by_student(part, chosen, deepest(part))
    by_slot = np.argsort(part.pairs.slot[chosen], kind="stable")
    ends = np.cumsum(np.bincount(part.pairs.slot[chosen], minlength=len(part.slot_ids)))
    facts, kernels = part.students, chosen_for(len(problem.pairs.slot))
    students, slots = kernel_facts(part)
    rows, shape = room_facts(part)
    order = np.flatnonzero(missing)
    kernels.displace(
        order[np.argsort(~facts.priority[order], kind="stable")], goal == "guarantee", held,
        (np.append(0, ends), part.pairs.student_of(chosen)[by_slot]), part.pairs.first, part.pairs.slot.raw,
        students, slots, ("clash" not in part.rules_off, "repeat" not in part.rules_off), facts.school, rows,
        facts.support, used(part, held, group_sizes(part)), shape,
        smallest_groups(part),
    )  # fmt: skip
    return np.asarray(offered[np.sort(held[held >= 0])])
