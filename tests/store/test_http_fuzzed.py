"""The doors are tried with requests made from their own description: none breaks them or gets an undocumented answer.

Schemathesis reads the server's document and makes for every operation the cases at the edges of what is described and a
few at random, the same ones every time. Every case is sent as it is, and then by everybody to a round that collects
and a run that waits, and if it only reads or is about a run, to a round that is published and its run; by the hub last,
for it changes the most. Set FOOTHOLD_FUZZ for more cases at random than the two of every day.
"""

from __future__ import annotations

import os
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.people import OPERATOR
from api.routes.answers import XLSX
from api.service.asking import Asked, ask_for_run
from api.serving import listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Served

PEOPLE = ("nobody", "auditor", "employer", "school", "hub")
AT_RANDOM = int(os.environ.get("FOOTHOLD_FUZZ", "2"))
PATIENCE = 60
"""Seconds after which a door that does not answer has failed."""
THERE = {"urn": "100001", "employer_id": "E1", "experience_id": "X1", "path": "allocations.csv"}
DESCRIBED = schemathesis.openapi.from_path(
    Path(__file__).parents[2] / "api" / "openapi.json", config=SchemathesisConfig(seed=1)
)
"""The document on record, which another test holds to the one that the server gives."""


def told_as_a_problem(_context, response, _case):
    """Whatever is not done is answered with a problem document, bar a file that goes back with its problems."""
    if response.status_code >= 400 and "attachment" not in response.headers.get("content-disposition", [""])[0]:
        assert response.headers["content-type"] == ["application/problem+json"]
        assert {"title", "status", "code", "detail"} <= set(response.json())


HELD_TO = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    told_as_a_problem,
]


@schemathesis.serializer(XLSX)
def as_it_is(_context, body):
    """A made-up workbook is any bytes at all."""
    return body if isinstance(body, bytes) else getattr(body, "data", str(body).encode())


@pytest.fixture(scope="module")
def base(served: Served) -> Iterator[str]:
    """The address of the server, which listens like the real one."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(served.client.app, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def line() -> Iterator[requests.Session]:
    """An open line to the server."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def waiting(served: Served) -> str:
    """A run that nobody works on."""
    asked = Asked("report", of_run=served.run_id)
    return ask_for_run(served.database, OPERATOR, served.round_id, secrets.token_hex(8), asked).id


@DESCRIBED.parametrize()
@settings(
    max_examples=AT_RANDOM, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
def test_no_request_breaks_a_door(case, served, waiting, base, line):
    """Whatever is sent, by whomever: no 5xx, no status, kind of content or shape that the description does not tell."""
    asking = {"base_url": base, "session": line, "timeout": PATIENCE, "checks": HELD_TO}
    case.call_and_validate(headers=signed(served, "hub"), **asking)
    places = [(served.collecting, waiting)]
    if case.method == "GET" or case.path.startswith("/v1/runs"):
        places.append((served.round_id, served.run_id))
    for round_id, run_id in places:
        there = {**THERE, "round_id": round_id, "run_id": run_id}
        case.path_parameters = {name: there.get(name, given) for name, given in case.path_parameters.items()}
        if case.path.endswith("/events"):
            case.query = {**case.query, "wait": 0}
        for who in PEOPLE:
            case.call_and_validate(headers={**signed(served, who), "If-Match": "*"}, **asking)


def signed(served, who):
    """The header by which the doors know who asks; none for nobody."""
    return {"Authorization": f"Bearer {served.keys[who]}"} if who in served.keys else {}
