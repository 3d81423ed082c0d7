"""By which rules each refused row was refused, and how many errors it has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_2110"
down_revision = "20261130_2030"


def upgrade() -> None:
    """Add both; of rows that were refused before nothing is said."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    rules = postgresql.ARRAY(sa.Text())
    op.add_column("refused_rows", sa.Column("rules", rules, server_default="{}", nullable=False))
    counted = sa.Integer()
    op.add_column(
        "refused_rows", sa.Column("error_count", counted, server_default="0", nullable=False)
    )
    for name in ("rules", "error_count"):
        op.alter_column("refused_rows", name, server_default=None)


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("refused_rows", "error_count")
    op.drop_column("refused_rows", "rules")
