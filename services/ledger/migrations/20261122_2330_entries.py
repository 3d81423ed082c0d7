"""Entries: rows of ledgers written by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema

revision = "20261122_2330"
down_revision = "20261122_2030"

_PROCESSINGS = "('NEW', 'CHANGE', 'CORRECT_ISSUED', 'CORRECT', 'CANCEL')"


def upgrade() -> None:
    """Add them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    texts = ("tenant", "id", "processing", "status", "entered_by", "request_id")
    op.create_table(
        "entries",
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("content", "warnings")),
        sa.Column("received_at", sa.DateTime(timezone=True)),
        sa.Column("deemed_received_on", sa.Date()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_entries")),
        sa.CheckConstraint("status IN ('DRAFT', 'APPLIED')", name=op.f("ck_entries_status")),
        sa.CheckConstraint(f"processing IN {_PROCESSINGS}", name=op.f("ck_entries_processing")),
    )
    op.create_index("ix_entries_updated_at", "entries", ["tenant", "updated_at", "id"])
    schema.secure_tenant_table("entries")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("entries")
