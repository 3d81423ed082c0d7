"""Which lines of an invoice may bear a surcharge for lateness."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_2345"
down_revision = "20261122_2000"


def upgrade() -> None:
    """Add it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "invoice_lines",
        sa.Column("late_surcharge", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("invoice_lines", "late_surcharge")
