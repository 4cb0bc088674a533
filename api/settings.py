"""Settings from the environment: switches of this machine, never anything that decides who gets what."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping


LEASE_SECONDS = 12.0
"""How long a lease on a run holds without being renewed, where nobody says otherwise."""
SHORTEST_LEASE, LONGEST_LEASE = 1.0, 3_600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """With ``debug`` an internal fault shows its traceback; ``FOOTHOLD_POSTCODES`` is read by ``engine.postcodes``.

    ``database_url`` names a PostgreSQL database; without one the store is a SQLite file in a folder.
    ``lease`` is the text of ``lease_seconds``, which only workers need.
    """

    debug: bool = False
    database_url: str | None = None
    lease: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``FOOTHOLD_DEBUG`` (blank and 0 mean no), ``FOOTHOLD_DATABASE_URL`` and ``FOOTHOLD_LEASE_SECONDS``."""
        given = os.environ if environment is None else environment
        return cls(
            debug=given.get("FOOTHOLD_DEBUG", "") not in {"", "0"},
            database_url=given.get("FOOTHOLD_DATABASE_URL") or None,
            lease=given.get("FOOTHOLD_LEASE_SECONDS", ""),
        )

    @property
    def lease_seconds(self) -> float:
        """How long a worker may be silent before another does its run; raises ``RefusedError`` for no such time."""
        try:
            seconds = float(self.lease or LEASE_SECONDS)
        except ValueError:
            seconds = 0.0
        if not SHORTEST_LEASE <= seconds <= LONGEST_LEASE:
            raise RefusedError(
                f"FOOTHOLD_LEASE_SECONDS takes {SHORTEST_LEASE:.0f} to {LONGEST_LEASE:,.0f} seconds, not {self.lease!r}"
            )
        return seconds
