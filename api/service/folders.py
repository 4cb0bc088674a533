"""Where a command may write: a folder that is new or empty, never over what somebody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path


def require_free(folder: Path) -> None:
    """Refuse a folder that holds anything, and a path that is a file."""
    if folder.exists() and not folder.is_dir():
        raise RefusedError(f"{folder} is a file, not a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise RefusedError(f"{folder} is not empty; name a new folder")
