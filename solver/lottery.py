"""The published lottery: tickets, and the order in which ties are settled."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TICKETS = 1000


def digest(seed: str, identifier: str) -> bytes:
    """SHA-256 of ``seed|identifier``."""
    return hashlib.sha256(f"{seed}|{identifier}".encode()).digest()


def ticket(seed: str, student_id: str) -> int:
    """The student's ticket, 1 to 1000."""
    return 1 + int.from_bytes(digest(seed, student_id)[:4], "big") % TICKETS


def lottery_order(seed: str, identifiers: Sequence[str]) -> list[int]:
    """Positions of ``identifiers`` in ascending order of their SHA-256 with the seed."""
    return sorted(range(len(identifiers)), key=lambda i: digest(seed, identifiers[i]))
