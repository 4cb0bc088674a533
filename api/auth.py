"""Who asks, from the key that comes with a request; and what they last saw, from its conditions."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.people import Actor
from api.service.keys import whose
from api.store.database import Database

bearer = HTTPBearer(auto_error=False, description="A key that `foothold keys make` showed.")
ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')
"""A version in quotation marks; proxies that compress an answer mark its ETag as weak, and the version is the same."""


def store(request: Request) -> Database:
    """The store that the app stands on."""
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(store)]


def asks(database: Store, key: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Actor:
    """Who holds the key; 401 for none and for one that is good no more, without saying which."""
    actor = whose(database, key.credentials) if key is not None else None
    if actor is None:
        raise HTTPException(401, "send Authorization: Bearer and a key that is good", {"WWW-Authenticate": "Bearer"})
    return actor


def last_seen(
    if_match: Annotated[str | None, Header(description='The ETag that you changed, or "*".')] = None,
    if_none_match: Annotated[str | None, Header(description='"*": there is none yet.')] = None,
) -> int | None:
    """The version that a change is based on: 0 for none yet, ``None`` for whichever is there; 428 if it is not said."""
    if if_none_match is not None and if_none_match.strip() == "*":
        return 0
    if if_match is not None and if_match.strip() == "*":
        return None
    found = ETAG.fullmatch(if_match.strip()) if if_match is not None else None
    if found is None:
        raise HTTPException(428, "send If-Match with the ETag that you changed, or If-None-Match: * for a first one")
    return int(found.group(1))


Asks = Annotated[Actor, Depends(asks)]
LastSeen = Annotated[int | None, Depends(last_seen)]


def etag(version: int) -> dict[str, str]:
    """The version as the header by which a later change names it."""
    return {"ETag": f'"{version}"'}
