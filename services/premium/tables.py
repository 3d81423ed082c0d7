"""What premium keeps: code tables, the rulebook's dated rows, and the premiums it has made."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.plumbing import add_plumbing
from libs.common.tables import Reference, Table, TenantOwned, new_metadata

_RATE = Numeric(9, 6)
_FACTOR = Numeric(8, 4)
_TTB = Numeric(11, 4)
_RATIO = Numeric()  # as many decimals as the agreement has


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)


class Sourced:
    """Rows that say where their numbers come from, and whether they only stand in for others."""

    source: Mapped[str]
    sample: Mapped[bool]


class CodeTable(Reference, Base):
    """A code table (コード表); `version` is the last one published, in force or not."""

    __tablename__ = "code_tables"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class CodeTableVersion(Reference, Sourced, Base):
    """One published state of a code table, in force from its first day until the next one's."""

    __tablename__ = "code_table_versions"
    __table_args__ = (ForeignKeyConstraint(["name"], ["code_tables.name"]),)

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title_ja: Mapped[str]
    title_en: Mapped[str]
    valid_from: Mapped[date]
    published_at: Mapped[datetime]


class Code(Reference, Base):
    """One code of a version, with its names and the attributes rules read."""

    __tablename__ = "codes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["name", "version"], ["code_table_versions.name", "code_table_versions.version"]
        ),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    name_en: Mapped[str]
    attributes: Mapped[dict[str, str]] = mapped_column(JSONB)


class ExchangeRate(Reference, Sourced, Base):
    """Yen for one unit of a currency (TTB), from its first day until the next one's."""

    __tablename__ = "exchange_rates"
    __table_args__ = (CheckConstraint("ttb > 0", name="positive"),)

    currency: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    ttb: Mapped[Decimal] = mapped_column(_TTB)


class RateEdition(Reference, Sourced, Base):
    """An edition of the tariff (料率版)."""

    __tablename__ = "rate_editions"

    edition: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    minimum_days: Mapped[int]
    sight_days: Mapped[int]
    rate_decimals: Mapped[int]
    factor_decimals: Mapped[int]


class _OfEdition:
    """Rows that hold as long as their edition does."""

    edition: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


def _in_edition() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["edition"], ["rate_editions.edition"])


class BaseRate(Reference, Sourced, _OfEdition, Base):
    """Daily rate a and least rate b of one phase and category."""

    __tablename__ = "base_rates"
    __table_args__ = (_in_edition(),)

    phase: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    a: Mapped[Decimal] = mapped_column(_RATE)
    b: Mapped[Decimal] = mapped_column(_RATE)


class ProductCoefficient(Reference, Sourced, _OfEdition, Base):
    """What a product multiplies the rate by (商品係数)."""

    __tablename__ = "product_coefficients"
    __table_args__ = (_in_edition(),)

    product: Mapped[str] = mapped_column(primary_key=True)
    coefficient: Mapped[Decimal] = mapped_column(_FACTOR)


class CoverCalibration(Reference, Sourced, _OfEdition, Base):
    """The cover ratio a risk's rates were made for, and its share of the rate."""

    __tablename__ = "cover_calibrations"
    __table_args__ = (_in_edition(),)

    phase: Mapped[str] = mapped_column(primary_key=True)
    risk: Mapped[str] = mapped_column(primary_key=True)
    calibrated_cover: Mapped[Decimal] = mapped_column(_FACTOR)
    weight: Mapped[Decimal] = mapped_column(_FACTOR)


class ComponentCountry(Reference, Sourced, _OfEdition, Base):
    """Which country of a contract sets the category of a phase, in order of preference."""

    __tablename__ = "component_countries"
    __table_args__ = (_in_edition(),)

    phase: Mapped[str] = mapped_column(primary_key=True)
    preference: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country: Mapped[str]


class CountryCategory(Reference, Sourced, Base):
    """The category of a country (国カテゴリー), from its first day until the next one's."""

    __tablename__ = "country_categories"

    country_code: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str]


class AgreementCover(TenantOwned, Sourced, Base):
    """Our copy of the cover ratios (付保率) of a special agreement (特約)."""

    __tablename__ = "agreement_covers"

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
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
