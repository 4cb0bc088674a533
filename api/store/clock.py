"""The time as the store writes it: ISO text in UTC, to the second, which sorts as it happened."""

from __future__ import annotations

from datetime import UTC, datetime


def now_text() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat(timespec="seconds")
