"""What people and programs see: text and tables for people, one JSON document for programs, no colour down a pipe.

rich is imported where something is first shown, so that ``foothold --help`` does not wait for it.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
PIPE_WIDTH = 160
"""Columns that a table may take where there is no terminal to measure."""


def clean(text: str) -> str:
    """The text with control characters shown as U+FFFD, so that a value from a table cannot drive a terminal."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    terminal = stream.isatty()
    return Console(
        stderr=stderr,
        force_terminal=terminal,
        no_color=None if terminal else True,
        width=None if terminal else PIPE_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _print(console: Console, text: str, style: str) -> None:
    from rich.text import Text

    console.print(Text(clean(text), style=style), soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output for results and standard error for everything else; with ``json``, results are one document."""

    out: Console
    err: Console
    json: bool = False

    @classmethod
    def open(cls, *, json: bool) -> Screen:
        """A screen on this program's own streams."""
        return cls(_console(stderr=False), _console(stderr=True), json)

    def document(self, content: dict[str, Any]) -> None:
        """Write the one JSON document of this run to standard output; nothing without ``--json``."""
        if self.json:
            sys.stdout.write(json.dumps(content, indent=2) + "\n")
            sys.stdout.flush()

    def say(self, text: str = "", style: str = "") -> None:
        """A line of the result for people: standard output, or nowhere with ``--json``."""
        if not self.json:
            _print(self.out, text, style)

    def tell(self, text: str, style: str = "") -> None:
        """A line beside the result: always standard error."""
        _print(self.err, text, style)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table of the result for people; columns that begin with ``>`` are set to the right."""
        if self.json:
            return
        from rich.table import Table
        from rich.text import Text

        grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in columns:
            grid.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left")
        for row in rows:
            grid.add_row(*(Text(clean(cell)) for cell in row))
        self.out.print(grid)
