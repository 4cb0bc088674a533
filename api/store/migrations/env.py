"""How Alembic runs a migration: on the connection that it is handed, in that connection's transaction."""

from __future__ import annotations

from alembic import context

from api.store.model import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
