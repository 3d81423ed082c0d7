"""What buyers keeps: the register and its ratings, and when each policyholder last used a buyer."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
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


class RatingChange(Reference, Base):
    """A change of a buyer's rating (格付履歴); lines are never changed.

    Whose loss led to it is nobody else's business and does not stand here.
    """

    __tablename__ = "rating_changes"
    __table_args__ = (ForeignKeyConstraint(["buyer_code"], ["buyers.buyer_code"]),)

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous_rating: Mapped[str | None]
    rating: Mapped[str | None]
    cause: Mapped[str]
    changed_on: Mapped[date]


class LossNotice(Reference, Base):
    """A loss notice that stands, and the buyer it names; no policyholder reads it."""

    __tablename__ = "loss_notices"
    __table_args__ = (Index("ix_loss_notices_buyer_code", "buyer_code"),)

    loss_notice_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_code: Mapped[str]


class BuyerUse(TenantOwned, Base):
    """When a policyholder last took out insurance on a buyer; decides who is sleeping."""

    __tablename__ = "buyer_uses"

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    last_used_on: Mapped[date]
    policy_number: Mapped[str]
