"""What two people decide together: approvals, and the bank accounts that come of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class Approval(TenantOwned, Base):
    """A request that needs a second administrator (承認); its content never changes.

    `effective_at` is when an approved one comes into force. What only time decides (expired,
    in force) is read from the clock and never written.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('BANK_ACCOUNT_CREATE', 'BANK_ACCOUNT_CHANGE', 'BANK_ACCOUNT_DELETE',"
            " 'MACHINE_CLIENT_CREATE', 'MACHINE_CLIENT_KEY', 'ADMINISTRATOR_GRANT')",
            name="kind",
        ),
        CheckConstraint(
            "status IN ('PENDING', 'APPROVED', 'REJECTED', 'CANCELLED')", name="status"
        ),
        CheckConstraint(
            "status <> 'APPROVED' OR effective_at IS NOT NULL", name="approved_has_effect"
        ),
        CheckConstraint(
            "status = 'CANCELLED' OR decided_by IS DISTINCT FROM requested_by", name="four_eyes"
        ),
    )

    approval_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    target: Mapped[str | None]
    sealed_content: Mapped[bytes]
    encryption_key_id: Mapped[str]
    content_hash: Mapped[str]
    status: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class BankAccount(TenantOwned, Base):
    """A bank account (振込口座) as one approval made it; the newest one in force counts.

    `revision` counts the approvals of one account; a deleted account is a revision, too.
    """

    __tablename__ = "bank_accounts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant", "approval_id"], ["approvals.tenant", "approvals.approval_id"]
        ),
        CheckConstraint("kind IN ('ORDINARY', 'CURRENT')", name="kind"),
        Index("ix_bank_accounts_in_force_from", "tenant", "in_force_from"),
    )

    bank_account_id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    approval_id: Mapped[str]
    bank_code: Mapped[str]
    branch_code: Mapped[str]
    kind: Mapped[str]
    holder_kana: Mapped[str]
    number_tail: Mapped[str]
    sealed_number: Mapped[bytes]
    encryption_key_id: Mapped[str]
    deleted: Mapped[bool]
    cancelled: Mapped[bool]
    in_force_from: Mapped[datetime]


class UsedIntent(TenantOwned, Base):
    """A proof for one request that has been used for it."""

    __tablename__ = "used_intents"

    jti: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime]
