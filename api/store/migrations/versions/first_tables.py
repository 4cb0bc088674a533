"""The first tables of the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(40)
WHO = sa.String(200)
TIME = sa.String(32)
SHA = sa.String(64)


def upgrade() -> None:
    """Make rounds, documents, runs, keys and the trail."""
    _rounds()
    _documents()
    _runs()
    _what_runs_make()
    _keys()
    _trail()


def _rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("input_sha256", SHA),
        sa.Column("seed", sa.Text()),
        sa.Column("signed_run", ID),
        sa.Column("signed_by", WHO),
        sa.Column("published_run", ID),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("purged_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("table_name", sa.String(30), nullable=False),
        sa.Column("owner_kind", sa.String(10), nullable=False),
        sa.Column("owner_id", WHO, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("faults", sa.Text()),
        sa.Column("salt", sa.String(32)),
        sa.Column("digest", SHA, nullable=False),
        sa.Column("written_at", TIME, nullable=False),
        sa.Column("written_by", WHO, nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_documents_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint(
            "round_id",
            "table_name",
            "owner_kind",
            "owner_id",
            "version",
            name="uq_documents_round_id_table_name_owner_kind_owner_id_version",
        ),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("idempotency_key", WHO, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("time_limit", sa.Double()),
        sa.Column("input_sha256", SHA),
        sa.Column("certificate", sa.Text()),
        sa.Column("audit", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Double()),
        sa.Column("requested_by", WHO, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("finished_at", TIME),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_runs_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("number", name="uq_runs_number"),
        sa.UniqueConstraint("round_id", "idempotency_key", name="uq_runs_round_id_idempotency_key"),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_runs_one_running", "runs", ["round_id"], unique=True, sqlite_where=running, postgresql_where=running
    )


def _what_runs_make() -> None:
    op.create_table(
        "run_events",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_events_run_id"),
        sa.PrimaryKeyConstraint("run_id", "seq", name="pk_run_events"),
    )
    op.create_table(
        "run_files",
        sa.Column("run_id", ID, nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("owner_kind", sa.String(10), nullable=False),
        sa.Column("owner_id", WHO, nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("digest", SHA, nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_run_files_run_id"),
        sa.PrimaryKeyConstraint("run_id", "path", name="pk_run_files"),
    )


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("digest", SHA, nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("scope", WHO, nullable=False),
        sa.Column("label", WHO, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        sa.UniqueConstraint("digest", name="uq_keys_digest"),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", WHO, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", SHA, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_trail"),
    )
    head = op.create_table(
        "trail_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", SHA, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trail_head"),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
