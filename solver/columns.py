"""Bundles at hand: for every student some of the ways in which slots could be had together, with what each is worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from solver.candidates import move_goals

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.problem import Problem

MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
"""Odd multipliers that tell bundles apart; two that met would only cost one of them its place."""
GOALS = (
    "guarantee", "reach", "need", "breadth", "progression", "replaced", "preference", "travel", "lottery", "stability",
)  # fmt: skip
"""Goals of one student's own, in the order of ``Columns.goals``."""


@dataclass(slots=True)
class Columns:
    """Bundles sorted by owner, each once.

    ``pairs``: pair positions descending, then -1, shape (columns, depth). ``goals``: shape (columns, goals).
    """

    problem: Problem
    depth: int
    owner: Ints = field(init=False)
    pairs: Ints = field(init=False)
    goals: Ints = field(init=False)
    key: np.ndarray[tuple[int, ...], np.dtype[np.uint64]] = field(init=False)

    def __post_init__(self) -> None:
        """No bundles yet."""
        self.owner = np.zeros(0, dtype=np.int64)
        self.pairs = np.zeros((0, self.depth), dtype=np.int64)
        self.goals = np.zeros((0, len(GOALS)), dtype=np.int64)
        self.key = np.zeros(0, dtype=np.uint64)

    def add(self, bundles: Ints) -> int:
        """Add the bundles not known yet, rows of pair positions or -1; how many there were."""
        bundles = np.sort(bundles[(bundles >= 0).any(axis=1)], axis=1)[:, ::-1][:, : self.depth]
        wide = np.full((len(bundles), self.depth), -1, dtype=np.int64)
        wide[:, : bundles.shape[1]] = bundles
        key, index = np.unique(keys(wide), return_index=True)
        known = np.sort(self.key)
        at = np.minimum(np.searchsorted(known, key), max(0, len(known) - 1))
        new = known[at] != key if len(known) else np.ones(len(key), dtype=bool)
        wide, key = wide[index[new]], key[new]
        if not len(wide):
            return 0
        owner = self.problem.pairs.student_of(wide[:, 0])
        goals = move_goals(self.problem, owner, wide, np.full((len(wide), 1), -1, dtype=np.int64))
        values = np.column_stack([goals[goal] for goal in GOALS])
        order = np.argsort(np.concatenate([self.owner, owner]), kind="stable")
        self.owner = np.concatenate([self.owner, owner])[order]
        self.pairs = np.concatenate([self.pairs, wide])[order]
        self.goals = np.concatenate([self.goals, values])[order]
        self.key = np.concatenate([self.key, key])[order]
        return len(wide)

    def keep(self, which: Bools) -> None:
        """Forget all other bundles."""
        self.owner, self.pairs = self.owner[which], self.pairs[which]
        self.goals, self.key = self.goals[which], self.key[which]


def keys(bundles: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """A number for each bundle, rows of pair positions descending, then -1: the same in tables of the same width."""
    key = np.zeros(len(bundles), dtype=np.uint64)
    for place in range(bundles.shape[1]):
        key = (key ^ (bundles[:, place] + 1).astype(np.uint64)) * MIX[place % len(MIX)]
        key ^= key >> np.uint64(29)
    return key
