"""The network path: a plain problem, level by level, each a flow of least cost among the flows best so far.

The flow is OR-Tools' (cost scaling: Goldberg and Tarjan 1990), in a child process. Its bound is proven by whole prices
that are found from the flow alone and checked over every eligible pair, so nothing rests on the solver's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver import bound, potentials
from solver.bound import Catalogue, relax
from solver.child import Child
from solver.exact import LevelAnswer
from solver.flow_levels import Combined
from solver.kernels import chosen_for
from solver.network import arc_worths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.policy import Level
    from solver.arrays import Ints
    from solver.flow_levels import Face
    from solver.limits import Clock
    from solver.network import Network
    from solver.problem import Problem

_LOADED = (bound, potentials)


class FlowError(RuntimeError):
    """A flow that must exist was not found."""


class NetworkPath:
    """Solves the levels of a plain problem in order."""

    def __init__(self, problem: Problem, levels: Sequence[Level], clock: Clock, network: Network) -> None:
        """Start the child, so that it is ready when the first network is."""
        self.problem, self.levels, self.network = problem, levels, network
        self.catalogue = Catalogue.of(problem)
        self.kernels = chosen_for(len(problem.pairs.slot))
        self.combined: Combined | None = Combined.nothing(network)
        self.child = Child(clock, "solver.flow_child")
        self.child.start()

    def at_hand(self, _level: int, _floors: Sequence[int]) -> None:
        """No prices for levels that are not reached."""

    def close(self) -> None:
        """End the child."""
        self.child.close()

    def solve(self, level: int, floors: Sequence[int], incumbent: Ints | None) -> LevelAnswer | None:
        """The best of ``level`` among the flows best so far; when stopped, what fits students in turn, at first."""
        if self.combined is None:
            return None
        network, face = self.network, self.combined.face()
        worth = arc_worths(self.problem, network, self.levels[level])
        taken = self._flow(face, worth)
        if taken is None:
            return self._in_turn() if incumbent is None else None
        self.combined = self.combined.then(worth, self._labels(face, worth, taken))
        chosen = network.pair[taken[taken >= 0]]
        if self.combined is None:
            return LevelAnswer(chosen, None, None, None)
        prices = self.combined.prices(self.problem)
        relaxed = relax(self.problem, self.levels, level, floors, prices, self.catalogue)
        return LevelAnswer(chosen, relaxed.bound, None, prices)

    def _in_turn(self) -> LevelAnswer:
        """Students in the order of the lottery, each in the first slot with room: better than nothing."""
        network = self.network
        taken = np.full(len(network.first) - 1, -1, dtype=np.int64)
        self.kernels.fill_in_turn(network.first, network.enters, network.parent, network.room, taken)
        return LevelAnswer(network.pair[taken[taken >= 0]], None, None, None)

    def _flow(self, face: Face, worth: Ints) -> Ints | None:
        """By student the arc taken, or -1; ``None`` when stopped."""
        network = self.network
        student = network.student[face.arcs]
        count, nodes = len(network.first) - 1, network.root + 1
        free, loose = np.flatnonzero(~face.forced), np.flatnonzero(~face.full)
        full = np.flatnonzero(face.full)
        supply = np.zeros(count + nodes, dtype=np.int64)
        supply[:count] = 1
        supply[-1] = -count
        np.add.at(supply, count + full, -network.room[full])
        np.add.at(supply, count + network.parent[full], network.room[full])
        job = {
            "tail": np.concatenate([student, free, count + loose]).astype(np.int32),
            "head": np.concatenate(
                [
                    count + network.enters[face.arcs],
                    np.full(len(free), count + network.root),
                    count + network.parent[loose],
                ]
            ).astype(np.int32),
            "capacity": np.concatenate([np.ones(len(student) + len(free), dtype=np.int64), network.room[loose]]),
            "cost": np.concatenate([-worth[face.arcs], np.zeros(len(free) + len(loose), dtype=np.int64)]),
            "supply": supply,
        }
        reply = self.child.answer(job)
        if reply is None:
            return None
        if reply["flow"] is None:
            raise FlowError(f"SimpleMinCostFlow: {reply['status']}")
        sent = np.flatnonzero(reply["flow"][: len(student)])
        taken = np.full(count, -1, dtype=np.int64)
        taken[student[sent]] = face.arcs[sent]
        return taken

    def _labels(self, face: Face, worth: Ints, taken: Ints) -> Ints:
        """Potentials by node, the root's 0, under which no student gains by another arc of the face."""
        network = self.network
        student = network.student[face.arcs]
        first = np.searchsorted(student, np.arange(len(network.first)))
        position = np.searchsorted(face.arcs, taken)
        used = np.zeros(network.root, dtype=np.int64)
        self.kernels.use_of_nodes(network.enters, network.parent, taken, used)
        label = np.full(network.root + 1, int(worth.max(initial=0)), dtype=np.int64)
        label[-1] = 0
        sweeps = self.kernels.settle_potentials(
            first, network.enters[face.arcs], worth[face.arcs], np.where(taken >= 0, position, -1), face.forced,
            network.parent, face.full, used < network.room, label,
        )  # fmt: skip
        if sweeps < 0:
            raise FlowError("the flow found is not one of least cost")
        return np.asarray(label - label[-1])
