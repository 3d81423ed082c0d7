"""The hours of the service, and what is announced to everybody."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261123_0010"
down_revision = "20261122_2330"


def upgrade() -> None:
    """Create them, with the hours that count until staff enter others."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "service_hours",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_service_hours_opens_first")),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_service_hours")),
    )
    op.create_table(
        "announcements",
        sa.Column("announcement_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_ja", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("text_ja", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_until", sa.DateTime(timezone=True)),
        sa.Column("begins_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('NOTICE', 'MAINTENANCE')", name=op.f("ck_announcements_kind")),
        sa.CheckConstraint(
            "(kind = 'MAINTENANCE') = (begins_at IS NOT NULL AND ends_at IS NOT NULL)",
            name=op.f("ck_announcements_maintenance_has_its_time"),
        ),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_announcements_begins_first")),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_announcements")),
    )
    for name in ("service_hours", "announcements"):
        schema.secure_reference_table(name)
    op.execute(
        "INSERT INTO service_hours (valid_from, opens, closes, source, sample)"
        " VALUES ('2004-10-01', '09:00', '17:30', 'assumed, configurable', true)"
    )


def downgrade() -> None:
    """Drop them again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("announcements", "service_hours"):
        op.drop_table(name)
