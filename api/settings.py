"""Settings from the environment: switches of this machine, never anything that decides who gets what."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """With ``debug`` an internal fault shows its traceback; ``FOOTHOLD_POSTCODES`` is read by ``engine.postcodes``.

    ``database_url`` names a PostgreSQL database; without one the store is a SQLite file in a folder.
    """

    debug: bool = False
    database_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``FOOTHOLD_DEBUG`` (blank and 0 mean no) and ``FOOTHOLD_DATABASE_URL``."""
        given = os.environ if environment is None else environment
        return cls(
            debug=given.get("FOOTHOLD_DEBUG", "") not in {"", "0"},
            database_url=given.get("FOOTHOLD_DATABASE_URL") or None,
        )
