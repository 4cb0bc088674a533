"""The entry point ``foothold``: it names the commands and turns every failure into an exit code and a short message."""

from __future__ import annotations

import gc
import io
import signal
import sys
from typing import Annotated, NoReturn

import typer

from api import exits
from api.commands import (
    allocate,
    audit,
    check,
    export_round,
    history,
    import_round,
    keys,
    postcodes,
    purge,
    rerun,
    scenario,
    serve,
    template,
    trail,
    verify_bound,
    version,
    worker,
)
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
  foothold rerun my-round done --out new  allocate again after a change
"""

EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code.value}  {meaning}" for code, meaning in exits.MEANINGS.items())

RARE_COLLECTIONS = (100_000, 50, 100)
"""A round is a hundred thousand small frozen objects that live to the end: looking for garbage among them costs a fifth
of the time to read it and finds none."""
INTERRUPTED = 130
"""What typer makes of a KeyboardInterrupt."""

app = typer.Typer(
    name="foothold",
    help=HELP,
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _foothold(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=version.say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


app.command("check", short_help="Find every fault in every table, at once.")(check.check)
app.command("allocate", short_help="Solve, audit, give reasons, write it all.")(allocate.allocate)
app.command("audit", short_help="Re-check an allocation without the solver.")(audit.audit)
app.command("verify-bound", short_help="Re-prove each bound, trusting no solver.")(verify_bound.verify_bound)
app.command("rerun", short_help="Allocate again, moving as few as can be.")(rerun.rerun)
app.command("history", short_help="Turn a finished round into the next one's past.")(history.history)
app.command("scenario", short_help="Write a named, seeded round and measure it.")(scenario.scenario)
app.command("template", short_help="Write a round to fill in.")(template.template)
app.command("import", short_help="Keep a round in the store.")(import_round.import_round)
app.command("export", short_help="Write a round of the store as a folder.")(export_round.export_round)
app.command("trail", short_help="Verify the store's trail.")(trail.trail)
app.command("serve", short_help="Serve rounds over HTTP.")(serve.serve)
app.command("worker", short_help="Solve the runs that are asked for.")(worker.worker)
app.command("purge", short_help="Forget the people of rounds long closed.")(purge.purge)
app.add_typer(keys.app, name="keys", short_help="Make, list and revoke keys.")
app.add_typer(postcodes.app, name="postcodes", short_help="Load a local postcode directory.")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; no failure leaves a traceback unless ``FOOTHOLD_DEBUG`` is set."""
    if not arguments:
        run(["--help"])
        return exits.Exit.BAD_INPUT
    json, debug = "--json" in arguments, Settings.from_environment().debug
    try:
        code = int(app(arguments, prog_name="foothold", standalone_mode=False) or exits.Exit.DONE)
    except SystemExit:
        raise
    except BaseException as failure:  # noqa: BLE001 -- whatever it is, it is told and has an exit code
        return present(failure, json=json, debug=debug)
    return present(KeyboardInterrupt(), json=json) if code == INTERRUPTED else code


def main() -> NoReturn:
    """Run the command that the shell asks for, and leave with its exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.set_threshold(*RARE_COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
