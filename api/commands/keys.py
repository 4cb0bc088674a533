"""The commands ``keys make``, ``keys list`` and ``keys revoke``: who may come in, as whom, and until when."""

from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.documents import key_document
from api.people import OPERATOR

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make, list and revoke the keys of the server.")

Role = Annotated[str, typer.Argument(metavar="ROLE", help="hub, school, employer or auditor.")]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as `foothold keys list` shows it.")]


@app.command("make", short_help="Make a key and show it, once.")
def make(
    role: Role,
    *,
    scope: Annotated[str, typer.Option("--for", metavar="ID", help="The school's URN or the employer's id.")] = "",
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="Who holds the key.", show_default=False)],
    days: Annotated[int, typer.Option("--days", metavar="N", help="For how many days it is good.")] = 365,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Make a key for a coordinator, a school, an employer or an auditor, and show it this once: only its hash is kept.

    \b
    Examples:
      foothold keys make hub --label "Sam, coordinator"
      foothold keys make school --for 100001 --label "Ms Noor, Northgate" --days 120
    """
    from api.service.keys import make_key
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    made = make_key(store_at(data, new=True), OPERATOR, role, scope, label, days=days)
    screen.document({**key_document(made.row), "key": made.secret})
    screen.say(made.secret)
    screen.tell(f"Key {made.row.id} for {label}, good until {made.row.expires_at}. It is not shown again.")


@app.command("list", short_help="List every key, never the secrets.")
def list_(*, data: Data = DATA, json: Json = False) -> None:
    """List every key that was made: for whom, until when, revoked or not.

    \b
    Examples:
      foothold keys list --json
    """
    from api.service.keys import list_keys
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    rows = list_keys(store_at(data), OPERATOR)
    screen.document({"keys": [key_document(row) for row in rows]})
    columns = ("key", "role", "for", "label", "good until", "revoked")
    cells = [(row.id, row.role, row.scope, row.label, row.expires_at, row.revoked_at or "") for row in rows]
    screen.table("", columns, cells)


@app.command("revoke", short_help="End a key now.")
def revoke(key_id: KeyId, *, data: Data = DATA, json: Json = False) -> None:
    """End a key now; what was done with it stays on record.

    \b
    Examples:
      foothold keys revoke k1f00c0ffee00
    """
    from api.service.keys import revoke_key
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    row = revoke_key(store_at(data), OPERATOR, key_id)
    screen.document(key_document(row))
    screen.say(f"Revoked: {row.id} ({row.label})")
