"""Entries (個別入力): rows of a ledger written by hand, until they are submitted and after."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base


class Entry(TenantOwned, Base):
    """Rows of one policy by hand (個別入力): a draft, or what was taken in of it.

    Shape: `content` as in `domain/by_hand.py`; `warnings` are findings, as uploads keep them.
    """

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("status IN ('DRAFT', 'APPLIED')", name="status"),
        CheckConstraint(
            "processing IN ('NEW', 'CHANGE', 'CORRECT_ISSUED', 'CORRECT', 'CANCEL')",
            name="processing",
        ),
        Index("ix_entries_updated_at", "tenant", "updated_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    processing: Mapped[str]
    status: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    entered_by: Mapped[str]
    request_id: Mapped[str]
    received_at: Mapped[datetime | None]
    deemed_received_on: Mapped[date | None]
    updated_at: Mapped[datetime]
    version: Mapped[int]
