"""How much work a round of a size gets: steps, turns and sweeps, counted so that a run ends the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.problem import Problem

FEW_PAIRS = 30_000
"""Rounds of up to so many pairs have their prices lifted several times at every level."""
DEALT_PAIRS = 100_000
"""Rounds of up to so many pairs are dealt out anew at every level, a few schools at a time."""
MINGLED = 350
"""In larger ones it is the leading level's that are, and so many students at once, some of every school."""
MANY_PAIRS = 600_000
"""In rounds of so many pairs prices are sought on a pool of them, first as if groups could be mixed."""
SERVED_PAIRS = 30_000_000
"""In rounds of more pairs students are served with those of the pool, then again ``SERVINGS`` times."""

FEW_STEPS, PART_STEPS = 60, 5
"""Steps once groups are open, and before each part of the students is served, in a run with little time."""

Turns = tuple[tuple[int, float, float, int], ...]
"""Steps, the sizes of the first and the last of them, and how many parts the students are asked in."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a round of this size gets: steps of the first level and of later ones, turns, sweeps.

    ``sweeps``: of the first allocation and, where ``sweeps_later`` is not given, of every level after it.
    ``lifts``: times that a level's prices are sought with the groups of the allocation at hand and lifted,
    ``lift_turns`` turns each, and ``deals``: sweeps in which all is dealt out anew at those prices, for smaller rounds;
    each 0 for others. ``mingled``: students who are dealt to at once, some of every school, and lifted prices are
    sought, for the leading level alone; where it is 0, at every level, and all of a few schools are dealt to.
    ``relaxing``: turns of the search for prices at which the first allocation is dealt out anew by the relaxation, and
    ``relaxed_parts``: in how many parts of the schools, 0 where it is not.
    ``trying``: steps after which rates of exchange with earlier levels are compared, 0 where one is taken as it is.
    ``nearest``: pairs of each student that join those on which prices of larger rounds are sought, at each widening.
    ``mixed``: turns of the first level's search while groups may be of mixed schools, with more pairs at each, and
    ``mixed_later``: of every later level's, for rounds too large for another search; ``later`` is then 0.
    ``weighing``: turns of the search with all levels at once that follows the leading one's.
    ``filling``: turns of the search once groups are open; then students are given bundles in ``parts``, with
    ``part_steps`` steps before each.
    ``takes``: how many times as long as a bound of heads the first allocation takes until all are served, about, in
    rounds of which a part is left out where less time is left. ``turns`` are those of opening groups; where they are 0
    the groups stay that students fill who are served beforehand.
    ``reopening``: whether sweeps after it are offered pairs of shut groups too, which takes them twice as long.
    ``shutting``: whether sweeps try to shut groups that bring too little, which good prices tell.
    """

    first: int
    later: int
    turns: int
    turn_steps: int
    sweeps: int
    lifts: int = 0
    lift_turns: int = 0
    deals: int = 0
    mingled: int = 0
    relaxing: int = 0
    relaxed_parts: int = 1
    shutting: bool = True
    sweeps_later: int | None = None
    trying: int = 60
    nearest: int = 48
    mixed: Turns = ()
    mixed_later: Turns = ()
    weighing: Turns = ((60, 0.1, 0.01, 1),)
    filling: Turns = ()
    parts: int = 32
    part_steps: int = 20
    takes: float = 0.0
    reopening: bool = True

    def hurried(self) -> Effort:
        """The same for a run with less time than that takes: fewer steps, and no search for the groups to open."""
        mixed, weighing, filling = self.mixed[:2], self.weighing[:1], (self.filling[0], self.filling[-1])
        return replace(
            self, turns=0, mixed=mixed, weighing=weighing, filling=tuple((FEW_STEPS, *turn[1:]) for turn in filling),
            part_steps=PART_STEPS,
        )  # fmt: skip

    @classmethod
    def of(cls, problem: Problem) -> Effort:
        """Less for larger rounds."""
        if len(problem.pairs.slot) < MANY_PAIRS:
            if len(problem.pairs.slot) <= FEW_PAIRS:
                return cls(260, 110, 6, 25, 11, lifts=6, lift_turns=4, deals=3, relaxing=20)
            if len(problem.pairs.slot) <= DEALT_PAIRS:
                return cls(260, 110, 6, 25, 5, lifts=1, lift_turns=3, deals=3, sweeps_later=4, relaxing=20)
            return cls(260, 110, 6, 25, 7, lifts=1, lift_turns=6, deals=4, mingled=MINGLED, relaxing=16)
        if len(problem.pairs.slot) < SERVED_PAIRS:
            turns: Turns = ((400, 1.0, 0.03, 16), (400, 0.1, 0.01, 8), (400, 0.05, 0.003, 8))
            later: Turns = ((200, 0.3, 0.02, 8), (200, 0.05, 0.003, 8))
            filling: Turns = ((60, 0.1, 0.02, 16), (100, 0.1, 0.02, 16), (100, 0.05, 0.005, 8))
            weighing: Turns = ((100, 0.1, 0.02, 8), (100, 0.05, 0.01, 8))
            return cls(
                30, 0, 5, 12, 2, shutting=False, sweeps_later=1, mixed=turns, mixed_later=later, weighing=weighing,
                filling=filling, relaxed_parts=2, takes=500.0,
            )  # fmt: skip
        turns = ((200, 1.0, 0.05, 16), (150, 0.1, 0.03, 16), (150, 0.1, 0.01, 16))
        later = ((60, 0.1, 0.01, 16),)
        weighing = ((60, 0.1, 0.02, 16), (60, 0.05, 0.01, 16))
        filling = ((60, 0.1, 0.02, 16), (100, 0.1, 0.02, 16), (100, 0.05, 0.005, 16))
        return cls(
            10, 0, 5, 10, 1, shutting=False, trying=20, nearest=24, mixed=turns, mixed_later=later, weighing=weighing,
            filling=filling, part_steps=10, takes=85.0, reopening=False, relaxed_parts=0,
        )  # fmt: skip
