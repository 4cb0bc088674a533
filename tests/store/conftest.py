"""The store on both databases: SQLite in a temporary folder, PostgreSQL on a server of the tests' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from postgresql_server import ABSENT, PostgresqlServer, programs
from served import Served, serve

from api.people import OPERATOR
from api.service.importing import import_round
from api.store.opening import open_store
from scenarios import write_scenario

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.store.database import Database


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """A running PostgreSQL server."""
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    server = PostgresqlServer(found)
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database: ``None`` means a file of the test's folder."""
    return None if request.param == "sqlite" else request.getfixturevalue("server").new_database()


@pytest.fixture
def database(address: str | None, tmp_path: Path) -> Iterator[Database]:
    """An open store that holds nothing."""
    store = open_store(tmp_path / "store", address)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenario ``tiny``; nobody may change it."""
    folder = tmp_path_factory.mktemp("rounds") / "tiny"
    write_scenario("tiny", folder)
    return folder


@pytest.fixture
def tiny_id(database: Database, tiny: Path) -> str:
    """The id of ``tiny`` in the store."""
    return import_round(database, OPERATOR, tiny).id


@pytest.fixture(scope="module")
def database_once(server: PostgresqlServer, tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A PostgreSQL store that holds tiny, and tiny's id, for tests that need no store of their own."""
    store = open_store(tmp_path_factory.mktemp("store"), server.new_database())
    yield store, import_round(store, OPERATOR, tiny).id
    store.engine.dispose()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a published and a collecting round, and a key for each role."""
    folder = tmp_path_factory.mktemp("served")
    address = None if request.param == "sqlite" else request.getfixturevalue("server").new_database()
    store = open_store(folder / "store", address)
    yield serve(store, folder)
    store.engine.dispose()
