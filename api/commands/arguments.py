"""The arguments and options that several commands share, each described once."""

from pathlib import Path
from typing import Annotated

import typer

RoundPath = Annotated[
    Path,
    typer.Argument(metavar="ROUND", help="The round: a folder of CSV tables with round.toml, or one .xlsx workbook."),
]
AllocationPath = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder that `foothold allocate` wrote (hand edits are welcome).")
]
OutFolder = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder to write, whole or not at all.", show_default=False)
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="S", min=0.0, help="Stop after S seconds with the best found so far."),
]
Workers = Annotated[int, typer.Option("--workers", metavar="N", min=1, help="Processor cores to use.")]
Json = Annotated[
    bool, typer.Option("--json", help="Write one JSON document to standard output, and all else to standard error.")
]
Data = Annotated[
    Path,
    typer.Option(
        "--data",
        metavar="DIR",
        help="The folder of the embedded store; not used where FOOTHOLD_DATABASE_URL names a PostgreSQL database.",
    ),
]
DATA = Path("foothold-data")
"""The folder of the embedded store where nobody names another."""
