"""The command ``worker``: solves the runs that the server's people ask for."""

from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.interruption import stop_requests


def worker(
    *,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="Processor cores for a run.")] = 2,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Do runs, one after another, until Ctrl-C; as many workers as wanted may run, on as many machines.

    A worker that is told to stop gives its run back; one that dies is missed after a few seconds
    (FOOTHOLD_LEASE_SECONDS, 12) and another does the run from its start. What was left in the temporary directory by
    one that was killed is removed.

    \b
    Examples:
      FOOTHOLD_DATABASE_URL=postgresql://foothold:...@db/foothold foothold worker
      foothold worker --data /srv/foothold --workers 4
    """
    screen = Screen.open(json=json)
    with stop_requests() as stop:
        from api.service.storing import store_at
        from api.serving import work_until

        database = store_at(data)
        screen.say("Waiting for runs")
        work_until(database, stop, workers)
    screen.document({"stopped": True})
