"""The server as an application: its routes, its limits, and a problem document for every failure."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from api import problems
from api.limits import AT_ONCE, Limits
from api.routes import attendance, catalogue, employers, events, health, published, rounds, runs, schools

if TYPE_CHECKING:
    from api.store.database import Database

ROUTES = (health, rounds, employers, published, attendance, catalogue, schools, runs, events)
"""Results, attendance and the catalogue before tables, so that they are not taken for the name of a table."""
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": title, "content": {problems.PROBLEM: {"schema": {"type": "object"}}}}
    for code, title in (
        (400, "Cannot be read"),
        (401, "No key that is good"),
        (403, "Not yours to do"),
        (404, "Not there, or another's"),
        (409, "Not possible as things are"),
        (412, "Changed meanwhile"),
        (413, "Too large"),
        (415, "Another kind of content is needed"),
        (422, "Faults, or not possible with what was given"),
        (428, "A condition is needed"),
        (429, "Too many requests"),
        (503, "The store does not answer"),
    )
}


def create_app(database: Database, at_once: float = AT_ONCE) -> FastAPI:
    """The server on a store that is open and up to date; each caller may send ``at_once`` requests together."""
    app = FastAPI(
        title="Foothold",
        version=metadata.version("foothold"),
        description="Allocates students to employers' work experience: fairly, within every rule, and with a proof.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    app.state.database = database
    for module in ROUTES:
        app.include_router(module.router)
    problems.install(app)
    app.add_middleware(Limits, at_once=at_once)
    return app
