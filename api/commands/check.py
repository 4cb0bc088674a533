"""The command ``check``: every fault of every table at once, and the user's own files back with a Problems column."""

from pathlib import Path
from typing import Annotated

import typer

from api.commands.arguments import Json, RoundPath
from api.console import Screen
from api.documents import check_document
from api.exits import Exit
from api.failures import sentence_of

SHOWN_ON_A_TERMINAL = 40


def check(
    round_path: RoundPath,
    *,
    problems: Annotated[
        Path | None,
        typer.Option(
            "--problems",
            metavar="DIR",
            help="Where to write your files back with a Problems column, if there are faults "
            "(default: a folder named <round>-problems beside the round).",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Read a round and say everything that is wrong with it, without changing it.

    A fault (a value that cannot be read, a key that repeats, a reference to nobody) must be mended before anything is
    allocated: exit code 2. A note is something that a rule will leave out or that is ignored: exit code 0.

    \b
    Examples:
      foothold check my-round
      foothold check cohort.xlsx --problems ~/to-mend
      foothold check my-round --json > faults.json
    """
    from api.service.checking import check_files

    screen = Screen.open(json=json)
    checked = check_files(round_path, problems)
    report = checked.report
    screen.document(check_document(report, checked.written))
    if report.counts:
        screen.table("", ("table", ">rows"), [(name, f"{count:,}") for name, count in report.counts.items()])
    if report.notes:
        screen.say("Notes (no fault; a rule will leave these out, or the rows are ignored):", style="bold")
        for note in report.notes:
            screen.say(f"  {note.count:,} x {note.sentence}")
    _say_faults(screen, [sentence_of(fault) for fault in report.faults])
    for path in checked.written:
        screen.tell(f"Written back with a Problems column: {path}")
    if checked.not_written:
        screen.tell(f"Your files could not be written back with a Problems column: {checked.not_written}")
    raise typer.Exit(Exit.BAD_INPUT if report.faults else Exit.DONE)


def _say_faults(screen: Screen, sentences: list[str]) -> None:
    if not sentences:
        screen.say("No faults.", style="bold green")
        return
    screen.say(f"{len(sentences):,} fault{'' if len(sentences) == 1 else 's'}:", style="bold red")
    shown = sentences[:SHOWN_ON_A_TERMINAL] if screen.out.is_terminal else sentences
    for sentence in shown:
        screen.say(f"  {sentence}")
    if len(shown) < len(sentences):
        screen.say(f"  ... and {len(sentences) - len(shown):,} more: see the Problems columns, or use --json")
