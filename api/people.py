"""Who asks: a role, what it is for (one school, one employer, or the hub), and the key that said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["hub", "school", "employer", "auditor"]
ROLES: tuple[Role, ...] = ("hub", "school", "employer", "auditor")
SCOPED: frozenset[str] = frozenset({"school", "employer"})
"""Roles that stand for one school or one employer, named by the scope."""
HUB = "hub"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``scope`` is a URN or an employer id, blank for the whole hub; ``name`` is what the trail calls them.

    ``role`` is one of the four, or ``worker`` (runs jobs) or ``door`` (looks up keys), which no key can have.
    """

    role: str
    scope: str
    name: str

    @property
    def is_hub(self) -> bool:
        """Whether this is a coordinator of the hub."""
        return self.role == HUB


OPERATOR = Actor(HUB, "", "operator")
"""Whoever runs commands on the machine that holds the store."""
WORKER = Actor("worker", "", "worker")
DOOR = Actor("door", "", "door")
