"""fairpyx's iterated maximum matching: in each round a matching of the most worth, one slot a student."""

from __future__ import annotations

from fairpyx.algorithms import iterated_maximum_matching

from loadtests.peers.course_allocation import divided
from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """What iterated maximum matching gives."""
    return divided(instance, iterated_maximum_matching)
