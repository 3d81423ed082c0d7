"""Our own signing keys, and what has ended before its time: read before a tenant is known."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference

from .root import Base


class SigningKey(Reference, Base):
    """A key of ours that signs access tokens; its private half is sealed."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed_private_key: Mapped[bytes]
    encryption_key_id: Mapped[str]
    signs_from: Mapped[datetime]


class AuditKey(Reference, Base):
    """A key of ours that signs checkpoints of the access history, and nothing else.

    Its public half is kept for ever: what it has signed is verified years later. Its private half
    is destroyed with its last signature, so that nobody ever signs in the name of those years.
    """

    __tablename__ = "audit_keys"
    __table_args__ = (
        CheckConstraint("num_nonnulls(sealed_private_key, encryption_key_id) <> 1", name="sealed"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed_private_key: Mapped[bytes | None]
    encryption_key_id: Mapped[str | None]
    signs_from: Mapped[datetime]


class Revocation(Reference, Base):
    """A `sid` or `jti` that has ended before its time."""

    __tablename__ = "revocations"
    __table_args__ = (Index("ix_revocations_revoked_at", "revoked_at"),)

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    revoked_id: Mapped[str]
    revoked_at: Mapped[datetime]
