"""Loads a round from a folder or workbook, or refuses it with every fault of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.faults import RoundRefusedError
from engine.intake import take_in

if TYPE_CHECKING:
    from pathlib import Path

    from engine.domain import Round


def load_round(path: str | Path, *, seed_text: str | None = None, whole_history: bool = False) -> Round:
    """The round at ``path``, a folder or an ``.xlsx`` workbook; ``seed_text`` replaces the published seed.

    With ``whole_history`` the history of students who have left is there too: to be carried on, not to allocate with.

    Raises:
        RoundRefusedError: something is wrong with the input; it holds every fault.
    """
    intake = take_in(path, seed_text=seed_text, whole_history=whole_history)
    if intake.round_ is None:
        raise RoundRefusedError(intake.faults)
    return intake.round_
