"""Settings from the environment: switches of this machine, never anything that decides who gets what."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


LEASE_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Settings:
    """With ``debug`` an internal fault shows its traceback; ``FOOTHOLD_POSTCODES`` is read by ``engine.postcodes``.

    ``database_url`` names a PostgreSQL database; without one the store is a SQLite file in a folder.
    ``lease_seconds`` is how long a worker may be silent before another does its run.
    """

    debug: bool = False
    database_url: str | None = None
    lease_seconds: float = LEASE_SECONDS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``FOOTHOLD_DEBUG`` (blank and 0 mean no), ``FOOTHOLD_DATABASE_URL`` and ``FOOTHOLD_LEASE_SECONDS``.

        Raises ``ValueError`` for a lease that is no number.
        """
        given = os.environ if environment is None else environment
        return cls(
            debug=given.get("FOOTHOLD_DEBUG", "") not in {"", "0"},
            database_url=given.get("FOOTHOLD_DATABASE_URL") or None,
            lease_seconds=float(given.get("FOOTHOLD_LEASE_SECONDS") or LEASE_SECONDS),
        )
