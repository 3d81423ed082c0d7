"""Code tables, version by version, and the exchange rates published beside them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference

from .root import Base, Sourced

_TTB = Numeric(11, 4)


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
