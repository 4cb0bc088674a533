"""The project speaks of itself alone: no file knows the machine it was written on."""

from __future__ import annotations

import re

from project_files import ROOT, name, read, tracked_files

HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "proxy.golang" + ".org", "crates" + ".io")
MACHINE = re.compile(
    r"(?<![\w.])/(?:work|root|Users)/|/home/(?!foothold\b)\w+|/opt/(?:py" + r"pi|wheels)|file://" + "/"
)
TEXT = [path for path in tracked_files() if path.suffix not in {".png", ".xlsx", ".gz", ".zip", ".ico"}]


def test_no_file_knows_a_machine():
    """No tracked file holds a path of somebody's machine."""
    found = {name(path): match.group() for path in TEXT if (match := MACHINE.search(read(path)))}
    assert found == {}


def test_no_file_names_a_registry():
    """No tracked file holds the host of a package registry: whoever installs chooses theirs."""
    assert {name(path): host for path in TEXT for host in HOSTS if host in read(path)} == {}


def test_the_locks_name_no_index():
    """The locks are plain requirements with hashes: whoever installs chooses the index."""
    for lock in sorted(ROOT.glob("requirements*.lock")):
        lines = lock.read_text().splitlines()
        assert not [line for line in lines if line.startswith("-")], lock.name
        pinned = [line for line in lines if re.match(r"\w", line)]
        assert pinned
        assert all("==" in line and line.endswith("\\") for line in pinned), lock.name
