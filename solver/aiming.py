"""Which schools to re-place together: those whose groups bring less than they could, with those that would bring more.

A neighbourhood betters little where its schools have nothing to exchange. So schools are put together by the slots
that bring less than they could, then by how much they ask of the same slots.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.bound import Catalogue, block_values, group_values
from solver.kernels import chosen_for

if TYPE_CHECKING:
    from solver.arrays import Bools, Floats, Ints
    from solver.prices import Prices
    from solver.problem import Problem

RIVALS = 4
"""Schools that would bring most, put beside those that hold a slot's groups."""
LARGEST = 1.5
"""Schools that would bring much are put together up to so many times the size wanted."""
NOISE, LUCK = 0.5, 0.3
"""How much chance there is in which schools go together, and in who is put beside a slot's holders."""


@dataclass(slots=True)
class Aim:
    """What a level's prices say of the groups of a problem.

    ``size``: students in a neighbourhood, about. ``much``: what a slot must miss to be aimed at, in scaled units.
    """

    problem: Problem
    prices: Prices
    size: int
    much: int
    catalogue: Catalogue = field(init=False)
    value: Ints = field(init=False)
    brought: Ints = field(init=False)
    affinity: Floats = field(init=False)

    def __post_init__(self) -> None:
        """What every slot could bring, what one group of each block brings, and which schools ask for the same."""
        self.catalogue = Catalogue.of(self.problem)
        self.value, _ = block_values(self.problem, self.prices, self.catalogue)
        self.brought = group_values(self.problem, self.prices, self.catalogue)
        self.affinity = _affinity(self.problem)

    def short(self, chosen: Ints) -> Bools:
        """By slot, whether it misses much with the pairs ``chosen``."""
        found = np.zeros(len(self.problem.slot_ids), dtype=bool)
        found[self.catalogue.slots[self._missing(chosen) >= max(1, self.much)]] = True
        return found

    def parts(self, chosen: Ints, generator: np.random.Generator) -> tuple[list[Ints], Bools]:
        """The schools in parts of about ``size`` students, and a block of some parts that might better be shut.

        Slots that miss much are seen to first: who holds them goes with who would bring most there. The
        blocks' shape is (schools, slots).
        """
        problem = self.problem
        students = np.bincount(problem.students.school, minlength=len(problem.school_ids))
        left = students > 0
        noise = np.exp(NOISE * generator.standard_normal(self.affinity.shape))
        shut = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=bool)
        found = []
        for rivals, slot in self._seeds(chosen, generator):
            seeds = [k for n, k in enumerate(rivals) if not n or students[rivals[: n + 1]].sum() <= LARGEST * self.size]
            if left[seeds].all():
                found.append(self._filled(seeds, left, students, noise))
                shut[seeds[0], slot] = True
        order = generator.permutation(len(students)).tolist()
        found.extend(self._filled([school], left, students, noise) for school in order if left[school])
        return found, shut

    def _missing(self, chosen: Ints) -> Ints:
        """By slot of the catalogue, how much less than it could the slot brings."""
        blocks = self.catalogue
        held = chosen[self.problem.blocked[self.problem.pairs.slot[chosen]]]
        paid = np.zeros(len(self.problem.slot_ids), dtype=np.int64)
        np.add.at(paid, self.problem.pairs.slot[held], self._paid(held))
        return np.asarray(np.maximum(0, self.value - paid[blocks.slots]))

    def _paid(self, pairs: Ints) -> Ints:
        """What the students of some pairs in blocks pay there."""
        problem, prices = self.problem, self.prices
        school = problem.students.school[problem.pairs.student_of(pairs)]
        price = prices.blocks[school, problem.pairs.slot[pairs]]
        at = np.minimum(np.searchsorted(prices.own_pair, pairs), max(0, len(prices.own_pair) - 1))
        if len(prices.own_pair):
            own = prices.own_pair[at] == pairs
            price[own] = prices.own_price[at[own]]
        return price

    def _seeds(self, chosen: Ints, generator: np.random.Generator) -> list[tuple[list[int], int]]:
        """Slots that miss much: the school that is most to blame, schools that would bring most there; the slot."""
        blocks, missing, blame = self.catalogue, self._missing(chosen), self._blame(chosen)
        found = []
        for t in np.argsort(-missing, kind="stable").tolist():
            if missing[t] < max(1, self.much):
                break
            at = np.arange(blocks.slot_first[t], blocks.slot_first[t + 1])
            first = at[np.argmax(blame[at])]
            others = at[(at != first) & (self.brought[at] > 0)]
            luck = np.exp(LUCK * generator.standard_normal(len(others)))
            others = others[np.argsort(-self.brought[others] * luck, kind="stable")][:RIVALS]
            found.append((blocks.school[[first, *others]].tolist(), int(blocks.slots[t])))
        return found

    def _blame(self, chosen: Ints) -> Ints:
        """By block, how much less its groups bring than the slot's best; 0 for blocks that are empty or pinned."""
        blocks, problem = self.catalogue, self.problem
        held = chosen[problem.blocked[problem.pairs.slot[chosen]]]
        block = blocks.block_of(problem, held)
        paid = np.zeros(len(blocks.slot), dtype=np.int64)
        np.add.at(paid, block, self._paid(held))
        members = np.bincount(block, minlength=len(paid))
        groups = -(-members // np.maximum(1, blocks.most))
        best = np.maximum.reduceat(np.append(self.brought, 0), blocks.slot_first[:-1])[blocks.of_slot]
        return np.where((members > 0) & (blocks.fixed == 0), groups * best - paid, 0)

    def _filled(self, part: list[int], left: Bools, students: Ints, noise: Floats) -> Ints:
        """``part`` with the schools nearest to it, until it is of the size wanted."""
        left[part] = False
        while students[part].sum() < self.size and left.any():
            near = (self.affinity[part] * noise[part]).sum(axis=0)
            part.append(int(np.argmax(np.where(left, near, -1.0))))
            left[part[-1]] = False
        return np.array(sorted(part))


def _affinity(problem: Problem) -> Floats:
    """How much two schools ask for the same slots: the cosine of their options, slots that many may have less so."""
    asked = np.zeros((len(problem.school_ids), len(problem.slot_ids)), dtype=np.int64)
    loops = chosen_for(len(problem.pairs.slot))
    loops.count_eligible(problem.pairs.first, problem.pairs.slot.raw, problem.students.school, asked)
    total = np.maximum(1.0, asked.sum(axis=0))
    rated = asked / np.maximum(1.0, asked.sum(axis=1, keepdims=True)) / np.sqrt(total)
    return np.asarray(rated @ rated.T)
