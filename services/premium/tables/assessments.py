"""What was agreed, and the premium that was made of each history (保険料)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import TenantOwned

from .root import Base, Sourced

_RATIO = Numeric()  # as many decimals as the agreement has


class AgreementCover(TenantOwned, Sourced, Base):
    """Our copy of a special agreement (特約): its holder's name, and its cover ratios (付保率)."""

    __tablename__ = "agreement_covers"

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
    holder_name_ja: Mapped[str | None]
    pre_shipment_political: Mapped[Decimal] = mapped_column(_RATIO)
    pre_shipment_credit: Mapped[Decimal] = mapped_column(_RATIO)
    post_shipment_political: Mapped[Decimal] = mapped_column(_RATIO)
    post_shipment_credit: Mapped[Decimal] = mapped_column(_RATIO)


class Assessment(TenantOwned, Base):
    """The premium of one revision of a branch history (保険料), or what is missing for it.

    Shape: `parts` as `domain.assessment.Part`; `contract` is kept only while no premium can be
           made, for the next try.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("(premium IS NULL) = (missing IS NOT NULL)", name="made_or_missing"),
        CheckConstraint("(premium IS NULL) = (contract IS NOT NULL)", name="kept_while_missing"),
        Index(
            "ix_assessments_waiting",
            "tenant",
            "agreement_code",
            postgresql_where="missing IS NOT NULL",
        ),
    )

    policy_number: Mapped[str] = mapped_column(primary_key=True)
    branch_number: Mapped[str] = mapped_column(primary_key=True)
    history_number: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agreement_code: Mapped[str]
    bucket: Mapped[int]
    edition: Mapped[str | None]
    premium: Mapped[Decimal | None] = mapped_column(Numeric(18, 0))
    sample: Mapped[bool]
    missing: Mapped[str | None]
    missing_what: Mapped[str | None]
    # Written once and read whole: plain text costs half of what a searchable form would.
    parts: Mapped[list[Any]] = mapped_column(JSON)
    contract: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    assessed_at: Mapped[datetime]
