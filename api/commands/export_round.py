"""The command ``export``: a round of the store as the folder that it was imported from, or a run as the one it made."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.people import OPERATOR

RoundId = Annotated[str, typer.Argument(metavar="ID", help="The id of a round in the store, or of a run.")]
Out = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write, whole or not at all.")]


def export_round(round_id: RoundId, out: Out, *, data: Data = DATA, json: Json = False) -> None:
    """Write a round of the store as a folder: allocating it gives what the server gives, byte for byte.

    The id of a run writes the folder that the run made: its allocation, certificate, report, rosters and lists.
    `foothold rerun` on a round and its published run's folder gives what a re-run on the server gives.

    The tables are for programs: cells are as they were sent, so one that begins with = is run by a spreadsheet.

    \b
    Examples:
      foothold export r1f00c0ffee00 my-round
      foothold export a1f00c0ffee001122 published
      foothold export r1f00c0ffee00 my-round --data /srv/foothold
    """
    from api.service.importing import export_round as write
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    files = write(store_at(data), OPERATOR, round_id, out)
    screen.document({"out": str(out), "files": files})
    screen.say(f"Written: {out}")
