"""Signed checkpoints of the access history, the keys that sign them, and exports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from libs.common import schema

revision = "20261122_2330"
down_revision = "20261122_2120"

_TENANT_TABLES = ("history_checkpoints", "history_exports")


def upgrade() -> None:
    """Create them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "history_heads",
        sa.Column("signed_seq", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.create_table(
        "audit_keys",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_jwk", JSONB(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("encryption_key_id", sa.Text(), nullable=False),
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_audit_keys")),
    )
    op.create_table(
        "checkpoint_tasks",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_checkpoint_tasks")),
    )
    op.create_table(
        "history_checkpoints",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "size", name=op.f("pk_history_checkpoints")),
    )
    op.create_table(
        "history_exports",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("export_id", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("occurred_at_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_at_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('CSV', 'JSONL')", name=op.f("ck_history_exports_format")),
        sa.PrimaryKeyConstraint("tenant", "export_id", name=op.f("pk_history_exports")),
    )
    for name in _TENANT_TABLES:
        schema.secure_tenant_table(name)
    schema.secure_reference_table("audit_keys")
    schema.secure_service_table("checkpoint_tasks")
    # Every chain there is begins to wait; who moves no head writes no checkpoint.
    op.execute("ALTER TABLE history_heads NO FORCE ROW LEVEL SECURITY")
    op.execute("INSERT INTO checkpoint_tasks SELECT tenant, now() FROM history_heads")
    op.execute("ALTER TABLE history_heads FORCE ROW LEVEL SECURITY")
    # What is signed stays as it was signed.
    for name in _TENANT_TABLES:
        op.execute(f"REVOKE UPDATE, DELETE ON {name} FROM identity_app, identity_staff")


def downgrade() -> None:
    """Drop them again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in (*_TENANT_TABLES, "checkpoint_tasks", "audit_keys"):
        op.drop_table(name)
    op.drop_column("history_heads", "signed_seq")
