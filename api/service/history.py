"""Turn a finished round into the next one's history: load, join with the register, write one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import RefusedError
from api.service.folders import require_writable
from api.service.published import published_allocation, published_certificate
from engine.attendance import read_attendance
from engine.history import Finished, finished_history, history_csv, missing_rows
from engine.loading import load_round
from engine.single_file import write_file_whole

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Written:
    """Where the history is, and what is in it."""

    path: Path
    finished: Finished


def write_history(source: Path, folder: Path, out: Path, attendance: Path | None = None) -> Written:
    """Write the history of the round at ``source`` and its allocation in ``folder`` to the file ``out``.

    An ``out`` that is there is replaced only if each of its rows is in the new history too.
    """
    require_writable(out)
    if out.is_dir():
        raise RefusedError(f"{out} is a folder; name a file, such as {out / 'history.csv'}")
    published_certificate(folder)
    allocation = published_allocation(folder)
    round_ = load_round(source, whole_history=True)
    pairs = [(row.student_id, row.slot_id) for row in allocation.assignments]
    register = None if attendance is None else read_attendance(attendance, round_, pairs)
    finished = finished_history(round_, allocation, register)
    if out.exists() and missing_rows(out, finished.rows):
        raise RefusedError(
            f"{out} is there and holds what the new history does not; name a new file, or move that away"
        )
    write_file_whole(out, history_csv(round_, finished.rows))
    return Written(out, finished)
