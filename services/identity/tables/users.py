"""Web users (Web利用者), what they prove themselves by, and the codes mailed to them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class LoginDirectoryEntry(TenantOwned, Base):
    """Whose a login id is; asked before anybody is known, so its rows are the platform's."""

    __tablename__ = "login_directory"

    login_id: Mapped[str] = mapped_column(primary_key=True)
    policyholder_code: Mapped[str]
    user_id: Mapped[str]


class User(TenantOwned, Base):
    """A person who acts for a policyholder (Web利用者): administrator or applicant.

    Without a password nobody signs in: an activation code must come first. `trusted_from` is when
    a user may approve others' requests: a day after somebody else last had a hand in the account.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('ADMINISTRATOR', 'APPLICANT')", name="role"),
        CheckConstraint("status IN ('ACTIVE', 'DISABLED')", name="status"),
        CheckConstraint("role = 'APPLICANT' OR otp_required", name="administrators_use_otp"),
        CheckConstraint(
            "encryption_key_id IS NOT NULL"
            " OR coalesce(sealed_otp_secret, sealed_pending_secret) IS NULL",
            name="secrets_name_their_key",
        ),
    )

    user_id: Mapped[str] = mapped_column(primary_key=True)
    login_id: Mapped[str]
    role: Mapped[str]
    status: Mapped[str]
    name: Mapped[str]
    mail: Mapped[str]
    password_hash: Mapped[str | None]
    otp_required: Mapped[bool]
    sealed_otp_secret: Mapped[bytes | None]
    sealed_pending_secret: Mapped[bytes | None]
    encryption_key_id: Mapped[str | None]
    last_otp_step: Mapped[int] = mapped_column(BigInteger)
    trusted_from: Mapped[datetime]
    created_at: Mapped[datetime]
    version: Mapped[int]
    updated_at: Mapped[datetime]


def of_user() -> ForeignKeyConstraint:
    """Bind rows to the user they belong to."""
    return ForeignKeyConstraint(["tenant", "user_id"], ["users.tenant", "users.user_id"])


class RecoveryCode(TenantOwned, Base):
    """A code for the day the telephone is lost (リカバリーコード), used once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (of_user(),)

    user_id: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class MailedCode(TenantOwned, Base):
    """The one code of a purpose that a user may bring back from their mail."""

    __tablename__ = "mailed_codes"
    __table_args__ = (
        of_user(),
        CheckConstraint("purpose IN ('ACTIVATION', 'REISSUE')", name="purpose"),
    )

    user_id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    code_mac: Mapped[bytes]
    browser_hash: Mapped[bytes | None]
    tries: Mapped[int]
    expires_at: Mapped[datetime]


class Mail(TenantOwned, Base):
    """A mail on its way, sealed; its rows are the platform's, and gone once it is sent."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_next_try_at", "next_try_at"),)

    mail_id: Mapped[str] = mapped_column(primary_key=True)
    sealed_content: Mapped[bytes]
    tries: Mapped[int]
    next_try_at: Mapped[datetime]
    queued_at: Mapped[datetime]
