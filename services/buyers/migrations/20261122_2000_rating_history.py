"""How buyers were rated, and the loss notices that stand against them."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_2000"
down_revision = "20261122_0900"


def upgrade() -> None:
    """Create the tables, and begin the history of the buyers there are."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "rating_changes",
        sa.Column("buyer_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("previous_rating", sa.Text()),
        sa.Column("rating", sa.Text()),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("buyer_code", "number", name=op.f("pk_rating_changes")),
        sa.ForeignKeyConstraint(
            ["buyer_code"],
            ["buyers.buyer_code"],
            name=op.f("fk_rating_changes_buyer_code_buyers"),
        ),
    )
    schema.secure_reference_table("rating_changes")
    op.execute(
        "INSERT INTO rating_changes (buyer_code, number, rating, cause, changed_on) "
        "SELECT buyer_code, 1, rating, 'ENTERED', (updated_at AT TIME ZONE 'Asia/Tokyo')::date "
        "FROM buyers WHERE rating IS NOT NULL"
    )
    op.create_table(
        "loss_notices",
        sa.Column("loss_notice_id", sa.Text(), nullable=False),
        sa.Column("buyer_code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("loss_notice_id", name=op.f("pk_loss_notices")),
    )
    op.create_index("ix_loss_notices_buyer_code", "loss_notices", ["buyer_code"])
    # Not even to read: how many losses others have with a buyer concerns no policyholder.
    op.execute("GRANT SELECT, INSERT, DELETE ON loss_notices TO buyers_staff")


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("loss_notices")
    op.drop_table("rating_changes")
