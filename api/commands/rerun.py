"""The command ``rerun``: allocate a published round again after a change, keeping what can be kept."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from api.commands.arguments import Json, OutFolder, RoundPath, TimeLimit, Workers
from api.console import Screen
from api.documents import rerun_document
from api.interruption import stop_requests
from api.progress import Progress
from api.summary import say_changes, say_summary
from solver.processes import start_ahead


def rerun(
    round_path: RoundPath,
    published: Annotated[
        Path, typer.Argument(metavar="DIR", help="The published allocation: what families were told.")
    ],
    *,
    out: OutFolder,
    since: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Rows in slots that start before this date are frozen (default: the round's start).",
            show_default=False,
        ),
    ] = "",
    time_limit: TimeLimit = None,
    workers: Workers = 2,
    json: Json = False,
) -> None:
    """Allocate again after a withdrawal, an absence or a late school, and move as few people as can be.

    ROUND is the round as it is now; DIR, which is left as it is, holds what was published; its lottery seed is kept.
    First as many as possible of those who had a slot have one still (`replaced`), then as few published rows as
    possible are changed (`stability`), then the policy's own levels decide. A row with notified = N in the round's
    baseline table may be changed freely. Rows in slots that start before --from are frozen: kept exactly, and nobody
    joins those slots. Beside the files of `allocate`, the new folder holds changes.csv (who keeps, moves, loses and
    gains, and why) and baseline.csv, from which `audit` and `verify-bound` know what the re-run started from.

    \b
    Examples:
      foothold rerun my-round allocated --out again
      foothold rerun my-round allocated --out again --from 2026-03-16
    """
    started = perf_counter()
    start_ahead()
    screen = Screen.open(json=json)
    with stop_requests() as stop, Progress(screen) as progress:
        from api.service.rerunning import Request, rerun_published

        request = Request(round_path, published, out, since=since, time_limit=time_limit, workers=workers)
        done = rerun_published(request, stop=stop, listener=progress, stage=progress.stage, started=started)
    for remark in done.remarks:
        screen.tell(f"Note: {remark}")
    screen.document(rerun_document(done))
    say_changes(screen, done)
    say_summary(screen, done.allocated)
