"""How late a contract was applied for."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0005"
down_revision = "20261122_2355"

_DEGREES = "('LATE', 'EXPLANATION_WANTED', 'SIGNIFICANT_DELAY')"


def upgrade() -> None:
    """Add it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("contracts", sa.Column("lateness", sa.Text()))
    op.create_check_constraint(
        op.f("ck_contracts_lateness"), "contracts", f"lateness IN {_DEGREES}"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_constraint(op.f("ck_contracts_lateness"), "contracts", type_="check")
    op.drop_column("contracts", "lateness")
