"""The tariff (料率表), edition by edition, and the categories of countries."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKeyConstraint, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference

from .root import Base, Sourced

_RATE = Numeric(9, 6)
_FACTOR = Numeric(8, 4)


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
