"""The command ``history``: turn a finished round into the history that the next round reads."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import AllocationPath, Json, RoundPath
from api.console import Screen
from api.documents import history_document


def history(
    round_path: RoundPath,
    allocation_path: AllocationPath,
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The next round's history.csv.", show_default=False)
    ],
    attendance: Annotated[
        Path | None,
        typer.Option(
            "--attendance",
            metavar="FILE",
            help="A table of whoever attended less: student_id, slot_id, half_days (0: none).",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Turn a finished round into the history that the next round reads.

    FILE holds the round's own history, that of students who have left included, and a row for everything in
    DIR/allocations.csv: tier, sector, employer, experience, half-days and whether they count. Whoever has no row in the
    attendance table attended all of it; half_days of 0 gives no row, so that the student may be offered it again. A
    FILE that is there already is replaced only if nothing in it would be lost.

    \b
    Examples:
      foothold history my-round allocated --out next-round/history.csv
      foothold history my-round allocated --out history.csv --attendance register.csv
    """
    from api.service.history import write_history

    screen = Screen.open(json=json)
    written = write_history(round_path, allocation_path, out, attendance)
    done = written.finished
    screen.document(history_document(written))
    screen.say(
        f"{len(done.rows):,} history rows: {len(done.rows) - done.added:,} from before, {done.added:,} of this round"
    )
    if attendance is not None:
        screen.say(f"Attendance: {done.absent:,} not attended and left out, {done.shortened:,} attended in part")
    screen.say(f"Written: {written.path}", style="bold")
