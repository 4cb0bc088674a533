"""The command ``template``: an empty round to fill in, as CSV files and as one workbook."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import Json
from api.console import Screen


def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")], *, json: Json = False
) -> None:
    """Write a round to fill in: every table with its header and two example rows, round.toml, and one workbook.

    \b
    Examples:
      foothold template my-round
      foothold check my-round
    """
    from api.service.templates import write_template_folder

    screen = Screen.open(json=json)
    files = write_template_folder(folder)
    screen.document({"folder": str(folder), "files": [str(path) for path in files]})
    for path in files:
        screen.say(str(path))
    screen.tell(f"Replace the example rows with your own, then: foothold check {folder}")
