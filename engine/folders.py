"""A folder written whole or not at all: beside its place first, then put there in one step, whatever happens between.

``contents.json`` lists what a written folder holds, so that it can be told from a folder with anything else in it.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from engine.durable import flush, flush_folder
from engine.faults import FolderRefusedError
from engine.swapping import restore, swap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONTENTS = "contents.json"
MADE_BY = "foothold"
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in any folder that they show."""
STRANGERS_NAMED = 3
LONGEST_NAME = 100


def require_replaceable(folder: Path) -> None:
    """Refuse a place where a folder cannot be put: a file, or a folder that holds anything not written by Foothold."""
    folder = _real(folder)
    if folder.is_symlink():
        raise FolderRefusedError(f"{folder} is a link that leads round in a circle; name a new folder.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FolderRefusedError(f"{folder} is a file, not a folder; name a new folder.")
    own = _listed(folder)
    found = (path.relative_to(folder).as_posix() for path in _entries(folder))
    strangers = sorted(name for name in found if name not in own)
    if strangers:
        named = ", ".join(strangers[:STRANGERS_NAMED]) + (" ..." if len(strangers) > STRANGERS_NAMED else "")
        raise FolderRefusedError(
            f"{folder} holds what Foothold did not write there ({named}); name a new folder, or move that away."
        )


def write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` hold exactly ``files`` (content by relative path) and their list, or leave it as it was.

    A crash at any moment leaves the folder that was there or the new one, complete. Raises ``FolderRefusedError`` for
    a folder that holds other things, and ``OSError`` where the disk refuses.
    """
    folder = _real(folder)
    restore(folder)
    require_replaceable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(folder)
    staged = folder.with_name(f"{_stem(folder)}{os.getpid()}.partial")
    try:
        staged.mkdir()
        _fill(staged, {**files, CONTENTS: _contents(files)})
        require_replaceable(folder)
        swap(staged, folder)
        flush(folder.parent)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _real(folder: Path) -> Path:
    """The folder itself, for a link to one is left a link."""
    return Path(os.path.realpath(folder))


def _stem(folder: Path) -> str:
    return f".{folder.name[:LONGEST_NAME]}."


def _entries(folder: Path) -> Iterator[Path]:
    """Every file and link of the folder, and every folder that is empty."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and any(path.iterdir()):
            yield from _entries(path)
        elif path.name not in LITTER:
            yield path


def _listed(folder: Path) -> frozenset[str]:
    """What the folder's own list says that Foothold wrote; nothing where there is no such list."""
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(contents, dict) or contents.get("made_by") != MADE_BY:
        return frozenset()
    files = contents.get("files")
    return frozenset([*files, CONTENTS, "rosters", "schools"]) if isinstance(files, list) else frozenset()


def _contents(files: Mapping[str, bytes]) -> bytes:
    return (json.dumps({"made_by": MADE_BY, "files": sorted(files)}, indent=1, ensure_ascii=False) + "\n").encode()


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write every file and see all of it onto the disk."""
    for name, content in sorted(files.items()):
        path = folder / _relative(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    flush_folder(folder)


def _relative(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError(f"{name!r} is no path within a folder")
    return path


def _clear_abandoned(folder: Path) -> None:
    """Remove what runs that no longer live left beside the folder, unfinished."""
    for path in folder.parent.glob(f"{_glob_safe(_stem(folder))}*.partial"):
        owner = path.name[len(_stem(folder)) : -len(".partial")]
        if owner.isdecimal() and not _lives(int(owner)):
            shutil.rmtree(path, ignore_errors=True)


def _glob_safe(text: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)


def _lives(process: int) -> bool:
    with suppress(ProcessLookupError, OverflowError):
        try:
            os.kill(process, 0)
        except PermissionError:
            return True
        return True
    return False
