"""Two folders exchanged in one step, by the system call that Linux and macOS have for it.

Where neither the system nor the disk can, the old folder is put aside and the new one in its place, two steps that a
crash could fall between; what was put aside is then found again beside it and put back.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HERE = -100
"""AT_FDCWD: paths are relative to the working folder."""
EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2 (Linux), RENAME_SWAP of renamex_np (macOS)."""


def swap(new: Path, place: Path) -> None:
    """Put the folder ``new`` at ``place``; what was there, if anything, is afterwards at ``new``."""
    if not place.exists():
        new.rename(place)
    elif not exchange(new, place):
        _put_aside(new, place)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths in one step; false where the system or the disk cannot, with nothing changed."""
    paths = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform.startswith("linux") and hasattr(library, "renameat2"):
        return bool(library.renameat2(HERE, paths[0], HERE, paths[1], EXCHANGE) == 0)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*paths, EXCHANGE) == 0)
    return False


def restore(place: Path) -> None:
    """Put back what a crash between the two steps of ``swap`` left aside."""
    aside = _aside(place)
    if aside.exists() and not place.exists():
        aside.rename(place)


def _put_aside(new: Path, place: Path) -> None:
    aside = _aside(place)
    place.rename(aside)
    try:
        new.rename(place)
    except OSError:
        aside.rename(place)
        raise
    aside.rename(new)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name[:100]}.previous")
