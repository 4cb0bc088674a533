"""One file written whole or not at all: beside its place first, then put there in one step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from engine.durable import flush

if TYPE_CHECKING:
    from pathlib import Path


def write_file_whole(path: Path, content: bytes) -> None:
    """Make ``path`` hold ``content``, or leave it as it was; folders above it are made. Raises ``OSError``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name[:100]}.{os.getpid()}.partial")
    try:
        with staged.open("xb") as file:
            file.write(content)
        flush(staged)
        staged.replace(path)
        flush(path.parent)
    finally:
        staged.unlink(missing_ok=True)
