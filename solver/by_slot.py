"""How a large round is priced: as if groups could be mixed, one price a slot, and once they are open part by part.

Who pays for groups that are not open yet is millions of prices. So a level's prices are those of the mixed round, which
bound every level; only to open groups are schools asked what they pay, from there on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from solver.arrays import union
from solver.bettering import Priced
from solver.displacing import displaced
from solver.filling import Filling
from solver.mixed import Mixed
from solver.offered import none_shut, serve, shut_by
from solver.opening import groups_held, open_groups
from solver.prices import Prices
from solver.together import bundles_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.arrays import Ints
    from solver.bettering import Bettering
    from solver.pool import PoolSearch


@dataclass(slots=True)
class BySlot:
    """Prices and a first allocation of one large round."""

    bettering: Bettering
    mixed: Mixed = field(init=False)
    led: PoolSearch | None = field(init=False, default=None)
    """The search for the leading level's prices."""
    elsewhere: Ints = field(init=False)
    """What shut blocks ask, shape (schools, slots)."""
    early: Ints = field(init=False)
    """What students are served with before groups are opened, for a run that ends early."""

    def __post_init__(self) -> None:
        """Nothing is priced yet."""
        self.mixed = Mixed.of(self.bettering.stages)

    def build(self, floors: Sequence[int]) -> Ints:
        """A first allocation as ascending pairs; ``floors``: the most that levels before the leading one can be.

        It is dealt out anew by the relaxation, at the prices at which students were served. Where the run must end
        before all groups are open that should be, it is what was served early.
        """
        bettering, stages, efforts = self.bettering, self.bettering.stages, self.bettering.effort
        led = self.lead(floors)
        search = self.dive(led) if efforts.turns else self.as_served(led)
        if bettering.clock.stop():
            return self.ended_early()
        filling = Filling.of(stages, search, efforts, bettering.clock)
        filling.seek(search)
        prices, given = filling.prices(self.elsewhere), filling.fill()
        stages.pool = union(search.pool, filling.pool) if efforts.reopening else filling.pool
        stages.last = None
        chosen = self.passed_on(serve(bettering, search.level, prices, shut_by(search, bettering), given))
        if bettering.clock.stop():
            return max(chosen, self.ended_early(), key=bettering.key)
        chosen = bettering.improve(search.level, chosen, prices, [])
        return bettering.relax(chosen, partial(bundles_at, bettering, search.level, prices))

    def lead(self, floors: Sequence[int]) -> PoolSearch:
        """Good prices for the leading level."""
        efforts = self.bettering.effort
        self.led = self.mixed.search(self.bettering.leading, floors, efforts.mixed, efforts)
        return self.led

    def dive(self, led: PoolSearch) -> PoolSearch:
        """Good prices for all levels weighed at once, from the leading level's; at them groups are opened."""
        bettering, efforts = self.bettering, self.bettering.effort
        self.early = self.served(led)
        search = bettering.stages.follow(self.weigh(led))
        search.descent.run(efforts.first, 0.03, 0.01, bettering.clock)
        open_groups(search.descent, efforts.turns, efforts.turn_steps, 0.03, bettering.clock)
        return search

    def as_served(self, led: PoolSearch) -> PoolSearch:
        """The same in little time: the groups open that the students fill who are served early, at these prices."""
        loose = self.weigh(led)
        self.early = self.served(loose)
        search = self.bettering.stages.follow(loose)
        search.descent.forced[:] = groups_held(search.problem, search.catalogue, self.early)
        return search

    def weigh(self, led: PoolSearch) -> PoolSearch:
        """Good prices for all levels weighed at once while groups may be mixed; what shut blocks ask stays at these."""
        loose = self.mixed.weighed(led, self.bettering.effort)
        self.elsewhere = self.mixed.prices(loose).blocks
        return loose

    def served(self, search: PoolSearch) -> Ints:
        """What the students are served with at the prices of ``search`` while no block is shut."""
        self.bettering.stages.pool = search.pool
        return serve(self.bettering, search.level, self.mixed.prices(search), none_shut(self.bettering))

    def ended_early(self) -> Ints:
        """What was served early, as an answer."""
        self.early = self.passed_on(self.early)
        return self.early

    def passed_on(self, chosen: Ints) -> Ints:
        """``chosen`` with places passed on to students whom levels before the leading one miss."""
        for level in self.bettering.levels[: self.bettering.leading]:
            for goal in ("guarantee", "reach"):
                if level.goals.get(goal, 0) > 0:
                    chosen = displaced(self.bettering.problem, chosen, goal)
        return chosen

    def at_hand(self, level: int) -> Prices:
        """Prices that need no search: of the leading level those it was led by, of others none.

        None often prove what heads can be, and more than what another level was priced by.
        """
        if self.led is not None and level == self.bettering.leading:
            return self.mixed.prices(self.led)
        return Prices.none(self.bettering.problem, level)

    def priced(self, level: int, floors: Sequence[int], _chosen: Ints) -> Priced | None:
        """Good prices for a level and what they prove; ``None`` where those at hand are good."""
        if self.led is not None and level == self.bettering.leading:
            return None
        search = self.mixed.search(level, floors, self.bettering.effort.mixed_later, self.bettering.effort)
        relaxed, prices = self.mixed.proven(search)
        return Priced(relaxed.bound, prices)
