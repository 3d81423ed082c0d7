"""What the last entry of a history was bound to, so that the next is added by one statement."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_2310"
down_revision = "20261130_2140"


def upgrade() -> None:
    """Make room for it; it is known from the next entry on."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("history_heads", sa.Column("prev_hash", sa.LargeBinary()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("history_heads", "prev_hash")
