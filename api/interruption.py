"""Ctrl-C and SIGTERM as a request: the first asks the run to stop and keep what it has, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_requests() -> Iterator[threading.Event]:
    """An event that is set by the first Ctrl-C or SIGTERM; a second one raises ``KeyboardInterrupt``."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in ASKING}
    try:
        yield stop
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
