"""The entry point ``foothold``: it names the commands and turns every failure into an exit code and a short message."""

from __future__ import annotations

import io
import signal
import sys
from importlib import metadata
from typing import Annotated, NoReturn

import typer

from api import exits
from api.commands import allocate, audit, check, postcodes, scenario, template, verify_bound
from api.failures import present
from api.settings import Settings

HELP = """Allocate students to employers' work experience: fairly, within every rule, and with a proof.

A round is a folder of CSV tables (or one .xlsx workbook) with a round.toml.

\b
  foothold template my-round              write a round to fill in
  foothold check my-round                 every fault in every table, at once
  foothold allocate my-round --out done   allocate, audit, write
  foothold audit my-round done            re-check it, hand edits included
  foothold verify-bound my-round done     re-prove it, trusting no solver
"""

EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code.value}  {meaning}" for code, meaning in exits.MEANINGS.items())

app = typer.Typer(
    name="foothold",
    help=HELP,
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        typer.echo(f"foothold {metadata.version('foothold')}")
        raise typer.Exit


@app.callback()
def _foothold(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


app.command("check")(check.check)
app.command("allocate")(allocate.allocate)
app.command("audit")(audit.audit)
app.command("verify-bound")(verify_bound.verify_bound)
app.command("scenario")(scenario.scenario)
app.command("template")(template.template)
app.add_typer(postcodes.app, name="postcodes")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; no failure leaves a traceback unless ``FOOTHOLD_DEBUG`` is set."""
    try:
        return int(app(arguments, prog_name="foothold", standalone_mode=False) or exits.Exit.DONE)
    except BaseException as failure:
        if isinstance(failure, SystemExit):
            raise
        return present(failure, json="--json" in arguments, debug=Settings.from_environment().debug)


def main() -> NoReturn:
    """Run the command that the shell asks for, and leave with its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
