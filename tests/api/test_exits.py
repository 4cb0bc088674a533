"""Every way to fail has its exit code."""

from __future__ import annotations

import pytest

from api.errors import (
    AuditBreachedError,
    ChangedError,
    ConflictError,
    ContradictionError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    StoppedError,
)
from api.exits import MEANINGS, Exit, exit_for
from api.settings import Settings
from engine.audit import Breach
from engine.faults import RoundRefusedError

FAILURES = [
    (RoundRefusedError([]), 2),
    (RefusedError("no such folder"), 2),
    (NotFoundError("no such round"), 2),
    (ForbiddenError("not yours to change"), 2),
    (ConflictError("the round is closed"), 2),
    (ChangedError("version 2"), 2),
    (ContradictionError(["a pin"]), 3),
    (StoppedError("stopped"), 4),
    (KeyboardInterrupt(), 4),
    (AuditBreachedError([Breach("capacity", "Too many.")]), 5),
    (OSError(36, "File name too long", "x" * 300), 2),
    (PermissionError(13, "Permission denied", "kept"), 2),
    (OSError(28, "No space left on device", "out"), 1),
    (ZeroDivisionError(), 1),
    (MemoryError(), 1),
]


@pytest.mark.parametrize(("failure", "code"), FAILURES, ids=lambda value: type(value).__name__)
def test_every_failure_has_its_code(failure, code):
    """Bad input 2, contradiction 3, stopped 4, breach 5, and what nobody foresaw 1."""
    assert exit_for(failure) == code


def test_every_code_has_a_meaning():
    """The codes are 0 to 5, each explained once."""
    assert [code.value for code in MEANINGS] == [0, 1, 2, 3, 4, 5]
    assert set(MEANINGS) == set(Exit)


def test_debug_is_a_setting_of_the_environment():
    """FOOTHOLD_DEBUG of 1 means yes; blank and 0 mean no."""
    assert Settings.from_environment({"FOOTHOLD_DEBUG": "1"}).debug
    assert not Settings.from_environment({"FOOTHOLD_DEBUG": "0"}).debug
    assert not Settings.from_environment({}).debug
