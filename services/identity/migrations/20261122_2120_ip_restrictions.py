"""From where a policyholder's callers may come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common import schema

revision = "20261122_2120"
down_revision = "20261122_2110"

_TENANT_TABLES = ("ip_restrictions",)


def upgrade() -> None:
    """Create them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "ip_restrictions",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("policyholder_code", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("networks", ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT enabled OR cardinality(networks) > 0",
            name=op.f("ck_ip_restrictions_enabled_has_networks"),
        ),
        sa.PrimaryKeyConstraint("tenant", "policyholder_code", name=op.f("pk_ip_restrictions")),
    )
    for name in _TENANT_TABLES:
        schema.secure_tenant_table(name)


def downgrade() -> None:
    """Drop them again, what refers to others first."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in reversed(_TENANT_TABLES):
        op.drop_table(name)
