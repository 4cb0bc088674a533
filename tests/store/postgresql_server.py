"""A PostgreSQL server of the tests' own: its files in a temporary folder, reached by a socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg

ABSENT = "PostgreSQL is not installed; `make postgresql` installs it and runs these tests"
CAREFUL = "fsync=on", "synchronous_commit=on", "max_connections=60", "listen_addresses="


def programs() -> Path | None:
    """The folder of PostgreSQL's own programs, or ``None``."""
    found = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).parent if found else installed[-1].parent if installed else None


class PostgresqlServer:
    """A server with one superuser, for the tests, and one plain user, for the store."""

    def __init__(self, bin_folder: Path) -> None:
        self._bin = bin_folder
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._as:
            owner = pwd.getpwnam("postgres")
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        self._files = self._folder / "data"
        self._run("initdb", "-D", self._files, "-U", "postgres", "-A", "trust", "-E", "UTF8")
        self.start()
        self.sql("CREATE USER foothold")

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = " ".join(f"-c {setting}" for setting in (*CAREFUL, f"unix_socket_directories={self._folder}"))
        self._run("pg_ctl", "-D", self._files, "-w", "-t", "60", "-l", self._folder / "log", "-o", settings, "start")

    def kill(self) -> None:
        """End it as a power cut would: every process at once."""
        process = (self._files / "postmaster.pid").read_text().split()[0]
        listed = subprocess.run(["pgrep", "-P", process], capture_output=True, text=True, check=False).stdout
        family = [int(process), *map(int, listed.split())]
        for each in family:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        while any(Path(f"/proc/{each}").exists() for each in family):
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop and remove everything."""
        self._run("pg_ctl", "-D", self._files, "-m", "immediate", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the superuser."""
        with psycopg.connect(f"host={self._folder} user=postgres dbname={database}", autocommit=True) as connection:
            connection.execute(statement)

    def new_database(self, user: str = "foothold") -> str:
        """The address of a new, empty database as ``user`` reaches it."""
        name = f"t{secrets.token_hex(6)}"
        self.sql(f"CREATE DATABASE {name} OWNER foothold")
        return f"postgresql://{user}@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [*self._as, str(self._bin / program), *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            cwd=self._folder,
        )
