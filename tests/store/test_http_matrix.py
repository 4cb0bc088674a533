"""Every route, as every role, for its own and for others: who may, who may not, and nothing that leaks either way."""

from __future__ import annotations

import re

import pytest
from served import ROLES, SECRET

from api.app import create_app
from api.store.database import Database, connect

OPEN = {"/healthz", "/readyz"}
APP = create_app(Database(connect("sqlite://")))
ROUTES = sorted(
    (method.upper(), path) for path, methods in APP.openapi()["paths"].items() for method in methods if path not in OPEN
)
CSV = {"content": b"student_id,slot_id\nX,Y\n", "headers": {"Content-Type": "text/csv"}}
BODIES = {
    "/v1/rounds": {"json": {"settings": "name = 'x'"}},
    "reopen": {"json": {"reason": "x"}},
    "withdraw-signature": {"json": {"reason": "x"}},
    "seed": {"json": {"seed": "x"}},
    "sign-off": {"json": {"run": "x", "reason": "x"}},
    "runs": {"json": {}},
    "overrides": {**CSV, "params": {"reason": "x"}},
    "audits": CSV,
    "offers": {"json": {"experiences": [], "slots": []}},
    "{experience_id}": {"json": {"state": "withdrawn"}},
    "{table}": CSV,
    "attendance": {"json": {"rows": []}},
}
OWN = {"urn": "100001", "employer_id": "E1", "experience_id": "X1", "table": "students", "path": "allocations.csv"}
FOREIGN = {"urn": "100002", "employer_id": "E2", "experience_id": "X3"}
NOBODY = {"urn": "999999", "employer_id": "E99", "experience_id": "X99"}
MAY = {
    "school": {"rounds", "publications", "submissions", "schools"},
    "employer": {"rounds", "publications", "employers", "rosters"},
    "auditor": {
        *("rounds", "publications", "attended", "submissions", "schools", "tables", "employers", "rosters", "runs"),
        "audits",
    },
}


def knock(served, role, method, path, ids, **more):
    """One request with a body that the route takes and conditions that hold for whatever is there."""
    table = "decisions" if "/tables/" in path else "students"
    ids = {"round_id": served.collecting, "run_id": served.run_id, **OWN, "table": table, **ids}
    body = BODIES.get(path.rpartition("/")[2], BODIES.get(path, {})) if method != "GET" else {}
    headers = {"If-Match": "*", "Idempotency-Key": "m", **body.get("headers", {})}
    query = "?dry_run=true" if method == "PUT" and path.endswith("{table}") else ""
    sent = {**body, "headers": headers}
    return served.ask(role, method, path.format(**ids) + query, **sent, **more)


def plain(response, ids):
    """What an answer says, less the ids that were asked for."""
    return response.status_code, re.sub("|".join(map(re.escape, ids.values())), "#", response.text)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_key_nothing_is_open(served, method, path):
    """Every route but health asks for a key, and says nothing else."""
    response = knock(served, "nobody", method, path, {})
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", ["school", "employer"])
def test_what_is_anothers_is_as_if_it_were_not_there(served, role, method, path):
    """Of another school or employer a role learns nothing: the answer is the one for ids that nobody has."""
    theirs = knock(served, role, method, path, {name: each for name, each in FOREIGN.items() if name in path})
    nobodys = knock(served, role, method, path, {name: each for name, each in NOBODY.items() if name in path})
    assert plain(theirs, FOREIGN) == plain(nobodys, NOBODY)
    if "{urn}" in path or "{employer_id}" in path:
        assert theirs.status_code == 404
    assert "Southbank" not in theirs.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_every_role_as_documented(served, role, method, path):
    """No status that the document does not name, no fault of our own, and every refusal is a problem document."""
    response = knock(served, role, method, path, {})
    documented = APP.openapi()["paths"][path][method.lower()]["responses"]
    assert response.status_code < 500
    assert str(response.status_code) in documented
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        assert {"title", "status", "code", "detail"} <= set(response.json())


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", MAY)
def test_only_who_may_is_let_in(served, role, method, path):
    """What is not for a role is refused before anything is looked at; an auditor changes nothing."""
    kind = [*path.removeprefix("/v1/").split("/"), "", ""][2] or "rounds"
    kind = "runs" if path.startswith("/v1/runs") else kind
    reads = method == "GET" or kind == "audits"
    refused = kind not in MAY[role] or (role == "auditor" and not reads) or (kind == "rounds" and not reads)
    if refused:
        assert knock(served, role, method, path, {}).status_code in {403, 404}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_employer_sees_a_canary(served, method, path):
    """Ids, homes, reasons and schools' own columns are in no answer that an employer can get."""
    for ids in ({"round_id": served.round_id}, {"round_id": served.collecting}, FOREIGN):
        for form in ("json", "csv", "html"):
            more = {"params": {"form": form}} if path.endswith("rosters/{employer_id}") else {}
            response = knock(served, "employer", method, path, ids, **more)
            assert not [word for word in SECRET if word in response.text]


def test_a_roster_says_who_comes_and_nothing_else(served):
    """Name, school, year, released adjustments and contact: the columns of a roster, for its employer alone."""
    path = f"/v1/rounds/{served.round_id}/rosters/E1"
    rows = served.ask("employer", "GET", path).json()["rows"]
    assert rows
    assert set(rows[0]) == {
        *("Date", "Half", "Half-days", "Experience", "Student", "School", "Year", "Adjustments"),
        *("School contact", "Contact email"),
    }
    assert served.ask("school", "GET", path).status_code == 404
    assert served.ask("employer", "GET", path.replace("E1", "E4")).status_code == 404
    assert served.ask("employer", "GET", path, params={"form": "xlsx"}).content.startswith(b"PK")
    changes = f"/v1/rounds/{served.round_id}/employers/E1/changes"
    assert served.ask("employer", "GET", changes).json() == {"publication": 1, "rows": []}
    assert served.ask("employer", "GET", changes.replace(served.round_id, served.collecting)).status_code == 404
    unpublished = path.replace(served.round_id, served.collecting)
    assert served.ask("employer", "GET", unpublished).status_code == 404
