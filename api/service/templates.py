"""Write the template of a round into a folder that holds nothing of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.service.folders import require_free
from engine.template import write_template

if TYPE_CHECKING:
    from pathlib import Path


def write_template_folder(folder: Path) -> list[Path]:
    """Write the template into ``folder`` and return its files in order of name."""
    require_free(folder)
    write_template(folder)
    return sorted(path for path in folder.rglob("*") if path.is_file())
