"""The postcode directory: where a postcode is, from a table that the user loads once into a local file."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.domain import Point
from engine.faults import Fault, RoundRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.postcode_files import Located

SHORTEST, LONGEST, INWARD = 5, 7, 3
SHAPE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
BATCH = 500


def normalise(postcode: str) -> str:
    """The postcode in upper case with one space before its last three characters; other text in upper case only."""
    compact = "".join(postcode.split()).replace("-", "").replace(".", "").upper()
    if SHORTEST <= len(compact) <= LONGEST:
        return f"{compact[:-INWARD]} {compact[-INWARD:]}"
    return compact


def is_postcode(postcode: str) -> bool:
    """Whether the text has the shape of a British postcode, known or not."""
    return SHAPE.fullmatch(normalise(postcode)) is not None


def default_path() -> Path:
    """Where the directory lives: ``FOOTHOLD_POSTCODES``, else ``~/.foothold/postcodes.sqlite``."""
    given = os.environ.get("FOOTHOLD_POSTCODES", "").strip()
    return Path(given).expanduser() if given else Path.home() / ".foothold" / "postcodes.sqlite"


class PostcodeDirectory:
    """A local SQLite table of postcodes and their points; one that was never loaded knows none."""

    def __init__(self, path: str | Path | None = None) -> None:
        """Use the file at ``path``, else the default one; nothing is opened or made until it is needed."""
        self.path = Path(path) if path is not None else default_path()

    @property
    def loaded(self) -> bool:
        """Whether any postcode has been loaded."""
        return bool(self._rows("SELECT 1 FROM postcode LIMIT 1", ()))

    def count(self) -> int:
        """How many postcodes the directory knows."""
        return sum(int(number) for (number,) in self._rows("SELECT count(*) FROM postcode", ()))

    def lookup(self, postcode: str) -> Point | None:
        """Where the postcode is, however it is written; ``None`` if the directory does not know it."""
        return self.lookup_all([postcode]).get(postcode)

    def lookup_all(self, postcodes: Iterable[str]) -> dict[str, Point]:
        """Where each known postcode is, keyed by the text given; unknown ones are absent."""
        wanted = {text: normalise(text) for text in postcodes}
        known = self._points(sorted(set(wanted.values())))
        return {text: known[key] for text, key in wanted.items() if key in known}

    def load_directory(self, file: str | Path) -> int:
        """Add the postcodes of a directory file, the file winning over what was known; returns how many it located.

        The file is an ONS Postcode Directory or Code-Point Open download (CSV, zip or unpacked folder), or a CSV
        with ``postcode,lat,lon``, gzipped or not. All of it is loaded or none; raises ``RoundRefusedError``.
        """
        from engine.postcode_files import located_postcodes  # noqa: PLC0415 - only loading needs it, and it is slow

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path)) as base, base:
                return self._add(base, located_postcodes(Path(file)))
        except (OSError, sqlite3.DatabaseError) as reason:
            message = f"The postcode directory {self.path} cannot be written ({reason}). Move it away, or give another."
            raise RoundRefusedError([Fault(self.path.name, 0, "", "", "bad_postcode", message)]) from None

    @staticmethod
    def _add(base: sqlite3.Connection, located: Iterable[Located]) -> int:
        base.execute(
            "CREATE TABLE IF NOT EXISTS postcode "
            "(postcode TEXT PRIMARY KEY, latitude REAL NOT NULL, longitude REAL NOT NULL) WITHOUT ROWID"
        )
        before = base.total_changes
        rows = ((normalise(text), latitude, longitude) for text, latitude, longitude in located)
        base.executemany("INSERT OR REPLACE INTO postcode VALUES (?, ?, ?)", rows)
        return base.total_changes - before

    def _points(self, keys: list[str]) -> dict[str, Point]:
        found: dict[str, Point] = {}
        for start in range(0, len(keys), BATCH):
            batch = keys[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            rows = self._rows(f"SELECT * FROM postcode WHERE postcode IN ({marks})", batch)  # noqa: S608
            found.update({key: Point(latitude, longitude) for key, latitude, longitude in rows})
        return found

    def _rows(self, query: str, values: Iterable[str]) -> list[tuple[Any, ...]]:
        """The rows of a query; none where there is no directory, or a file that is none: both ask to be loaded."""
        if not self.path.is_file():
            return []
        try:
            with closing(sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True)) as base:
                return base.execute(query, tuple(values)).fetchall()
        except sqlite3.DatabaseError:
            return []
