"""The order in which the published lottery settles ties."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def digest(seed: str, identifier: str) -> bytes:
    """SHA-256 of ``seed|identifier``."""
    return hashlib.sha256(f"{seed}|{identifier}".encode()).digest()


def lottery_order(seed: str, identifiers: Sequence[str]) -> list[int]:
    """Positions of ``identifiers`` in ascending order of their SHA-256 with the seed."""
    return sorted(range(len(identifiers)), key=lambda i: digest(seed, identifiers[i]))
