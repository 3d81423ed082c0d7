"""Until when each job of the service has run."""

from alembic import op

from libs.common import schema

revision = "20261123_0020"
down_revision = "20261123_0010"


def upgrade() -> None:
    """Create the table."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    schema.create_job_runs()


def downgrade() -> None:
    """Drop it again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("job_runs")
