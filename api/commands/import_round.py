"""The command ``import``: a round folder into the store, whole or not at all."""

from api.commands.arguments import DATA, Data, Json, RoundPath
from api.console import Screen
from api.documents import round_document
from api.people import OPERATOR


def import_round(round_path: RoundPath, *, data: Data = DATA, json: Json = False) -> None:
    """Keep a round in the store, every cell as it is written, and say the id that it has there.

    Its offers count as confirmed by the hub. A round that names its lottery seed arrives frozen, with the hash of its
    tables on record; any other is collecting.

    \b
    Examples:
      foothold import my-round
      foothold import my-round --data /srv/foothold --json
    """
    from api.service.importing import import_round as keep
    from api.service.storing import store_at

    screen = Screen.open(json=json)
    row = keep(store_at(data, new=True), OPERATOR, round_path)
    screen.document(round_document(row))
    screen.say(f"Round {row.id}: {row.name}, {row.state}.")
