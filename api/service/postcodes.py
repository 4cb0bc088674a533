"""Load a postcode directory into the local table that rounds are read with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import RefusedError
from engine.postcodes import PostcodeDirectory

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many postcodes a file gave, and where they are kept."""

    count: int
    directory: Path


def load_postcodes(file: Path) -> Loaded:
    """Load ``file`` into the directory that this machine's rounds are read with."""
    if not file.exists():
        raise RefusedError(f"{file} does not exist")
    directory = PostcodeDirectory()
    return Loaded(directory.load_directory(file), directory.path)
