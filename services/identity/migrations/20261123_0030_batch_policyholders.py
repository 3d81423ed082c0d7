"""Jobs of ours, and the policyholders each may act for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "20261123_0030"
down_revision = "20261123_0020"


def upgrade() -> None:
    """Add whom a job may act for; what was registered before is no job."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "machine_clients",
        sa.Column("batch_policyholders", ARRAY(sa.Text()), nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("machine_clients", "batch_policyholders")
