"""The database itself refuses to change the trail, documents and files; they can be emptied, and nothing else."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

EMPTIED = {
    "documents": "NEW.id = OLD.id AND NEW.digest = OLD.digest AND NEW.version = OLD.version "
    "AND NEW.round_id = OLD.round_id AND NEW.table_name = OLD.table_name AND NEW.owner_kind = OLD.owner_kind "
    "AND NEW.owner_id = OLD.owner_id AND NEW.body IS NULL AND NEW.salt IS NULL AND NEW.faults IS NULL",
    "run_files": "NEW.run_id = OLD.run_id AND NEW.path = OLD.path AND NEW.digest = OLD.digest "
    "AND NEW.owner_kind = OLD.owner_kind AND NEW.owner_id = OLD.owner_id AND NEW.content IS NULL",
}
"""By table, the one change that a row may undergo: its content goes, what identifies it stays."""
KEPT = ("trail", "documents", "run_files")
REFUSAL = "what is on record is not changed"


def upgrade() -> None:
    """Make the triggers of this kind of database."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in KEPT:
        when = f"WHEN NOT ({EMPTIED[table]})" if table in EMPTIED else ""
        op.execute(
            f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _postgresql() -> None:
    op.execute(
        "CREATE FUNCTION foothold_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in KEPT:
        when = f"WHEN (NOT ({EMPTIED[table]}))" if table in EMPTIED else ""
        op.execute(
            f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} FOR EACH ROW {when} "
            "EXECUTE FUNCTION foothold_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION foothold_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            "EXECUTE FUNCTION foothold_refuse()"
        )
