"""The command ``export``: a round of the store as the folder that it was imported from."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.people import OPERATOR

RoundId = Annotated[str, typer.Argument(metavar="ID", help="The round's id in the store.")]
Out = Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write, whole or not at all.")]


def export_round(round_id: RoundId, out: Out, *, data: Data = DATA, json: Json = False) -> None:
    """Write a round of the store as a folder: allocating it gives what the server gives, byte for byte.

    The tables are for programs: cells are as they were sent, so one that begins with = is run by a spreadsheet.

    \b
    Examples:
      foothold export r1f00c0ffee00 my-round
      foothold export r1f00c0ffee00 my-round --data /srv/foothold
    """
    from api.service.importing import export_round as write
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    files = write(store_at(data), OPERATOR, round_id, out)
    screen.document({"out": str(out), "files": files})
    screen.say(f"Written: {out}")
