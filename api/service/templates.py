"""Write the template of a round into a folder that holds nothing of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.service.folders import require_free
from engine.template import write_template

if TYPE_CHECKING:
    from pathlib import Path


def write_template_folder(folder: Path) -> list[Path]:
    """Write the template into ``folder``, which must be new or empty, and return its files."""
    require_free(folder)
    return write_template(folder)
