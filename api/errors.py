"""The typed ways in which a round's life can end early; which exit code each has is in ``api.exits``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.audit import Breach


class RefusedError(Exception):
    """What was asked for cannot be done with what was given: a missing folder, a name that does not exist."""


class ContradictionError(Exception):
    """The pins and frozen rows contradict the rules; ``conflict`` is an irreducible set of them, a sentence each."""

    def __init__(self, conflict: Sequence[str]) -> None:
        """Keep the sentences in the order given."""
        super().__init__("the decisions contradict the rules")
        self.conflict = tuple(conflict)


class StoppedError(Exception):
    """The run was stopped before there was any allocation to keep."""


class AuditBreachedError(Exception):
    """The audit found breaches in what the solver returned, so nothing was written."""

    def __init__(self, breaches: Sequence[Breach]) -> None:
        """Keep every breach."""
        super().__init__(f"the audit found {len(breaches)} breaches; nothing was written")
        self.breaches = tuple(breaches)


class NotFoundError(Exception):
    """There is no such thing, or it is somebody else's: who asks is not told which."""


class ForbiddenError(Exception):
    """Who asks may see this and may not do it."""


class ConflictError(Exception):
    """What was asked for does not fit where the round is in its life, or what somebody else did meanwhile."""


class ChangedError(Exception):
    """The document is not any more as who asks last saw it; nothing was written."""
