"""Estimates (試算), and the buyers they are asked about."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Numeric
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference, TenantOwned

from .root import Base


class Buyer(Reference, Base):
    """Our copy of what an estimate asks about a buyer (海外商社)."""

    __tablename__ = "buyers"

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    country_code: Mapped[str]
    rating: Mapped[str | None]
    active: Mapped[bool]


class Estimate(TenantOwned, Base):
    """What a contract would cost (試算), with everything it was worked out from.

    Shape: `asked` as it was asked; `rating` of the buyer then, and `rating_basis` what it allowed,
           as `domain.rating.RatingClass`; `parts` as `domain.assessment.Part`.
    """

    __tablename__ = "estimates"
    __table_args__ = (Index("ix_estimates_estimated_at", "tenant", "estimated_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_code: Mapped[str]
    buyer_code: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    rating: Mapped[str | None]
    rating_basis: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    edition: Mapped[str]
    premium: Mapped[Decimal] = mapped_column(Numeric(18, 0))
    sample: Mapped[bool]
    parts: Mapped[list[Any]] = mapped_column(JSON)
    estimated_at: Mapped[datetime]
