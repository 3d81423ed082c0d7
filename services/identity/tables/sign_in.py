"""Signing in: sign-ins half done, sessions, and how often somebody has tried in vain."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base
from .users import of_user


class Throttle(TenantOwned, Base):
    """How often one subject has tried, and until when it has to wait; the platform's rows.

    `refused` are the tries of a wait that the history has not been told of yet.
    """

    __tablename__ = "throttles"

    subject: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    since: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
    refused: Mapped[int] = mapped_column(server_default="0")


class SignIn(TenantOwned, Base):
    """A sign-in half done (ログイン手続), held by the browser that has its cookie."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        of_user(),
        CheckConstraint(
            "step IN ('OTP', 'ACTIVATION', 'PASSWORD', 'ENROLMENT', 'CONFIRMATION')", name="step"
        ),
    )

    handle_hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    step: Mapped[str]
    tries: Mapped[int]
    expires_at: Mapped[datetime]


class UserSession(TenantOwned, Base):
    """What a user has after signing in (セッション); its id is the `sid` of its tokens."""

    __tablename__ = "sessions"
    __table_args__ = (
        of_user(),
        CheckConstraint("kind IN ('FULL', 'RECOVERY')", name="kind"),
        Index("ix_sessions_user_id", "tenant", "user_id", "ended_at"),
    )

    session_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    kind: Mapped[str]
    acr: Mapped[str]
    amr: Mapped[list[str]] = mapped_column(ARRAY(Text))
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    source_address: Mapped[str | None]
    user_agent: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class RefreshToken(TenantOwned, Base):
    """A refresh token of a session, by its hash; `used_at` is when its successor was made."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "session_id"], ["sessions.tenant", "sessions.session_id"]),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[str]
    used_at: Mapped[datetime | None]
