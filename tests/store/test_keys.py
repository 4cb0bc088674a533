"""Keys: shown once, kept as a hash, good for one role and scope until they end."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.errors import ForbiddenError, RefusedError
from api.people import OPERATOR, Actor
from api.service.keys import first_key, list_keys, make_key, revoke_key, whose
from api.service.storing import verify_trail
from api.store.model import TrailEntry


def test_a_key_says_who_comes_in(database):
    """Role, scope and label are those that the key was made with; anything else is nobody's."""
    made = make_key(database, OPERATOR, "school", "100001", "Ms Noor")
    assert whose(database, made.secret) == Actor("school", "100001", f"{made.row.id} Ms Noor")
    for wrong in ("", made.secret + "x", made.row.digest, "fh_\udcff"):
        assert whose(database, wrong) is None


def test_the_secret_is_nowhere_in_the_store(database):
    """Neither the table of keys nor the trail holds what was shown."""
    made = make_key(database, OPERATOR, "hub", "", "Sam")
    with database.reading(OPERATOR) as session:
        kept = [*map(str, session.execute(text("SELECT * FROM keys")).all())]
        kept += [entry.detail for entry in session.query(TrailEntry)]
    assert not [row for row in kept if made.secret in row or made.secret.removeprefix("fh_") in row]


def test_a_key_ends(database):
    """Revoked or past its end it opens nothing, and both are on the trail."""
    revoked = make_key(database, OPERATOR, "auditor", "", "Ms Check")
    revoke_key(database, OPERATOR, revoked.row.id)
    ended = make_key(database, OPERATOR, "auditor", "", "Ms Check again")
    with database.writing(OPERATOR) as session:
        session.execute(text("UPDATE keys SET expires_at = '2020-01-01' WHERE id = :id"), {"id": ended.row.id})
    assert whose(database, revoked.secret) is whose(database, ended.secret) is None
    assert {row.label: row.revoked_at is not None for row in list_keys(database, OPERATOR)} == {
        "Ms Check": True,
        "Ms Check again": False,
    }
    assert verify_trail(database, OPERATOR).entries == 3


@pytest.mark.parametrize(
    ("role", "scope", "label", "days"),
    [
        ("boss", "", "x", 1),
        ("school", "", "x", 1),
        ("hub", "100001", "x", 1),
        ("hub", "", " ", 1),
        ("hub", "", "x", 0),
        ("worker", "", "x", 1),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(database, role, scope, label, days):
    """A school's key names the school, no key is for ever, and nobody can have the worker's role."""
    with pytest.raises(RefusedError):
        make_key(database, OPERATOR, role, scope, label, days=days)


def test_only_the_hub_makes_keys(database):
    """A school cannot let others in."""
    with pytest.raises(ForbiddenError):
        make_key(database, Actor("school", "100001", "x"), "hub", "", "mine")


def test_the_first_key_is_made_once(database):
    """A new store gives a coordinator's key; one that has keys does not."""
    assert whose(database, first_key(database, OPERATOR).secret).role == "hub"
    assert first_key(database, OPERATOR) is None
