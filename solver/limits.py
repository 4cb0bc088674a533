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

    def seconds(self) -> float:
        """Wall seconds since the run began."""
        return time.perf_counter() - self.started

    def left(self) -> float:
        """Wall seconds left, infinite without a time limit."""
        return float("inf") if self.limits.time_limit is None else self.limits.time_limit - self.seconds()

    def stop(self) -> bool:
        """Whether the run was cancelled or its time is up; once the time is up it stays so."""
        if self.left() <= 0:
            self.hit = True
        return self.hit or self.cancelled.is_set()
