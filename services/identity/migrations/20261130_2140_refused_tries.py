"""How many tries a wait has refused, until the access history is told of them."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_2140"
down_revision = "20261130_2030"


def upgrade() -> None:
    """Begin to count them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "throttles", sa.Column("refused", sa.Integer(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Count them no more."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("throttles", "refused")
