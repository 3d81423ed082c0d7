"""The register of overseas buyers, and when each policyholder last used one."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_0900"
down_revision = None


def upgrade() -> None:
    """Create the register."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    schema.create_plumbing()
    op.create_table(
        "buyers",
        sa.Column("buyer_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("buyer_code ~ '^[0-9]{7}$'", name=op.f("ck_buyers_seven_digits")),
        sa.CheckConstraint("kind IN ('BUYER', 'BANK')", name=op.f("ck_buyers_kind")),
        sa.PrimaryKeyConstraint("buyer_code", name=op.f("pk_buyers")),
    )
    op.create_index("ix_buyers_country", "buyers", ["country", "buyer_code"])
    op.create_index(
        "ix_buyers_search_key",
        "buyers",
        ["search_key"],
        postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    schema.secure_reference_table("buyers")
    op.create_table(
        "buyer_uses",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("buyer_code", sa.Text(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=False),
        sa.Column("policy_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "buyer_code", name=op.f("pk_buyer_uses")),
    )
    schema.secure_tenant_table("buyer_uses")


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("buyer_uses")
    op.drop_table("buyers")
    schema.drop_plumbing()
