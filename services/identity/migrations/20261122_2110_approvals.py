"""What two people decide together, and the bank accounts that come of it."""

import sqlalchemy as sa
from alembic import op

from libs.common import schema

revision = "20261122_2110"
down_revision = "20261122_2100"

_TENANT_TABLES = (
    "approvals",
    "used_intents",
    "bank_accounts",
)


def upgrade() -> None:
    """Create them."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "approvals",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("encryption_key_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("effective_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('BANK_ACCOUNT_CREATE', 'BANK_ACCOUNT_CHANGE', 'BANK_ACCOUNT_DELETE',"
            " 'MACHINE_CLIENT_CREATE', 'MACHINE_CLIENT_KEY', 'ADMINISTRATOR_GRANT')",
            name=op.f("ck_approvals_kind"),
        ),
        sa.CheckConstraint(
            "status <> 'APPROVED' OR effective_at IS NOT NULL",
            name=op.f("ck_approvals_approved_has_effect"),
        ),
        sa.CheckConstraint(
            "status = 'CANCELLED' OR decided_by IS DISTINCT FROM requested_by",
            name=op.f("ck_approvals_four_eyes"),
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED')",
            name=op.f("ck_approvals_status"),
        ),
        sa.PrimaryKeyConstraint("tenant", "approval_id", name=op.f("pk_approvals")),
    )
    op.create_table(
        "used_intents",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "jti", name=op.f("pk_used_intents")),
    )
    op.create_table(
        "bank_accounts",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("bank_account_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("branch_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_kana", sa.Text(), nullable=False),
        sa.Column("number_tail", sa.Text(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("encryption_key_id", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('ORDINARY', 'CURRENT')", name=op.f("ck_bank_accounts_kind")),
        sa.ForeignKeyConstraint(
            ["tenant", "approval_id"],
            ["approvals.tenant", "approvals.approval_id"],
            name=op.f("fk_bank_accounts_tenant_approval_id_approvals"),
        ),
        sa.PrimaryKeyConstraint(
            "tenant", "bank_account_id", "revision", name=op.f("pk_bank_accounts")
        ),
    )
    op.create_index(
        "ix_bank_accounts_in_force_from", "bank_accounts", ["tenant", "in_force_from"], unique=False
    )
    for name in _TENANT_TABLES:
        schema.secure_tenant_table(name)
    # Two administrators of a company may register its program.
    op.execute("GRANT INSERT ON client_directory TO identity_app")


def downgrade() -> None:
    """Drop them again, what refers to others first."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("REVOKE INSERT ON client_directory FROM identity_app")
    for name in reversed(_TENANT_TABLES):
        op.drop_table(name)
