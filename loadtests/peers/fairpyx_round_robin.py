"""fairpyx's round robin: students pick in turn, again and again."""

from __future__ import annotations

from fairpyx.algorithms import round_robin

from loadtests.peers.course_allocation import divided
from loadtests.peers.instance import Found, Instance

load = Instance.load


def solve(instance: Instance, _limit: float) -> Found:
    """What round robin gives, students in the order of their ids."""
    return divided(instance, round_robin)
