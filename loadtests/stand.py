"""All that a load test of the server stands on: a database, a server, a worker, rounds, keys; gone afterwards."""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2

from api.people import OPERATOR
from api.service.importing import import_round
from api.service.keys import make_key
from api.store.opening import open_store
from loadtests.ground import Ground, Sender
from scenarios import write_scenario
from tests.store.postgresql_server import PostgresqlServer, programs
from tests.store.processes import Process, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.store.database import Database

HUB = 15_000
"""Students of the hub whose schools, employers and slots the server holds, however few of its schools send."""
STARTING = 60
"""Seconds that the server may take until it answers."""
ABSENT = "PostgreSQL is not installed (make postgresql-server): this runs on SQLite, whose figures are not a hub's"
OF_STUDENTS = ("students", "preferences", "history", "calendar", "decisions", "travel")
SEEDED = "seed = "


@contextmanager
def stand(schools: int, students: int, scenario: str, size: int | None) -> Iterator[Ground]:
    """A hub on submission day: ``schools`` with ``students`` each to send, and ``scenario`` (of ``size``) to solve."""
    with tempfile.TemporaryDirectory(prefix="foothold-load-") as place, _database() as address:
        folder = Path(place)
        port = free_port()
        ready = _prepared(folder, address, f"http://127.0.0.1:{port}", schools, students, (scenario, size))
        environment = {"FOOTHOLD_DATABASE_URL": address} if address else {}
        data = ["--data", str(folder / "store")]
        commands = [["serve", "--port", str(port), *data], *([["worker", *data]] if address else [])]
        started = [Process(each, environment, folder / f"{each[0]}.log") for each in commands]
        try:
            for each in started:
                each.start()
            _await(ready.host)
            yield ready
        finally:
            for each in started:
                each.stop()
            _tell_of_faults(folder)


@contextmanager
def _database() -> Iterator[str | None]:
    """The address of an empty PostgreSQL database, or ``None`` for SQLite."""
    found = programs()
    if found is None:
        print(ABSENT, file=sys.stderr)
        yield None
        return
    server = PostgresqlServer(found)
    try:
        yield server.new_database()
    finally:
        server.stop()


def _prepared(
    folder: Path, address: str | None, host: str, schools: int, students: int, solved: tuple[str, int | None]
) -> Ground:
    """The rounds in the store, and a key for everybody."""
    store = open_store(folder / "store", address)
    try:
        write_scenario("year10", folder / "hub", students=max(HUB, schools * students))
        rows = _rows(folder / "hub" / "students.csv")
        urns = [row[0] for row in _rows(folder / "hub" / "schools.csv")[1:]][:schools]
        offering = [row[0] for row in _rows(folder / "hub" / "employers.csv")[1:]][:schools]
        _empty(folder / "hub")
        write_scenario(solved[0], folder / "solved", students=solved[1])
        return Ground(
            host,
            "PostgreSQL" if address else "SQLite",
            import_round(store, OPERATOR, folder / "hub").id,
            import_round(store, OPERATOR, folder / "solved").id,
            _key(store, "hub", ""),
            [Sender(urn, _key(store, "school", urn), _table(rows, urn, i, students)) for i, urn in enumerate(urns)],
            [Sender(each, _key(store, "employer", each)) for each in offering],
        )
    finally:
        store.engine.dispose()


def _key(store: Database, role: str, scope: str) -> str:
    return make_key(store, OPERATOR, role, scope, f"{role} {scope}").secret


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _empty(hub: Path) -> None:
    """Leave of the round what it holds on the morning of submission day: no student, and no seed."""
    for name in OF_STUDENTS:
        path = hub / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    settings = (hub / "round.toml").read_text(encoding="utf-8").splitlines(keepends=True)
    (hub / "round.toml").write_text("".join(line for line in settings if not line.startswith(SEEDED)), encoding="utf-8")


def _table(rows: list[list[str]], urn: str, number: int, students: int) -> str:
    """The ``students`` rows that the school of that number sends, as its own."""
    header, *all_rows = rows
    place = header.index("urn")
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in all_rows[number * students : (number + 1) * students]:
        writer.writerow([*row[:place], urn, *row[place + 1 :]])
    return text.getvalue()


def _await(host: str) -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            if httpx2.get(f"{host}/readyz").status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            if time.monotonic() > until:
                raise
        time.sleep(0.2)


def _tell_of_faults(folder: Path) -> None:
    """Repeat what the server and the worker complained of, before their logs are gone."""
    for log in sorted(folder.glob("*.log")):
        for line in log.read_text(encoding="utf-8").splitlines():
            if "WARNING" in line or "ERROR" in line:
                print(f"{log.stem}: {line}", file=sys.stderr)
