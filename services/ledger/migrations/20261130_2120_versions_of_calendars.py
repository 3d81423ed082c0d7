"""Days of publication version by version, with who entered them."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_2120"
down_revision = "20261130_2110"

_TABLE = "cycle_calendars"
_OWN = ["branch_office_code", "ledger"]


def upgrade() -> None:
    """Number what there is as the first version."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    first = sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    op.add_column(_TABLE, first)
    op.alter_column(_TABLE, "version", server_default=None)
    op.add_column(_TABLE, sa.Column("entered_at", sa.DateTime(timezone=True)))
    op.add_column(_TABLE, sa.Column("entered_by", sa.Text()))
    _key_by("version")


def downgrade() -> None:
    """Keep of each first day the newest version."""
    op.execute(f"""
        DELETE FROM {_TABLE} AS older USING {_TABLE} AS newer
        WHERE older.branch_office_code = newer.branch_office_code
          AND older.ledger = newer.ledger AND older.valid_from = newer.valid_from
          AND older.version < newer.version
    """)  # noqa: S608  # our own name
    _key_by("valid_from")
    for name in ("entered_by", "entered_at", "version"):
        op.drop_column(_TABLE, name)


def _key_by(last: str) -> None:
    name = op.f(f"pk_{_TABLE}")
    op.drop_constraint(name, _TABLE, type_="primary")
    op.create_primary_key(name, _TABLE, [*_OWN, last])
