"""Deadlines of procedures, and policies by history: a cancelled one gives way to the one before."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_2000"
down_revision = "20261122_1000"

_COLUMNS = (
    "tenant, policy_number, branch_number, history_number, revision, status, contract_date, "
    "last_shipment_date, currency, contract_principal, destination_country, payer_code"
)
_KEY = ("tenant", "policy_number", "branch_number")


def upgrade() -> None:
    """Add the deadline, and keep every history of a branch."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("procedures", sa.Column("deadline_on", sa.Date()))
    _create("policy_histories", *_KEY, "history_number")
    _move("policy_branches", "policy_histories")


def downgrade() -> None:
    """Keep the newest history of a branch only, and no deadline."""
    _create("policy_branches", *_KEY)
    _move("policy_histories", "policy_branches")
    op.drop_column("procedures", "deadline_on")


def _create(name: str, *key: str) -> None:
    texts = (*_KEY, "history_number", "status", "currency", "destination_country", "payer_code")
    op.create_table(
        name,
        *(sa.Column(text, sa.Text(), nullable=False) for text in texts),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.Column("contract_date", sa.Date(), nullable=False),
        sa.Column("last_shipment_date", sa.Date(), nullable=False),
        sa.Column("contract_principal", sa.Numeric(15, 2), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["tenant", "policy_number"],
            ["policies.tenant", "policies.policy_number"],
            name=op.f(f"fk_{name}_tenant_policy_number_policies"),
        ),
    )
    schema.secure_tenant_table(name)


def _move(old: str, new: str) -> None:
    """Take the newest history of each branch over, whosever it is."""
    op.execute(f"ALTER TABLE {old} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {new} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"INSERT INTO {new} ({_COLUMNS}) "  # noqa: S608 (our own names)
        f"SELECT DISTINCT ON ({', '.join(_KEY)}) {_COLUMNS} FROM {old} "
        f"ORDER BY {', '.join(_KEY)}, history_number DESC"
    )
    op.execute(f"ALTER TABLE {new} FORCE ROW LEVEL SECURITY")
    op.drop_table(old)
