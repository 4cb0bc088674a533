"""Every HTTP status of the server and which failure has which, as problem documents (RFC 9457): only here."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.documents import breach_document
from api.errors import (
    AuditBreachedError,
    ChangedError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
)
from engine.faults import RoundRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fastapi import FastAPI, Request

    from engine.faults import Fault

PROBLEM = "application/problem+json"
FIRST_ROW = 2
"""How a spreadsheet numbers the first row below the header."""
NOT_ALLOWED = 405
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
MOST_FAULTS = 10_000
"""As many faults as one answer tells; ``count`` says how many there are."""
log = logging.getLogger("foothold.server")

STATUS: dict[type[Exception], tuple[int, str, str]] = {
    NotFoundError: (404, "not_found", "There is no such thing"),
    ForbiddenError: (403, "forbidden", "This is not yours to do"),
    ConflictError: (409, "conflict", "This cannot be done now"),
    ChangedError: (412, "changed", "Somebody changed it meanwhile"),
    RefusedError: (422, "refused", "This cannot be done with what was given"),
}
TITLES = {
    400: ("bad_request", "The request cannot be read"),
    401: ("unauthorised", "A key is needed"),
    404: ("not_found", "There is no such thing"),
    405: ("method_not_allowed", "This cannot be done here"),
    413: ("too_large", "The request is too large"),
    415: ("media_type", "This kind of content is not taken here"),
    428: ("precondition_required", "Say which version you changed"),
    429: ("too_many_requests", "Too many requests"),
}


def problem(status: int, code: str, title: str, detail: str = "", **more: Any) -> JSONResponse:
    """A problem document."""
    content = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **more}
    return JSONResponse(content, status, media_type=PROBLEM)


def faults_problem(faults: Iterable[Fault], *, rows_at: str = "") -> JSONResponse:
    """Every fault of a table with its row in the file; ``rows_at`` is where in the JSON that was sent the rows were.

    Each fault then has a pointer too; ``{table}`` in ``rows_at`` stands for the fault's table.
    """
    listed = [
        {**fault.as_dict(), **({"pointer": _pointer_to(fault, rows_at.format(table=fault.table))} if rows_at else {})}
        for fault in faults
    ]
    detail = f"{len(listed)} fault{'' if len(listed) == 1 else 's'}; nothing of it is part of the round"
    more = {"count": len(listed), "faults": listed[:MOST_FAULTS]}
    return problem(422, "faults", "The table has faults", detail, **more)


def install(app: FastAPI) -> None:
    """Answer every failure of the app with a problem document."""
    for kind in STATUS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RoundRefusedError, _refused_round)
    app.add_exception_handler(AuditBreachedError, _breached)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind_of_text in (DataError, UnicodeError):
        app.add_exception_handler(kind_of_text, _unwritable)
    for kind_of_silence in (OperationalError, InterfaceError):
        app.add_exception_handler(kind_of_silence, _database_away)
    app.add_exception_handler(Exception, _unforeseen)


async def _known(_request: Request, failure: Exception) -> JSONResponse:
    status, code, title = next(STATUS[kind] for kind in type(failure).__mro__ if kind in STATUS)
    return problem(status, code, title, str(failure))


async def _refused_round(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, RoundRefusedError)
    return faults_problem(failure.faults)


async def _breached(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, AuditBreachedError)
    breaches = [breach_document(breach) for breach in failure.breaches]
    return problem(409, "breaches", "The audit found breaches", str(failure), breaches=breaches)


async def _http(request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, HTTPException)
    code, title = TITLES.get(failure.status_code, ("http", "The request failed"))
    detail, headers = str(failure.detail), dict(failure.headers or {})
    if failure.status_code == NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_here(request))
        detail = f"{request.method} cannot be done here; what can: {headers['Allow']}"
    answer = problem(failure.status_code, code, title, detail)
    answer.headers.update(headers)
    return answer


def _methods_here(request: Request) -> list[str]:
    """Every method of this place: the framework names only those of the first route that it finds."""
    asked = [{**request.scope, "method": method} for method in METHODS]
    routes = request.app.routes
    return [scope["method"] for scope in asked if any(route.matches(scope)[0] is Match.FULL for route in routes)]


async def _invalid(_request: Request, failure: Exception) -> JSONResponse:
    assert isinstance(failure, RequestValidationError)
    found = failure.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return problem(400, *TITLES[400], "the body is not JSON")
    wrong = [{**_place(each["loc"]), "message": each["msg"]} for each in found]
    detail = "1 thing is wrong" if len(wrong) == 1 else f"{len(wrong)} things are wrong"
    return problem(422, "invalid", "The request is not as it should be", detail, errors=wrong)


def _pointer_to(fault: Fault, rows_at: str) -> str:
    """The cell, or the rows as a whole for what is wrong with the table or with the names of its columns."""
    if fault.row < FIRST_ROW:
        return rows_at
    return rows_at + _pointer([fault.row - FIRST_ROW, *([fault.column] if fault.column else [])])


def _place(loc: Sequence[str | int]) -> dict[str, str]:
    """A pointer into the body, or the name of the parameter."""
    where, *steps = loc
    return {"pointer": _pointer(steps)} if where == "body" else {"in": str(where), "parameter": str(steps[0])}


def _pointer(steps: Iterable[str | int]) -> str:
    """A JSON pointer (RFC 6901); half a character in a name is shown as a question mark."""
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{step}" for step in escaped).encode("utf-8", "replace").decode()


async def _unwritable(_request: Request, _failure: Exception) -> JSONResponse:
    detail = "it holds characters that are no text (NUL, half of one), or an id is longer than 200 characters"
    return problem(422, "refused", "This cannot be kept", detail)


async def _database_away(_request: Request, _failure: Exception) -> JSONResponse:
    log.warning("the database does not answer")
    answer = problem(503, "unavailable", "The store does not answer", "Nothing was written, or you were not told; ask.")
    answer.headers["Retry-After"] = "2"
    return answer


async def _unforeseen(_request: Request, failure: Exception) -> JSONResponse:
    """Only the kind of failure is logged: its message may hold what somebody sent."""
    log.error("internal fault: %s", type(failure).__name__)
    return problem(500, "internal", "An internal fault", "It is on record; nothing was written.")
