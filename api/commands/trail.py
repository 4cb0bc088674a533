"""The command ``trail``: follow the chain of everything that happened, and hold the store to it."""

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.documents import trail_document
from api.exits import Exit
from api.people import OPERATOR


def trail(*, data: Data = DATA, json: Json = False) -> None:
    """Verify the store's trail: every entry follows from the one before, every document is the one that was sent.

    Whoever can write to the database can also make a new chain: write down the count and the last hash where they
    cannot, and compare. Exit code 5 if something is not as it was recorded.

    \b
    Examples:
      foothold trail
      foothold trail --data /srv/foothold --json
    """
    from api.service.storing import store_at, verify_trail

    screen = Screen.open(json=json)
    verified = verify_trail(store_at(data), OPERATOR)
    screen.document(trail_document(verified))
    for sentence in verified.broken:
        screen.say(sentence, style="bold red")
    if not verified.broken:
        screen.say(f"Whole: {verified.entries:,} entries, the last with the hash {verified.head}")
    raise typer.Exit(Exit.AUDIT_BREACH if verified.broken else Exit.DONE)
