"""The command ``allocate``: load, options, solve, audit, reasons, write; nothing is written unless audited clean."""

from time import perf_counter
from typing import Annotated

import typer

from api.commands.arguments import Json, OutFolder, RoundPath, TimeLimit, Workers
from api.console import Screen
from api.documents import allocate_document
from api.interruption import stop_requests
from api.progress import Progress
from api.summary import say_summary
from solver.processes import start_ahead


def allocate(
    round_path: RoundPath,
    *,
    out: OutFolder,
    time_limit: TimeLimit = None,
    workers: Workers = 2,
    seed_text: Annotated[
        str | None, typer.Option("--seed-text", metavar="TEXT", help="The published lottery seed, over round.toml's.")
    ] = None,
    json: Json = False,
) -> None:
    """Allocate a round: solve level by level, audit, give every student a reason, write it all.

    Without --time-limit a run ends at proof or after a budget of work counted in steps, so that the same round, policy,
    seed and workers give the same files. Ctrl-C keeps the best allocation found so far, audited; a second Ctrl-C ends
    at once and writes nothing. DIR is replaced only if it is an earlier allocation of Foothold's.

    \b
    Examples:
      foothold allocate my-round --out allocated
      foothold allocate my-round --out allocated --time-limit 60
      foothold allocate my-round --out allocated --seed-text "Lotto 2026-05-30: 4 8 15 16 23 42"
    """
    started = perf_counter()
    start_ahead()
    screen = Screen.open(json=json)
    with stop_requests() as stop, Progress(screen) as progress:
        from api.service.allocating import Request, allocate_round

        request = Request(round_path, out, time_limit=time_limit, workers=workers, seed_text=seed_text)
        allocated = allocate_round(request, stop=stop, listener=progress, stage=progress.stage, started=started)
    screen.document(allocate_document(allocated))
    say_summary(screen, allocated)
