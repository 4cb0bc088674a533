"""What a table and a column of the round folder are: names, aliases, how a cell is read, and what is accepted.

The tables themselves are declared in ``engine.tables``; nothing here knows any one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``read`` turns trimmed text into a value or raises ``UnreadableError``.

    ``accepts`` completes "this cell takes ..."; ``blank`` is the value of a blank cell of an optional column;
    ``refers`` names the table whose key the cell must be.
    """

    name: str
    read: Callable[[str], object]
    accepts: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    blank: object = None
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, its key, and whether its rows are about students."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False
    about_students: bool = False

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Headings:
    """Where a table's columns stand in a header row: positions by column, headings not used, headings given twice."""

    position: dict[str, int]
    unused: tuple[int, ...]
    repeated: tuple[tuple[int, str], ...]


def heading_key(text: str) -> str:
    """A heading with case, spaces and punctuation taken out, so that ``NC Year`` and ``nc_year`` are one."""
    return _NOT_LETTERS.sub("", text.casefold())


def match_headings(table: Table, header: Sequence[str]) -> Headings:
    """Which heading is which column: a column's own name first, then its aliases in their order."""
    keys = [heading_key(text) for text in header]
    position: dict[str, int] = {}
    repeated: list[tuple[int, str]] = []
    for column in table.columns:
        for name in (column.name, *column.aliases):
            places = [i for i, key in enumerate(keys) if key and key == heading_key(name)]
            if places and column.name not in position:
                position[column.name] = places[0]
                repeated.extend((i, column.name) for i in places[1:])
    taken = {*position.values(), *(i for i, _ in repeated)}
    unused = tuple(i for i, key in enumerate(keys) if key and i not in taken)
    return Headings(position, unused, tuple(repeated))
