"""The doors are tried with requests made from their own description: none breaks them or gets an undocumented answer.

Schemathesis reads the server's document and makes for every operation the cases at the edges of what is described and a
few at random, the same ones every time. Every case is sent as it is, and then by everybody to a round that collects,
and if it only reads to one that is published; by the hub last, for it changes the most.
"""

from __future__ import annotations

import os
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

from api.routes.answers import XLSX
from api.serving import listen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from served import Served

pytestmark = pytest.mark.skipif(
    not os.environ.get("FOOTHOLD_FUZZ"), reason="takes several minutes: make fuzz, or set FOOTHOLD_FUZZ"
)
PEOPLE = ("nobody", "auditor", "employer", "school", "hub")
AT_RANDOM = 2
THERE = {"urn": "100001", "employer_id": "E1", "experience_id": "X1", "path": "allocations.csv"}
DESCRIBED = schemathesis.openapi.from_path(
    Path(__file__).parents[2] / "api" / "openapi.json", config=SchemathesisConfig(seed=1)
).exclude(path_regex="/events$")
"""The document on record, which another test holds to the one that the server gives.

Without the stream of a run's events: it ends with the run, and a run that nobody works on never does.
"""
HELD_TO = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


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


@DESCRIBED.parametrize()
@settings(
    max_examples=AT_RANDOM, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
def test_no_request_breaks_a_door(case, served, base, line):
    """Whatever is sent, by whomever: no 5xx, no status, kind of content or shape that the description does not tell."""
    case.call_and_validate(base_url=base, session=line, headers=signed(served, "hub"), checks=HELD_TO)
    for round_id in (served.collecting, *([served.round_id] if case.method == "GET" else [])):
        there = {**THERE, "round_id": round_id, "run_id": served.run_id}
        case.path_parameters = {name: there.get(name, given) for name, given in case.path_parameters.items()}
        for who in PEOPLE:
            headers = {**signed(served, who), "If-Match": "*"}
            case.call_and_validate(base_url=base, session=line, headers=headers, checks=HELD_TO)


def signed(served, who):
    """The header by which the doors know who asks; none for nobody."""
    return {"Authorization": f"Bearer {served.keys[who]}"} if who in served.keys else {}
