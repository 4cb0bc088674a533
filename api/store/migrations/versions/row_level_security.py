"""PostgreSQL's own guard under the service's scoping: each role reads and writes only the rows that are its own.

Every transaction says who acts in it (``foothold.role``, ``foothold.scope``); one that does not say sees nothing.
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

ROLE = "current_setting('foothold.role', true)"
SCOPE = "current_setting('foothold.scope', true)"
ALL_SEEING = f"{ROLE} IN ('hub', 'auditor', 'worker')"
OWN = f"(owner_kind = {ROLE} AND owner_id = {SCOPE})"
CATALOGUE = "table_name IN ('round', 'employers', 'experiences', 'slots', 'answers')"
SENT_BY_SCHOOLS = "table_name IN ('students', 'preferences', 'history', 'calendar', 'attendance')"
SENT_BY_EMPLOYERS = "table_name IN ('experiences', 'slots', 'answers')"
PUBLISHED = "EXISTS (SELECT 1 FROM rounds WHERE rounds.published_run = run_id)"
KNOWN = f"{ROLE} IN ('hub', 'auditor', 'worker', 'school', 'employer')"
WRITERS = f"{ROLE} IN ('hub', 'worker')"

READ: dict[str, str] = {
    "rounds": KNOWN,
    "documents": f"{ALL_SEEING} OR {OWN} OR ({ROLE} = 'school' AND {CATALOGUE}) "
    f"OR ({ROLE} = 'employer' AND table_name = 'round')",
    "runs": ALL_SEEING,
    "run_events": ALL_SEEING,
    "run_files": f"{ALL_SEEING} OR ({OWN} AND {PUBLISHED})",
    "keys": f"{ROLE} IN ('hub', 'door')",
    "trail": ALL_SEEING,
}
INSERT: dict[str, str] = {
    "rounds": f"{ROLE} = 'hub'",
    "documents": f"{WRITERS} OR ({ROLE} = 'school' AND {OWN} AND {SENT_BY_SCHOOLS}) "
    f"OR ({ROLE} = 'employer' AND {OWN} AND {SENT_BY_EMPLOYERS})",
    "runs": f"{ROLE} = 'hub'",
    "run_events": f"{ROLE} = 'worker'",
    "run_files": f"{ROLE} = 'worker'",
    "keys": f"{ROLE} = 'hub'",
    "trail": KNOWN,
}
UPDATE: dict[str, str] = {
    "rounds": WRITERS,
    "documents": f"{ROLE} = 'hub'",
    "runs": WRITERS,
    "run_files": f"{ROLE} = 'hub'",
    "keys": f"{ROLE} = 'hub'",
}


def upgrade() -> None:
    """Turn the guard on, for the owner of the tables too; SQLite has none."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, may_read in READ.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_read ON {table} FOR SELECT USING ({may_read})")
        op.execute(f"CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({INSERT[table]})")
        if table in UPDATE:
            op.execute(f"CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({UPDATE[table]})")
