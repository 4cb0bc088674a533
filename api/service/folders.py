"""Where a command may write: asked before the work is done, and never over what somebody has."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from api.errors import RefusedError


def require_free(folder: Path) -> None:
    """Refuse a folder that holds anything, and a path that is a file."""
    if folder.exists() and not folder.is_dir():
        raise RefusedError(f"{folder} is a file, not a folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise RefusedError(f"{folder} is not empty; name a new folder")


def require_writable(folder: Path) -> None:
    """Refuse a folder that could not be made or replaced, before hours are spent on what goes there."""
    ground = next(above for above in folder.absolute().parents if above.exists())
    if not ground.is_dir():
        raise RefusedError(f"{ground} is a file, so {folder} cannot be made in it")
    try:
        # Only trying tells: permissions alone say nothing of a read-only disk or of a place that the system keeps.
        Path(mkdtemp(prefix=".foothold-", dir=ground)).rmdir()
    except OSError as failure:
        raise RefusedError(f"{folder} cannot be made: {ground} may not be written to ({failure.strerror})") from None
