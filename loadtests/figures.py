"""What load tests run and say at their end: the command, percentiles, and one table of plain lines."""

from __future__ import annotations

import math
import platform
import sys
from os import cpu_count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FOOTHOLD = (sys.executable, "-m", "api.cli")
"""The command as a user runs it."""


def percentile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that at least ``share`` per cent of them do not exceed; not a number where there are none."""
    if not figures:
        return math.nan
    return sorted(figures)[max(0, math.ceil(share / 100 * len(figures)) - 1)]


def table(rows: Sequence[Sequence[str]]) -> str:
    """The rows under each other, the first one their heading; the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def machine() -> str:
    """Where it was measured."""
    return f"{platform.machine()}, {cpu_count()} cores, Python {platform.python_version()}"
