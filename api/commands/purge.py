"""The command ``purge``: forget the people of rounds that were closed long enough ago."""

from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.people import OPERATOR


def purge(
    *,
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=0, help="How long after its closing.", show_default=False)
    ],
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Forget everybody in rounds closed at least N days ago, in every version; run it daily from a timer.

    Statistics, certificates, offers and the trail with its digests stay, so that a copy of a file can still be shown to
    be the one that was published. It cannot be undone, and copies and backups are not reached.

    \b
    Examples:
      foothold purge --days 365
      foothold purge --days 30 --data /srv/foothold --json
    """
    from api.service.retention import purge_due
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    purged = purge_due(store_at(data), OPERATOR, days)
    screen.document({"purged": purged})
    for round_id in purged:
        screen.say(f"Purged: {round_id}")
    if not purged:
        screen.say(f"No round was closed {days} days ago or before that still holds personal data.")
