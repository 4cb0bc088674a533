"""The command ``serve``: the HTTP server, on the embedded store or on PostgreSQL."""

from typing import Annotated

import typer

from api.commands.arguments import DATA, Data, Json
from api.console import Screen
from api.people import OPERATOR


def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65_535, help="The port (0: any).")] = 8000,
    data: Data = DATA,
    json: Json = False,
) -> None:
    """Serve rounds to coordinators, schools, employers and auditors until Ctrl-C; /openapi.json says how.

    By itself it keeps everything in a file of DIR and solves in a process of its own; for one organisation, behind a
    proxy that speaks HTTPS. With FOOTHOLD_DATABASE_URL it stands on PostgreSQL, and `foothold worker` solves. The
    first start prints the first coordinator's key, once.

    \b
    Examples:
      foothold serve
      foothold serve --port 8080 --data /srv/foothold
      FOOTHOLD_DATABASE_URL=postgresql://foothold:...@db/foothold foothold serve --host 0.0.0.0
    """
    from api.service.keys import first_key
    from api.service.storing import store_at
    from api.serving import listen
    from api.serving import serve as answer

    screen = Screen.open(json=json)
    listener = listen(host, port)
    database = store_at(data, new=True)

    def begun() -> None:
        made = first_key(database, OPERATOR)
        url = f"http://{host}:{listener.getsockname()[1]}"
        screen.document({"url": url, "first_key": made.secret if made else None})
        if made:
            screen.say(f"The first coordinator's key, not shown again: {made.secret}")
        screen.say(f"Listening on {url}")

    answer(database, listener, begun)
