"""What belongs to one run and not to the round: time, workers, and a way to be stopped."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event


@dataclass(frozen=True, slots=True)
class Limits:
    """A run's limits: ``time_limit`` in wall seconds (``None``: run to the end of the work budget) and ``workers``."""

    time_limit: float | None = None
    workers: int = 2


@dataclass(slots=True)
class Clock:
    """The running time of one run, and whether it should stop."""

    limits: Limits
    cancelled: Event = field(default_factory=Event)
    started: float = field(default_factory=time.perf_counter)
    hit: bool = False
    kept_back: float = 0.0
    """Seconds of the limit that what is owed at the end will take: bounds of the levels that are not reached."""

    def seconds(self) -> float:
        """Wall seconds since the run began."""
        return time.perf_counter() - self.started

    def left(self) -> float:
        """Wall seconds left before what is kept back, infinite without a time limit."""
        if self.limits.time_limit is None:
            return float("inf")
        return self.limits.time_limit - self.kept_back - self.seconds()

    def stop(self) -> bool:
        """Whether the run was cancelled or its time is up; once the time is up it stays so."""
        if self.left() <= 0:
            self.hit = True
        return self.hit or self.cancelled.is_set()
