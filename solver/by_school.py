"""How rounds of some thousands of students are priced: each school pays for its groups from the start.

A first allocation comes of prices for the leading level, the first that does more than count heads, and from there on
for all levels weighed at once: groups are opened by them, students served at them, and sweeps follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from solver.bettering import Dealing, Priced
from solver.offered import serve, shut_by
from solver.opening import groups_held, open_groups
from solver.prices import Prices
from solver.together import bundles_together
from solver.weighing import weighed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints
    from solver.bettering import Bettering
    from solver.pool import PoolSearch

TURNS_BETWEEN, CHANGES = 2, 2
"""Turns of settled prices before it is asked whether other schools' groups would bring far more, and how often."""
FAR_MORE = 0.5
"""How much more, in what a slot is worth, another school's groups must bring to be opened instead."""


@dataclass(slots=True)
class BySchool:
    """Prices and a first allocation of one such round."""

    bettering: Bettering

    def build(self, floors: Sequence[int]) -> Ints:
        """A first allocation as ascending pairs; ``floors``: the most that levels before the leading one can be."""
        bettering, efforts, clock = self.bettering, self.bettering.effort, self.bettering.clock
        search = self.weigh(self.lead(floors))
        open_groups(search.descent, efforts.turns, efforts.turn_steps, 0.03, clock)
        self._reconsider(search)
        search.descent.run(4 * efforts.turn_steps, 0.03, 0.003, clock)
        prices = search.prices()
        chosen = serve(bettering, search.level, prices, shut_by(search, bettering))
        chosen = bettering.improve(search.level, chosen, prices, [])
        search.descent.forced[:] = groups_held(bettering.problem, search.catalogue, chosen)
        standing = bettering.stages.settled(search, search.descent.worth).standing
        return bettering.relax(chosen, partial(bundles_together, bettering, standing))

    def lead(self, floors: Sequence[int]) -> PoolSearch:
        """Good prices for the leading level."""
        search = self.bettering.stages.begin(self.bettering.leading, floors)
        search.descent.run(self.bettering.effort.first, 1.0, 0.01, self.bettering.clock)
        return search

    def weigh(self, led: PoolSearch) -> PoolSearch:
        """Good prices for all levels weighed at once, from those of the leading level."""
        search = weighed(led, self.bettering.stages.swing)
        for steps, first, last, _ in self.bettering.effort.weighing:
            search.descent.run(steps, first, last, self.bettering.clock)
        return search

    def at_hand(self, level: int) -> Prices:
        """Prices that need no search: none, which often prove what heads can be."""
        return Prices.none(self.bettering.problem, level)

    def priced(self, level: int, floors: Sequence[int], chosen: Ints) -> Priced:
        """Good prices for a level, what they prove, and in smaller rounds what all is dealt out anew at.

        Those are sought while the groups stay the ones of the allocation ``chosen``.
        """
        stages, efforts = self.bettering.stages, self.bettering.effort
        sizes = (0.01, 0.002) if level == self.bettering.leading else (0.1, 0.003)
        search = stages.sought(level, floors, efforts.trying, sizes[0])
        relaxed, prices = stages.descend(search, efforts.later, *sizes)
        lifts = 0 if efforts.mingled and level != self.bettering.leading else efforts.lifts
        if not lifts or not len(prices.own_pair) or self.bettering.clock.stop():
            return Priced(relaxed.bound, prices)
        point = search.descent.point
        search.descent.forced[:] = groups_held(self.bettering.problem, stages.catalogue, chosen)
        settled = stages.settled(search, stages.swing[search.level])
        lifted = settled.narrowed(lifts, efforts.lift_turns)
        search.reopen(point)
        best, by = min(((lifted.relaxed, lifted.prices), (relaxed, prices)), key=lambda each: each[0].total)
        return Priced(best.bound, by, Dealing(settled.standing, lifted))

    def _reconsider(self, search: PoolSearch) -> None:
        """Open other schools' groups where settled prices show that those would bring far more."""
        if not len(search.problem.pairs.slot) or self.bettering.clock.stop():
            return
        settled = self.bettering.stages.settled(search, search.descent.worth)
        for _ in range(CHANGES):
            settled.run(TURNS_BETWEEN)
            if not settled.change(settled.lift(), FAR_MORE):
                break
        search.descent.forced[:] = settled.opened
