"""The access history (アクセス履歴): a chain of entries for each policyholder, only added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class HistoryHead(TenantOwned, Base):
    """Where a policyholder's chain ends; its lock puts those who add to it in order."""

    __tablename__ = "history_heads"

    seq: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[bytes]


class HistoryEntry(TenantOwned, Base):
    """Who did what, or tried to, from where; bound by hash to all that went before."""

    __tablename__ = "access_history"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str]
    occurred_at: Mapped[datetime]
    actor_type: Mapped[str]
    actor_id: Mapped[str]
    actor_role: Mapped[str | None]
    sid_hash: Mapped[str | None]
    source_address: Mapped[str | None]
    user_agent: Mapped[str]
    action: Mapped[str]
    target: Mapped[str | None]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    request_id: Mapped[str]
    acr: Mapped[str | None]
    amr: Mapped[str | None]
    changed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    prev_hash: Mapped[bytes]
    entry_hash: Mapped[bytes]
