"""A level's bound over bundles at hand, softened so that it has a slope everywhere (Nesterov 2005).

Where groups are settled the bound is a sum of maxima: of every student over bundles, of every slot over its open
blocks. Each maximum becomes ``heat * log(sum(exp(. / heat)))``, a little more than it; shares of bundles take the place
of choices, and methods for smooth functions get far where steps against single choices stand still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from solver.columns import GOALS
from solver.resources import rows_of_pairs
from solver.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Bools, Floats, Ints
    from solver.bound import Catalogue
    from solver.columns import Columns
    from solver.problem import Problem

SLOT_HEAT = 5.0
"""Slots choose among groups, which are worth many times what a slot is to one student."""
ALONG, RATE, FRACTION = 0.3, 0.1, 0.2
"""How far everything together, single rates and fractions may move while prices move by the box."""
SUBMODULAR = ("guarantee", "need", "breadth", "progression")
"""Goals that are left out where a level works against them, as in the bound."""
FAINT = -30.0


@dataclass(frozen=True, slots=True)
class RivalValues:
    """What shut blocks bring at a standing, and how that changes with prices.

    ``slot``: position in the catalogue's slots. ``change``: shape (rivals, rows and blocks), exact near the standing.
    """

    slot: Ints
    value: Floats
    change: sp.csr_matrix


class Softened:
    """The softened bound of ``level`` around ``standing``: a function of moves, all within ``-box`` to ``box``."""

    def __init__(
        self,
        problem: Problem,
        levels: Sequence[Level],
        level: int,
        floors: Sequence[int],
        catalogue: Catalogue,
        active: Bools,
        columns: Columns,
        standing: Standing,
        box: float,
        rivals: RivalValues | None = None,
    ) -> None:
        """``columns`` use pairs of ``active`` blocks and of slots without blocks only."""
        self.problem, self.catalogue, self.columns, self.standing, self.box = (
            problem, catalogue, columns, standing, box,
        )  # fmt: skip
        self.floors = np.array(floors, dtype=np.float64)
        self.coefficient = np.array(
            [[each.goals.get(g, 0) for g in GOALS] for each in levels[: level + 1]], dtype=float
        )
        self.soft = {
            goal: np.array([each.goals.get(goal, 0) for each in levels[: level + 1]], dtype=float)
            for goal in ("equity", "reserve")
        }
        self.goals = columns.goals.astype(np.float64)
        self.constants = np.array([problem.constants.get(goal, 0) for goal in GOALS], dtype=float)
        self.begins = np.flatnonzero(np.diff(columns.owner, prepend=-1))
        self.students = columns.owner[self.begins]
        self.of = np.repeat(np.arange(len(self.begins)), np.diff(np.append(self.begins, len(columns.owner))))
        self._pairs()
        self._blocks(active)
        self._people()
        self.rivals = rivals
        self.against = self._against(rivals)

    def bounds(self) -> list[tuple[float, float]]:
        """The box around the standing, less what would make prices negative or fractions leave 0 to 1."""
        now, box = self.standing, self.box
        prices = np.concatenate([now.rows, now.up[self.open], now.down[self.open]])
        low = np.concatenate([np.maximum(-box, -prices), np.full(len(now.rates), -box)])
        high = np.full(len(low), box)
        fractions = np.concatenate([now.equity, now.reserve]) / FRACTION * box
        low = np.concatenate([low, np.maximum(-box, -fractions), [-box]])
        high = np.concatenate([high, np.minimum(box, box / FRACTION - fractions), [box]])
        return list(zip(low.tolist(), high.tolist(), strict=True))

    def moved(self, move: Floats) -> Standing:
        """The standing after ``move``."""
        now, parts = self.standing, self._split(move)
        factor = self._factor(move)
        up, down = now.up.copy(), now.down.copy()
        up[self.open] = np.maximum(0.0, factor * up[self.open] + parts["up"])
        down[self.open] = np.maximum(0.0, factor * down[self.open] + parts["down"])
        return Standing(
            self._rates(parts, factor),
            np.maximum(0.0, factor * now.rows + parts["rows"]),
            up,
            down,
            np.clip(now.equity + FRACTION / self.box * parts["equity"], 0.0, 1.0),
            np.clip(now.reserve + FRACTION / self.box * parts["reserve"], 0.0, 1.0),
        )

    def _read(self, move: Floats) -> tuple[Floats, ...]:
        """What ``move`` comes to: worths of goals, prices by pair and of equity; rates, rows, up, down, fractions."""
        now, parts = self.standing, self._split(move)
        factor = self._factor(move)
        rates = self._rates(parts, factor)
        equity = now.equity + FRACTION / self.box * parts["equity"]
        reserve = now.reserve + FRACTION / self.box * parts["reserve"]
        worth, soft = self._worth(rates)
        rows = factor * now.rows + parts["rows"]
        up, down = factor * now.up[self.open] + parts["up"], factor * now.down[self.open] + parts["down"]
        price = self.uses @ rows + self.inside @ (up - down) - self.eager * (soft["reserve"] * reserve)[self.slot]
        return worth, price, soft["equity"] * equity, rates, rows, up, down, equity, reserve

    def value_and_slope(self, move: Floats, heat: float) -> tuple[float, Floats]:
        """The softened bound after ``move``, and its slope."""
        now = self.standing
        worth, price, paid, rates, rows, up, down, equity, reserve = self._read(move)
        _, soft = self._worth(rates)
        factor = self._factor(move)
        total, share, placed = self._students(self._values(worth, price, paid), heat)
        used = np.bincount(self.place, weights=share[self.column], minlength=len(price))
        slots, opened, rival = self._slots(up, down, rows, heat * SLOT_HEAT)
        total += slots + float(self.left @ rows) + float(worth @ self.constants) - float(rates @ self.floors)
        slope = {
            "rows": self.left - self.uses.T @ used,
            "up": opened * self.most - self.inside.T @ used,
            "down": self.inside.T @ used - opened * self.least,
        }
        pulled = self.against.T @ rival
        slope["rows"] += pulled[: len(rows)]
        slope["up"] += pulled[len(rows) :]
        slope["down"] -= pulled[len(rows) :]
        goals = share @ self.goals + self.constants
        goals *= self._counted(rates)
        short = placed @ self.short + self.short_fixed
        taken = np.bincount(self.slot, weights=used * self.eager, minlength=len(reserve))
        reserved = float(reserve @ taken + (1 - reserve) @ self.room)
        total += soft["reserve"] * float((1 - reserve) @ self.room) - soft["equity"] * float(equity @ self.short_fixed)
        total += soft["reserve"] * self.problem.constants.get("reserve", 0)
        reserved += self.problem.constants.get("reserve", 0)
        per_rate = self.coefficient[:-1] @ goals - self.floors
        per_rate += self.soft["equity"][:-1] * float(equity @ short) * (soft["equity"] > 0)
        per_rate += self.soft["reserve"][:-1] * reserved * (soft["reserve"] > 0)
        along = float(now.rows @ slope["rows"] + now.up[self.open] @ slope["up"] + now.down[self.open] @ slope["down"])
        along += float((rates / factor) @ per_rate)
        parts_slope = [
            slope["rows"],
            slope["up"],
            slope["down"],
            per_rate * now.rates * factor * RATE / self.box,
            -soft["equity"] * short * FRACTION / self.box,
            soft["reserve"] * (taken - self.room) * FRACTION / self.box,
            np.array([along * ALONG / self.box]),
        ]
        return total, np.concatenate(parts_slope)

    def _pairs(self) -> None:
        """Which pairs the bundles use, and what each of them pays."""
        problem, columns = self.problem, self.columns
        self.column, position = np.nonzero(columns.pairs >= 0)
        pair, self.place = np.unique(columns.pairs[self.column, position], return_inverse=True)
        self.pair = pair
        student = problem.pairs.student_of(pair)
        self.slot, facts = problem.pairs.slot[pair], problem.students
        at, row = rows_of_pairs(
            problem.resources, problem.slots, facts.support[student], facts.school[student], self.slot
        )
        self.left = problem.resources.left.astype(np.float64)
        self.uses = sp.csr_matrix((np.ones(len(at)), (at, row)), shape=(len(pair), len(self.left)))
        self.eager = facts.priority[student].astype(np.float64)
        self.school = facts.school[student]

    def _blocks(self, active: Bools) -> None:
        """The open blocks, and which pairs sit in them."""
        problem, blocks = self.problem, self.catalogue
        self.open = np.flatnonzero(active)
        schools = len(problem.school_ids)
        key = blocks.slot[self.open] * schools + blocks.school[self.open]
        at = np.flatnonzero(problem.blocked[self.slot])
        which = np.searchsorted(key, self.slot[at] * schools + self.school[at])
        self.inside = sp.csr_matrix((np.ones(len(at)), (at, which)), shape=(len(self.pair), len(self.open)))
        self.of_slot = np.searchsorted(blocks.slots, blocks.slot[self.open])
        self.groups = blocks.groups.astype(np.float64)
        self.most = blocks.most_more[self.open].astype(np.float64)
        self.least = blocks.least_more[self.open].astype(np.float64)

    def _people(self) -> None:
        """What equity and reserve count."""
        problem, facts = self.problem, self.problem.students
        short = problem.share[None, :] - 100 * facts.in_group.astype(np.int64)
        self.short = np.where(facts.placed[:, None], 0, short)[self.students].astype(np.float64)
        self.short_fixed = short[facts.placed].sum(axis=0).astype(np.float64)
        self.room = np.maximum(0, problem.slots.reserved - problem.slots.reserved_taken).astype(np.float64)

    def _split(self, move: Floats) -> dict[str, Floats]:
        now, opens = self.standing, len(self.open)
        sizes = {"rows": len(now.rows), "up": opens, "down": opens, "rates": len(now.rates)}
        sizes |= {"equity": len(now.equity), "reserve": len(now.reserve)}
        ends = np.cumsum(list(sizes.values()))
        return dict(zip(sizes, np.split(move[:-1], ends[:-1]), strict=True))

    def _factor(self, move: Floats) -> float:
        """By how much everything is scaled together."""
        return 1.0 + ALONG * float(move[-1]) / self.box

    def _rates(self, parts: dict[str, Floats], factor: float) -> Floats:
        return np.asarray(self.standing.rates * factor * (1.0 + RATE / self.box * parts["rates"]))

    def _worth(self, rates: Floats) -> tuple[Floats, dict[str, float]]:
        """What a unit of each goal is worth: of a student's own goals, and of the two shared ones."""
        every = np.append(rates, 1.0)
        worth = every @ self.coefficient
        worth = np.where(self._counted(rates), worth, 0.0)
        soft = {"equity": max(0.0, -float(every @ self.soft["equity"]))}
        soft["reserve"] = max(0.0, float(every @ self.soft["reserve"]))
        return worth, soft

    def _counted(self, rates: Floats) -> Bools:
        worth = np.append(rates, 1.0) @ self.coefficient
        return np.array([goal not in SUBMODULAR or w > 0 for goal, w in zip(GOALS, worth, strict=True)])

    def behind(self, move: Floats) -> Floats:
        """By bundle, how much less than the best of its student's it is worth after ``move``."""
        value = self._values(*self._read(move)[:3])
        top = np.maximum(0.0, np.maximum.reduceat(value, self.begins)) if len(value) else value
        return np.asarray(top[self.of] - value)

    def _values(self, worth: Floats, price: Floats, equity: Floats) -> Floats:
        """What every bundle is worth, prices paid."""
        value = self.goals @ worth - (self.short @ equity)[self.of]
        value -= np.bincount(self.column, weights=price[self.place], minlength=len(value))
        return np.asarray(value)

    def _students(self, value: Floats, heat: float) -> tuple[float, Floats, Floats]:
        """The students' softened maxima added up, every bundle's share, and how far every student is placed."""
        if not len(self.begins):
            return 0.0, value, np.zeros(0)
        top = np.maximum(0.0, np.maximum.reduceat(value, self.begins))
        value -= top[self.of]
        value /= heat
        share = np.exp(np.maximum(FAINT, value))
        mass = np.add.reduceat(share, self.begins) + np.exp(np.maximum(FAINT, -top / heat))
        share /= mass[self.of]
        total = float((top + heat * np.log(mass)).sum())
        return total, share, np.add.reduceat(share, self.begins)

    def _slots(self, up: Floats, down: Floats, rows: Floats, heat: float) -> tuple[float, Floats, Floats]:
        """The slots' softened maxima over their blocks added up; the groups of each open block, and of each rival."""
        value, of_slot = up * self.most - down * self.least, self.of_slot
        rivals = self.rivals
        if rivals is not None:
            now = self.standing
            moved = np.concatenate([rows - now.rows, up - down - (now.up - now.down)[self.open]])
            value = np.concatenate([value, rivals.value + self.against @ moved])
            of_slot = np.concatenate([of_slot, rivals.slot])
        top = np.zeros(len(self.groups))
        np.maximum.at(top, of_slot, value)
        share = np.exp((value - top[of_slot]) / heat)
        mass = np.bincount(of_slot, weights=share, minlength=len(top)) + np.exp(-top / heat)
        total = float(self.groups @ (top + heat * np.log(mass)))
        opened = self.groups[of_slot] * share / mass[of_slot]
        return total, opened[: len(up)], opened[len(up) :]

    def _against(self, rivals: RivalValues | None) -> sp.csr_matrix:
        """By rival, how what it brings changes with the rows' prices and those of the open blocks."""
        if rivals is None:
            return sp.csr_matrix((0, len(self.left) + len(self.open)))
        return sp.csr_matrix(rivals.change[:, np.concatenate([np.arange(len(self.left)), len(self.left) + self.open])])
