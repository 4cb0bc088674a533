"""Runs of several kinds, and a round's publications: the first of each round that is published already, then the next.

Publications are kept as they were made, and are guarded like the rounds that they are of.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.String(40)
WHO = sa.String(200)
REFUSAL = "what is on record is not changed"
SO_FAR = (
    "INSERT INTO publications (round_id, number, run_id, signed_by, published_by, published_at) "
    "SELECT rounds.id, 1, rounds.published_run, COALESCE(rounds.signed_by, ''), trail.actor, trail.at "
    "FROM rounds JOIN trail ON trail.round_id = rounds.id AND trail.action = 'published' "
    "WHERE rounds.published_run IS NOT NULL"
)
ROLE = "current_setting('foothold.role', true)"


def upgrade() -> None:
    """Say of every run what kind it is, and make the table of publications."""
    op.add_column("runs", sa.Column("kind", sa.String(10), nullable=False, server_default="allocate"))
    op.add_column("runs", sa.Column("since", sa.String(10)))
    op.add_column("runs", sa.Column("of_run", ID))
    op.add_column("runs", sa.Column("baseline_run", ID))
    op.add_column("runs", sa.Column("edited", sa.Integer()))
    op.add_column("runs", sa.Column("reason", sa.Text()))
    op.create_table(
        "publications",
        sa.Column("round_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("signed_by", WHO, nullable=False),
        sa.Column("published_by", WHO, nullable=False),
        sa.Column("published_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_publications_round_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_publications_run_id"),
        sa.PrimaryKeyConstraint("round_id", "number", name="pk_publications"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SO_FAR)
        _kept_in_sqlite()
    else:
        _filled_in_postgresql()
        _kept_in_postgresql()
        _guarded()


def _filled_in_postgresql() -> None:
    """Rounds are seen by whoever says who they are, so the migration does, for this one statement."""
    op.execute("SELECT set_config('foothold.role', 'hub', true)")
    op.execute(SO_FAR)
    op.execute("SELECT set_config('foothold.role', '', true)")


def _kept_in_sqlite() -> None:
    for what in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER publications_no_{what.lower()} BEFORE {what} ON publications "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _kept_in_postgresql() -> None:
    for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER publications_no_{what.lower()} BEFORE {what} ON publications FOR EACH {each} "
            "EXECUTE FUNCTION foothold_refuse()"
        )


def _guarded() -> None:
    known = f"{ROLE} IN ('hub', 'auditor', 'worker', 'school', 'employer')"
    op.execute("ALTER TABLE publications ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE publications FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY publications_read ON publications FOR SELECT USING ({known})")
    op.execute(f"CREATE POLICY publications_insert ON publications FOR INSERT WITH CHECK ({ROLE} = 'hub')")
