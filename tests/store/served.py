"""A server on a store that holds two published rounds of canaries, and whom the tests knock at its doors as."""

from __future__ import annotations

import csv
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from api.app import create_app
from api.jobs.supervisor import work
from api.people import OPERATOR
from api.service import life
from api.service.asking import ask_for_run
from api.service.importing import import_round
from api.service.keys import make_key
from api.service.runs import OPEN_STATES, find_run
from scenarios import write_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from api.store.database import Database

SECRET = ("CANARY", "7731771", "4404404")
"""What no employer may ever see: in ids, homes, reasons, and the schools' own columns."""
MANY = 1_000_000
"""Requests that the tests may send at once: how many a caller may is shown elsewhere."""
ROLES = {"hub": "", "auditor": "", "school": "100001", "employer": "E1"}


@dataclass(frozen=True)
class Served:
    """The app, the ids of a published and a collecting round, the published run, and a key for each role."""

    client: TestClient
    database: Database
    round_id: str
    collecting: str
    run_id: str
    keys: dict[str, str]

    def ask(self, role: str, method: str, path: str, **more):
        """A request as the holder of the role's key; as nobody where there is no such role."""
        headers = {
            **({"Authorization": f"Bearer {self.keys[role]}"} if role in self.keys else {}),
            **more.pop("headers", {}),
        }
        return self.client.request(method, path, headers=headers, **more)


def canaries(folder: Path) -> None:
    """Write tiny with a canary in everything about a student that is not for an employer."""
    write_scenario("tiny", folder)
    for name in ("students", "preferences", "history", "decisions", "travel"):
        table = folder / f"{name}.csv"
        rows = list(csv.DictReader(table.open(encoding="utf-8")))
        with table.open("w", encoding="utf-8", newline="") as file:
            columns = [*rows[0], *(["Form"] if name == "students" else [])]
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(_with_canaries(row, name) for row in rows)


def _with_canaries(row: dict[str, str], table: str) -> dict[str, str]:
    planted = dict(row)
    for column in {"student_id", "other_student_id", "origin"} & set(row):
        if row[column] and not row[column].isdigit():
            planted[column] = f"CANARY-{row[column]}"
    if row.get("latitude"):
        planted |= {"latitude": f"{row['latitude'][:5]}7731771", "longitude": f"{row['longitude'][:6]}4404404"}
    planted |= {"Form": "CANARY-form"} if table == "students" else {}
    planted |= {"reason": "CANARY-reason", "by": "CANARY-by"} if table == "decisions" else {}
    return planted


def worked(database: Database, run_id: str) -> str:
    """Have a worker do what waits until the run has ended, and return how it did."""
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(database, stop))
    worker.start()
    try:
        while True:
            with database.reading(OPERATOR) as session:
                state = find_run(session, "", run_id).state
            if state not in OPEN_STATES:
                return state
            stop.wait(0.2)
    finally:
        stop.set()
        worker.join()


def serve(database: Database, folder: Path) -> Served:
    """Import, solve, sign and publish, and open the doors."""
    canaries(folder / "canaries")
    round_id = import_round(database, OPERATOR, folder / "canaries").id
    toml = folder / "canaries" / "round.toml"
    toml.write_text(toml.read_text().replace('seed = "tiny-1"', ""))
    collecting = import_round(database, OPERATOR, folder / "canaries").id
    run_id = ask_for_run(database, OPERATOR, round_id, "k").id
    worked(database, run_id)
    life.sign_off(database, OPERATOR, round_id, run_id, "I looked")
    life.publish(database, OPERATOR, round_id)
    keys = {role: make_key(database, OPERATOR, role, scope, role).secret for role, scope in ROLES.items()}
    client = TestClient(create_app(database, at_once=MANY), raise_server_exceptions=False)
    return Served(client, database, round_id, collecting, run_id, keys)
