"""What a change says of itself, how often a piece of work was begun, the least increase to tell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from libs.common import schema

revision = "20261122_2030"
down_revision = "20261122_2000"

_KINDS = "('READ', 'JUDGE', 'APPLY', 'APPLY_ALL', 'TIDY')"
_KINDS_BEFORE = "('READ', 'JUDGE', 'APPLY', 'APPLY_ALL')"
_OF_A_CHANGE = ("significant_items", "notify_by", "late_notification")


def upgrade() -> None:
    """Add them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    items = postgresql.ARRAY(sa.SmallInteger())
    for column in (
        sa.Column("significant_items", items, server_default="{}", nullable=False),
        sa.Column("notify_by", sa.Date()),
        sa.Column("late_notification", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("contract_histories", column)
    # Until the agreement is told again every increase counts, which tells of too many at worst.
    least = sa.Column("minimum_increase_amount", sa.Numeric(), server_default="0", nullable=False)
    op.add_column("agreements", least)
    op.create_table(
        "upload_task_takers",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", "worker", name=op.f("pk_upload_task_takers")),
    )
    schema.secure_service_table("upload_task_takers")
    _allow(_KINDS)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM upload_tasks WHERE kind = 'TIDY'")
    _allow(_KINDS_BEFORE)
    op.drop_table("upload_task_takers")
    op.drop_column("agreements", "minimum_increase_amount")
    for name in _OF_A_CHANGE:
        op.drop_column("contract_histories", name)


def _allow(kinds: str) -> None:
    name = op.f("ck_upload_tasks_kind")
    op.drop_constraint(name, "upload_tasks", type_="check")
    op.create_check_constraint(name, "upload_tasks", f"kind IN {kinds}")
