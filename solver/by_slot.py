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
from solver.filling import Filling
from solver.mixed import Mixed
from solver.offered import none_shut, serve, shut_by
from solver.opening import open_groups
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
        if bettering.clock.stop():
            return self.early
        search = self.weigh(led)
        open_groups(search.descent, efforts.turns, efforts.turn_steps, 0.03, bettering.clock)
        if bettering.clock.stop():
            return self.early
        filling = Filling.of(stages, search, efforts, bettering.clock)
        filling.seek(search)
        prices, given = filling.prices(self.elsewhere), filling.fill()
        stages.pool = union(search.pool, filling.pool) if efforts.reopening else filling.pool
        stages.last = None
        chosen = serve(bettering, search.level, prices, shut_by(search, bettering), given)
        chosen = bettering.improve(search.level, chosen, prices, [])
        return bettering.relax(chosen, partial(bundles_at, bettering, search.level, prices))

    def lead(self, floors: Sequence[int]) -> PoolSearch:
        """Good prices for the leading level; students are served early at them."""
        bettering, efforts = self.bettering, self.bettering.effort
        self.led = self.mixed.search(bettering.leading, floors, efforts.mixed, efforts)
        bettering.stages.pool = self.led.pool
        self.early = serve(bettering, bettering.leading, self.mixed.prices(self.led), none_shut(bettering))
        return self.led

    def weigh(self, led: PoolSearch) -> PoolSearch:
        """Good prices for all levels weighed at once, from the leading level's; then, as groups are, by school."""
        loose = self.mixed.weighed(led, self.bettering.effort)
        self.elsewhere = self.mixed.prices(loose).blocks
        search = self.bettering.stages.follow(loose)
        search.descent.run(self.bettering.effort.first, 0.03, 0.01, self.bettering.clock)
        return search

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
