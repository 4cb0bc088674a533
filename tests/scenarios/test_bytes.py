"""The same seed gives the same bytes, anywhere and any number of times; another seed another round."""

from __future__ import annotations

from hashlib import sha256

import pytest

from scenarios import scenarios
from scenarios.tables import FILES

DIGESTS = {
    "tiny": "93eb6e8c89f6d079fd4515c9776995a9b851d80dd48a277d3c047bf8de7ab821",
    "pilot": "7ae79c589726100fa01221e8fb71bbc1344880a745f238bd8c1f697111e6b2e3",
    "year10": "9881fb6ce6f2366885b49ccecc807ace5d954b730bc3124a109c6efe5f17c55d",
    "hub": "22cea080b5ce7267403fbc0861d8d39cdae1329b84702740dc43d6e3b15893a1",
}
"""SHA-256 of each scenario's folder (200 students where it is generated), as any machine must write it. A change of the
generator changes these, and every proven value with them: change both together."""


def digest(folder):
    """One digest over the names and bytes of a scenario's files."""
    every = sha256()
    for path in sorted(folder.iterdir()):
        every.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return every.hexdigest()


def _small(name):
    return {} if scenarios()[name].shape is None else {"students": 200}


@pytest.mark.parametrize("name", sorted(DIGESTS))
def test_the_bytes_are_the_same_on_every_machine(written, name):
    """The files of each scenario have a digest that is written down here."""
    assert digest(written(name, **_small(name))) == DIGESTS[name]


def test_every_scenario_is_pinned():
    """No scenario of the registry is left out."""
    assert set(DIGESTS) == set(scenarios())


def test_the_same_seed_gives_the_same_bytes_in_one_process(written):
    """Writing twice gives one result: nothing is carried over."""
    assert digest(written("pilot", students=300, seed=5)) == digest(written("pilot", students=300, seed=5))


def test_another_seed_changes_every_generated_table(written):
    """Schools, students, offers and all else move with the seed."""
    one, other = (written("pilot", students=300, seed=seed) for seed in (5, 6))
    same = {path.name for path in one.iterdir() if path.read_bytes() == (other / path.name).read_bytes()}
    assert same == set()


def test_a_scenario_writes_only_files_it_names(written):
    """Nothing but the listed files: a later scenario clears exactly these."""
    assert {path.name for path in written("year10", students=60).iterdir()} <= set(FILES)


def test_tables_are_plain(written):
    """ISO dates, plain years, LF line ends and coordinates of five decimals for every place."""
    folder = written("pilot", students=60)
    slots = (folder / "slots.csv").read_text(encoding="utf-8")
    assert "\r" not in slots
    assert "2026-0" in slots
    header, first, *_ = (folder / "schools.csv").read_text(encoding="utf-8").splitlines()
    place = dict(zip(header.split(","), first.split(","), strict=True))
    assert len(place["latitude"].partition(".")[2]) == len(place["longitude"].partition(".")[2]) == 5
