"""What buyers keeps: the register itself, and when each policyholder last used a buyer."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.plumbing import add_plumbing
from libs.common.tables import Reference, Table, TenantOwned, new_metadata


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)


class Buyer(Reference, Base):
    """An overseas buyer or bank in the register (海外商社)."""

    __tablename__ = "buyers"
    __table_args__ = (
        CheckConstraint("buyer_code ~ '^[0-9]{7}$'", name="seven_digits"),
        CheckConstraint("kind IN ('BUYER', 'BANK')", name="kind"),
        Index(
            "ix_buyers_search_key",
            "search_key",
            postgresql_using="gin",
            postgresql_ops={"search_key": "gin_trgm_ops"},
        ),
        Index("ix_buyers_country", "country", "buyer_code"),
    )

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_key: Mapped[str]
    country: Mapped[str]
    country_code: Mapped[str]
    kind: Mapped[str]
    rating: Mapped[str | None]
    active: Mapped[bool]
    sample: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class BuyerUse(TenantOwned, Base):
    """When a policyholder last took out insurance on a buyer; decides who is sleeping."""

    __tablename__ = "buyer_uses"

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    last_used_on: Mapped[date]
    policy_number: Mapped[str]
