"""Check a round: its faults and notes, and the user's own files with a Problems column where there are faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.checking import check_round
from engine.problems import write_problems

if TYPE_CHECKING:
    from pathlib import Path

    from engine.checking import CheckReport


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, which files were written, and why they could not be if they could not."""

    report: CheckReport
    written: tuple[Path, ...] = ()
    not_written: str = ""


def check_files(source: Path, problems: Path | None = None) -> Checked:
    """Check the round at ``source``; with faults, write its files back to ``problems`` (see ``problems_beside``)."""
    report = check_round(source)
    a_round = source.is_dir() or (source.is_file() and source.suffix.lower() == ".xlsx")
    if not report.faults or not a_round:
        return Checked(report)
    try:
        written = write_problems(source, report.faults, problems or problems_beside(source))
    except OSError as failure:
        return Checked(report, not_written=str(failure))
    return Checked(report, tuple(written))


def problems_beside(source: Path) -> Path:
    """The folder beside the round that its files go back to: ``<round>-problems``."""
    resolved = source.resolve()
    return resolved.with_name(f"{resolved.stem if resolved.is_file() else resolved.name}-problems")
