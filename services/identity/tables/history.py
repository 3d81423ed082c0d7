"""The access history (アクセス履歴): a chain of entries for each policyholder, only added to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class HistoryHead(TenantOwned, Base):
    """Where a policyholder's chain ends, and until where a checkpoint covers it.

    Its lock puts those who add to it in order.
    """

    __tablename__ = "history_heads"

    seq: Mapped[int] = mapped_column(BigInteger)
    entry_hash: Mapped[bytes]
    prev_hash: Mapped[bytes | None]  # what the last entry was bound to
    signed_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")


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


class HistoryCheckpoint(TenantOwned, Base):
    """A signed word on how long a chain was and which its last entry was (チェックポイント)."""

    __tablename__ = "history_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    head_hash: Mapped[bytes]
    signed_at: Mapped[datetime]
    kid: Mapped[str]
    signature: Mapped[str]


class CheckpointTask(Base):
    """A chain that waits for a checkpoint, of every policyholder in turn."""

    __tablename__ = "checkpoint_tasks"

    chain: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]


class HistoryExport(TenantOwned, Base):
    """A part of the access history that somebody takes away (アクセス履歴の出力).

    The part never changes, so that its file is written while it is downloaded.
    """

    __tablename__ = "history_exports"
    __table_args__ = (CheckConstraint("format IN ('CSV', 'JSONL')", name="format"),)

    export_id: Mapped[str] = mapped_column(primary_key=True)
    format: Mapped[str]
    charset: Mapped[str]
    occurred_at_from: Mapped[datetime]
    occurred_at_to: Mapped[datetime]
    first_seq: Mapped[int] = mapped_column(BigInteger)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
