"""Facts of many things at once are kept compressed."""

from alembic import op

from libs.common.schema import pack_facts, unpack_facts

revision = "20261130_2030"
down_revision = "20261122_2000"


def upgrade() -> None:
    """Make room for them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    pack_facts()


def downgrade() -> None:
    """Take it back."""
    unpack_facts()
