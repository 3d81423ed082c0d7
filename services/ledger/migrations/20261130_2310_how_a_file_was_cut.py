"""Into how many parts a file was cut: so that a policy is looked for where it lies."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_2310"
down_revision = "20261130_2120"


def upgrade() -> None:
    """Write it down; of files that are waiting nobody knows."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("uploads", sa.Column("cut_into", sa.Integer()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("uploads", "cut_into")
