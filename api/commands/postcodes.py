"""The commands ``postcodes ...``: the local directory that turns postcodes into places, with no network."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import Json
from api.console import Screen

app = typer.Typer(help="The local postcode directory.", rich_markup_mode=None)


@app.callback()
def _postcodes() -> None:
    """Load a postcode directory once; rounds may then give postcodes in place of coordinates."""


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A postcode directory: CSV, CSV.GZ, ZIP or folder.")],
    *,
    json: Json = False,
) -> None:
    """Load a postcode directory, once, into a local table.

    Understands the ONS Postcode Directory and Code-Point Open as they are downloaded, and a CSV with the columns
    postcode, lat, lon. The table is ~/.foothold/postcodes.sqlite, or where FOOTHOLD_POSTCODES says.

    \b
    Examples:
      foothold postcodes load ONSPD_MAY_2025_UK.zip
      foothold postcodes load codepo_gb.zip
    """
    from api.service.postcodes import load_postcodes

    screen = Screen.open(json=json)
    loaded = load_postcodes(file)
    screen.document({"loaded": loaded.count, "directory": str(loaded.directory)})
    screen.say(f"{loaded.count:,} postcodes loaded into {loaded.directory}")
