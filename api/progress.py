"""A run as it goes, on standard error: a live table on a terminal, a plain line now and then where there is none."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Self

from api.console import clean
from solver.outcome import gap

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Group
    from rich.live import Live

    from api.console import Screen
    from solver.outcome import Progress as LevelEvent

BETWEEN_LINES = 5.0
"""Seconds between two plain lines while one level is worked on."""


class Progress:
    """A listener that shows each level's value, bound, gap and time."""

    def __init__(self, screen: Screen) -> None:
        """Show on the screen's standard error."""
        self._screen = screen
        self._events: dict[str, LevelEvent] = {}
        self._stage = ""
        self._told: LevelEvent | None = None
        self._told_at = float("-inf")
        self._live = _live(screen) if screen.err.is_terminal else None

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the live table away; the summary says what was reached."""
        if self._live:
            self._live.stop()
        elif kind is None:
            self._tell_last()

    def __call__(self, event: LevelEvent) -> None:
        """Show one more figure."""
        before = next(reversed(self._events.values()), None)
        self._events[event.level] = event
        if self._live:
            self._live.update(self._table())
            return
        if before is not None and before.level != event.level:
            self._tell(before)
        if perf_counter() - self._told_at >= BETWEEN_LINES:
            self._tell(event)

    def stage(self, name: str) -> None:
        """Say which step begins."""
        self._stage = name
        if self._live:
            self._live.update(self._table())
        else:
            self._tell_last()
            self._screen.tell(f"{name} ...")

    def _tell_last(self) -> None:
        if self._events:
            self._tell(next(reversed(self._events.values())))

    def _tell(self, event: LevelEvent) -> None:
        if event is not self._told:
            self._told, self._told_at = event, perf_counter()
            self._screen.tell(_line(event))

    def _table(self) -> Group:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        grid.add_column("level")
        for column in ("value", "bound", "gap", "time"):
            grid.add_column(column, justify="right")
        for event in self._events.values():
            grid.add_row(*(Text(clean(cell)) for cell in _cells(event)))
        return Group(Text(f"{self._stage} ..."), *([grid] if self._events else []))


def _live(screen: Screen) -> Live:
    from rich.live import Live

    return Live(console=screen.err, refresh_per_second=4, transient=True)


def figure(number: int | None) -> str:
    """A whole number for people; nothing where there is none."""
    return "" if number is None else f"{number:,}"


def percentage(gap: float | None) -> str:
    """A gap for people: ``0`` where it is closed, else in per cent with three digits after the point."""
    if gap is None:
        return ""
    return "0" if gap == 0 else f"{100 * gap:.3f}%"


def _cells(event: LevelEvent) -> tuple[str, str, str, str, str]:
    return event.level, figure(event.value), figure(event.bound), percentage(_gap(event)), f"{event.seconds:.1f} s"


def _gap(event: LevelEvent) -> float | None:
    """How far the bound is from the value, as the certificate says it, or as a share of the value."""
    if event.value is None or event.bound is None:
        return None
    return gap(event.bound, event.value, abs(event.value) if event.scale is None else event.scale)


def _line(event: LevelEvent) -> str:
    if event.value is None and event.bound is None:
        return f"{event.level}: begun at {event.seconds:.1f} s"
    level, *cells = _cells(event)
    labels = ("value", "bound", "gap", "at")
    return f"{level}: " + ", ".join(f"{label} {cell}" for label, cell in zip(labels, cells, strict=True) if cell)
