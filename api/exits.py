"""The exit codes of the command line, all of them and only here, and which failure has which."""

from __future__ import annotations

import errno
from enum import IntEnum

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
from engine.faults import FolderRefusedError, RoundRefusedError


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    INTERNAL_FAULT = 1
    BAD_INPUT = 2
    CONTRADICTION = 3
    NO_ALLOCATION = 4
    AUDIT_BREACH = 5


MEANINGS: dict[Exit, str] = {
    Exit.DONE: "done (and, for allocate, audited clean)",
    Exit.INTERNAL_FAULT: "an internal fault",
    Exit.BAD_INPUT: "bad input or bad usage",
    Exit.CONTRADICTION: "the pins and frozen rows contradict the rules; an irreducible set of them is printed",
    Exit.NO_ALLOCATION: "stopped before any allocation",
    Exit.AUDIT_BREACH: "an audit found a breach",
}


REFUSALS = (
    RoundRefusedError,
    FolderRefusedError,
    RefusedError,
    NotFoundError,
    ForbiddenError,
    ConflictError,
    ChangedError,
)
"""What cannot be done with what was asked for, or as things are."""


PLACE_REFUSED = frozenset(
    {errno.EACCES, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EPERM, errno.EROFS}
)
"""What the operating system says of a path that cannot be used; a full or broken disk is another matter."""


def is_refused_place(failure: BaseException) -> bool:
    """Whether the failure is a path that was asked for and that the operating system will not have."""
    return isinstance(failure, OSError) and failure.filename is not None and failure.errno in PLACE_REFUSED


def exit_for(failure: BaseException) -> Exit:
    """The exit code of a failure; whatever is not foreseen is an internal fault."""
    if isinstance(failure, REFUSALS) or is_refused_place(failure):
        return Exit.BAD_INPUT
    if isinstance(failure, ContradictionError):
        return Exit.CONTRADICTION
    if isinstance(failure, StoppedError | KeyboardInterrupt):
        return Exit.NO_ALLOCATION
    if isinstance(failure, AuditBreachedError):
        return Exit.AUDIT_BREACH
    return Exit.INTERNAL_FAULT
