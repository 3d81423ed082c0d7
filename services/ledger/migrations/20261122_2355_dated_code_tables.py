"""Code tables of which a version counts from its first day, and replaces none before it."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "20261122_2355"
down_revision = "20261122_2330"


def upgrade() -> None:
    """Give each version a row of its own; what is there has always counted."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    begun = sa.Column(
        "valid_from", sa.Date(), nullable=False, server_default=str(date(2004, 10, 1))
    )
    op.add_column("code_tables", begun)
    op.alter_column("code_tables", "valid_from", server_default=None)
    op.drop_constraint("pk_code_tables", "code_tables")
    op.create_primary_key("pk_code_tables", "code_tables", ["name", "version"])


def downgrade() -> None:
    """Leave the newest version of each."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "DELETE FROM code_tables AS older USING code_tables AS newer"
        " WHERE newer.name = older.name AND newer.version > older.version"
    )
    op.drop_constraint("pk_code_tables", "code_tables")
    op.create_primary_key("pk_code_tables", "code_tables", ["name"])
    op.drop_column("code_tables", "valid_from")
