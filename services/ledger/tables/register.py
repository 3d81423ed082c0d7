"""The ledger's own copies of reference data, fed by the facts of those who own it."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference

from .root import Base


class Buyer(Reference, Base):
    """What we need of a buyer (海外商社)."""

    __tablename__ = "buyers"

    buyer_code: Mapped[str] = mapped_column(primary_key=True)
    country_code: Mapped[str]
    rating: Mapped[str | None]
    active: Mapped[bool]


class Policyholder(Reference, Base):
    """What we need of a policyholder (保険利用者)."""

    __tablename__ = "policyholders"

    policyholder_code: Mapped[str] = mapped_column(primary_key=True)
    name_ja: Mapped[str]
    active: Mapped[bool]


class Agreement(Reference, Base):
    """What we need of a special agreement (特約)."""

    __tablename__ = "agreements"

    agreement_code: Mapped[str] = mapped_column(primary_key=True)
    branch_office_code: Mapped[str]
    policyholder_code: Mapped[str]
    holder_name_ja: Mapped[str]
    holder_short_name_ja: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    significant_delay_count: Mapped[int]
    minimum_increase_amount: Mapped[Decimal] = mapped_column(Numeric, server_default="0")


class CodeTable(Reference, Base):
    """A code table (コード表) as published, one row a version."""

    __tablename__ = "code_tables"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class RuleSeverity(Reference, Base):
    """How grave a rule is from a day on, where it is not as the rule book prints it."""

    __tablename__ = "rule_severities"

    rule: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    severity: Mapped[str]
    source: Mapped[str]
