"""OR-tools' SimpleMinCostFlow, bare: one call, with the levels packed into one cost."""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from loadtests.peers.flow_arcs import arcs_of, packed_worth
from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """The most placed, and of these the most points."""
    arcs = arcs_of(instance, packed_worth(instance))
    flow = SimpleMinCostFlow()
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.capacity, arcs.cost
    )
    flow.set_nodes_supplies(np.arange(len(arcs.supply), dtype=np.int32), arcs.supply)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"SimpleMinCostFlow: {status}")
    sent: Any = flow.flows(numbers[: arcs.pairs])
    return Found.of(instance, np.flatnonzero(sent))
