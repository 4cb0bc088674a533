"""A child process that finds flows of least cost with OR-Tools' SimpleMinCostFlow, one job after another.

It is a process of its own because highspy and OR-Tools cannot be loaded together, and so that it can be ended at any
moment. A job holds ``tail``, ``head``, ``capacity`` and ``cost`` over the arcs and ``supply`` over the nodes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.answering import answer_jobs


def _solve(job: dict[str, Any]) -> dict[str, Any]:
    """The flow over the arcs, or the name of what went wrong."""
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(job["tail"], job["head"], job["capacity"], job["cost"])
    flow.set_nodes_supplies(np.arange(len(job["supply"]), dtype=np.int32), job["supply"])
    status = flow.solve()
    return {"status": status.name, "flow": flow.flows(arcs) if status == flow.OPTIMAL else None}


if __name__ == "__main__":
    answer_jobs(_solve)
