"""The store of this machine: where the environment or a folder says that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.settings import Settings
from api.store import trail
from api.store.database import FILE
from api.store.opening import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from api.people import Actor
    from api.store.database import Database
    from api.store.trail import Verified


def store_at(folder: Path, *, new: bool = False) -> Database:
    """The store at ``FOOTHOLD_DATABASE_URL``, else in ``folder``; only where ``new`` may it be made there."""
    url = Settings.from_environment().database_url
    if url is None and not new and not (folder / FILE).is_file():
        raise RefusedError(
            f"there is no store in {folder}; name its folder with --data, or make one with `foothold import` or "
            "`foothold serve`"
        )
    return open_store(folder, url)


def verify_trail(database: Database, actor: Actor) -> Verified:
    """Follow the trail from its start and hold the store to it."""
    with database.reading(actor) as session:
        return trail.verify(session)
