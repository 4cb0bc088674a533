"""networkx's network simplex on the plain network."""

from __future__ import annotations

import networkx as nx

from loadtests.peers.flow_arcs import arcs_of, packed_worth
from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """The most placed, and of these the most points."""
    arcs = arcs_of(instance, packed_worth(instance))
    graph = nx.DiGraph()
    graph.add_nodes_from((node, {"demand": -supply}) for node, supply in enumerate(arcs.supply.tolist()))
    listed = zip(arcs.tail.tolist(), arcs.head.tolist(), arcs.capacity.tolist(), arcs.cost.tolist(), strict=True)
    graph.add_edges_from((tail, head, {"capacity": most, "weight": cost}) for tail, head, most, cost in listed)
    _, sent = nx.network_simplex(graph)
    students = len(instance.student_ids)
    return Found(
        [
            (str(instance.student_ids[student]), str(instance.slot_ids[node - students]))
            for student in range(students)
            for node, amount in sent[student].items()
            if amount and node < students + len(instance.slot_ids)
        ]
    )
