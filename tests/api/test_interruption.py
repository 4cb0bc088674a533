"""Stopping on request: the first signal asks, the second ends, and afterwards everything is as before."""

from __future__ import annotations

import os
import signal

import pytest

from api.interruption import stop_requests


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_ends(number):
    """One signal sets the event and lets the work go on; another raises KeyboardInterrupt."""
    before = signal.getsignal(number)
    with stop_requests() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
