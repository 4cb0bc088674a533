"""The command ``scenario``: write a named, seeded round, and measure what it is like."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.arguments import Json
from api.console import Screen
from api.interruption import stop_requests

if TYPE_CHECKING:
    from api.service.scenarios import Solve

WHEN: "dict[bool | None, Solve]" = {None: "unless recorded", True: "always", False: "never"}


def scenario(
    name: Annotated[str, typer.Argument(metavar="NAME", help="tiny, pilot, year10 or hub.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    *,
    students: Annotated[
        int | None, typer.Option("--students", metavar="N", min=1, help="About how many students.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="K", help="Another town of the same kind.", show_default=False)
    ] = None,
    geography: Annotated[
        Path | None,
        typer.Option("--geography", metavar="PATH", help="A folder of real schools and areas.", show_default=False),
    ] = None,
    solve: Annotated[
        bool | None,
        typer.Option(
            "--solve/--no-solve",
            help="Allocate once, to count which limits bind (default: unless it is on record, or the round too large).",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Write a named round, the same for the same seed, and figures.json: what it measures.

    \b
      tiny     a dozen students; every rule can be seen at work
      pilot    12 schools, 2,000 students, up to three experiences each
      year10   about 160 schools, 15,000 students, up to two
      hub      the same schools with all their years, 130,000 students, up to three

    \b
    Examples:
      foothold scenario tiny tiny
      foothold scenario pilot pilot --seed 7 --geography path/to/region
      foothold scenario year10 small --students 1000 --no-solve
    """
    screen = Screen.open(json=json)
    with stop_requests() as stop:
        from api.service.scenarios import Wanted, write_named

        wanted = Wanted(name, folder, students=students, seed=seed, geography=geography)
        figures = write_named(wanted, solve=WHEN[solve], stop=stop)
    screen.document({"folder": str(folder), **figures})
    screen.table("", ("figure", "measured"), [(label, _shown(value)) for label, value in figures.items()])
    screen.say(f"Written: {folder}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    if value is None:
        return "not measured"
    return f"{value:,}" if isinstance(value, int) else str(value)
