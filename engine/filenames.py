"""File names for ids that anyone may have chosen: never a path, never reserved, never the same twice."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,59}")
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that Windows keeps for devices, whatever the ending."""
READABLE = 40
DIGEST = 20


def file_names(ids: Iterable[str]) -> Mapping[str, str]:
    """A file name without its ending for every id, the same on every run.

    A plain id names its own file. Any other, and any that differs from another only in case, gets what is readable of
    it, a full stop (which no plain name has) and the start of its SHA-256.
    """
    every = sorted(set(ids))
    times = Counter(each.casefold() for each in every)
    return {each: each if _plain(each) and times[each.casefold()] == 1 else _hashed(each) for each in every}


def _plain(each: str) -> bool:
    return bool(PLAIN.fullmatch(each)) and each.casefold() not in RESERVED


def _hashed(each: str) -> str:
    readable = re.sub(r"[^A-Za-z0-9_]+", "-", each)[:READABLE].strip("-")
    start = "id" if not readable or readable.casefold() in RESERVED else readable
    return f"{start}.{sha256(each.encode('utf-8', 'surrogatepass')).hexdigest()[:DIGEST]}"
