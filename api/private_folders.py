"""Temporary folders for personal data: only this user opens them, and none outlives for long the process that made it.

Each folder is locked for as long as a process that works in it lives. The kernel lets go of the lock however that
process ends, so a folder that can be locked is nobody's any more, and the next worker or server to start removes it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "foothold-private-"
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
log = logging.getLogger("foothold.folders")


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """The folder, and the file descriptor of its lock: a child that is given it holds the folder as well."""

    path: Path
    lock: int


@contextmanager
def private_folder() -> Iterator[PrivateFolder]:
    """A new folder under the temporary directory, locked until the block ends, and gone then."""
    path, lock = _made()
    try:
        yield PrivateFolder(path, lock)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def clear_abandoned() -> int:
    """Remove the folders of this user that processes left which no longer live, and return how many there were."""
    cleared = sum(_cleared(path) for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"))
    if cleared:
        log.info("folders of processes that were killed: %d removed", cleared)
    return cleared


def _made() -> tuple[Path, int]:
    """Another process may take a folder for abandoned in the moment before it is locked: then another one is made."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(FileNotFoundError):
            lock = os.open(path, _OPEN)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists():
                return path, lock
            os.close(lock)


def _cleared(path: Path) -> bool:
    try:
        lock = os.open(path, _OPEN)
    except OSError:
        return False
    try:
        if os.fstat(lock).st_uid != os.geteuid():
            return False
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()
    except OSError:
        return False
    finally:
        os.close(lock)
