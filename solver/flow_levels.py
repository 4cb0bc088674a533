"""What the levels solved so far prove together, and which flows are still best for all of them.

The prices of all levels are one set: each new level's worth and potentials are added to ``rate`` times those before,
the rate so large that no arc which an earlier level rules out pays again. By complementary slackness the flows that are
best for the levels in their order are then those that use only arcs without loss, send every student who gains, and
fill every node that has a price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from solver.prices import Prices

if TYPE_CHECKING:
    from solver.arrays import Bools, Ints
    from solver.network import Network
    from solver.problem import Problem

LARGEST = 1 << 61
"""Sums over all students stay below this, in 64 bits."""


@dataclass(frozen=True, slots=True)
class Face:
    """The flows that are best for the levels so far: arcs left (positions), students who must be sent, full nodes."""

    arcs: Ints
    forced: Bools
    full: Bools


@dataclass(frozen=True, slots=True)
class Combined:
    """Worth by arc and price by node (the root's is 0) of the levels so far, and the rate of each in them."""

    network: Network
    worth: Ints
    price: Ints
    rates: tuple[int, ...] = ()

    @classmethod
    def nothing(cls, network: Network) -> Combined:
        """Before the first level."""
        return cls(network, np.zeros(len(network.pair), dtype=np.int64), np.zeros(network.root + 1, dtype=np.int64))

    def face(self) -> Face:
        """The flows that are best so far."""
        gain = self.worth - self.price[self.network.enters]
        most = self._most(gain)
        parent = self.network.parent
        return Face(
            np.flatnonzero(gain == np.repeat(most, np.diff(self.network.first))),
            most > 0,
            self.price[:-1] > self.price[parent],
        )

    def then(self, worth: Ints, label: Ints) -> Combined | None:
        """With the next level, of this ``worth`` by arc and potential by node; ``None`` beyond 64 bits."""
        network = self.network
        rate = self._rate(worth, label) if self.rates else 1
        most = rate * max(_most(self.worth), _most(self.price)) + max(_most(worth), _most(label))
        if most * (len(network.first) + int(network.room.sum())) > LARGEST:
            return None
        rates = (*(rate * each for each in self.rates), 1)
        return replace(self, worth=rate * self.worth + worth, price=rate * self.price + label, rates=rates)

    def prices(self, problem: Problem) -> Prices:
        """The prices that prove the latest level."""
        none = Prices.none(problem, len(self.rates) - 1, scale=1)
        rows = np.zeros_like(none.rows)
        rows[self.network.row] = self.price[:-1] - self.price[self.network.parent]
        return replace(none, rates=np.array(self.rates[:-1], dtype=np.int64), rows=rows)

    def _rate(self, worth: Ints, label: Ints) -> int:
        """The least rate at which nothing that the levels so far rule out pays again."""
        network = self.network
        repeats = np.diff(network.first)
        gain = self.worth - self.price[network.enters]
        most = self._most(gain)
        short = np.repeat(most, repeats) - gain
        fresh = worth - label[network.enters]
        own = self._most(np.where(short == 0, fresh, -LARGEST), least=-LARGEST)
        own = np.where(most > 0, own, np.maximum(0, own))
        rules_out = [
            _rate_for((fresh - np.repeat(own, repeats))[short > 0], short[short > 0]),
            _rate_for(-own[most > 0], most[most > 0]),
        ]
        rise = self.price[:-1] - self.price[network.parent]
        fall = (label[network.parent] - label[:-1])[rise > 0]
        rules_out.append(_rate_for(fall, rise[rise > 0]))
        return max(1, *rules_out)

    def _most(self, gain: Ints, least: int = 0) -> Ints:
        """By student, the most that an arc gains, ``least`` where none gains more."""
        most = np.full(len(self.network.first) - 1, least, dtype=np.int64)
        has = np.flatnonzero(np.diff(self.network.first))
        if len(has):
            most[has] = np.maximum(least, np.maximum.reduceat(gain, self.network.first[has]))
        return most


def _rate_for(excess: Ints, margin: Ints) -> int:
    """The least rate at which ``rate * margin > excess`` everywhere."""
    return int((excess // margin).max(initial=0)) + 1 if len(excess) else 1


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))
