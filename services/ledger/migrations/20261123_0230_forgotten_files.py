"""Since when the file of an upload is no longer kept."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0230"
down_revision = "20261123_0005"


def upgrade() -> None:
    """Add it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("uploads", sa.Column("forgotten_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_uploads_kept",
        "uploads",
        ["tenant", "finished_at"],
        postgresql_where=sa.text("forgotten_at IS NULL"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_uploads_kept", "uploads")
    op.drop_column("uploads", "forgotten_at")
