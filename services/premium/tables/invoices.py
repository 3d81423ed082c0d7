"""Invoices (保険料請求書), one for each fixed ledger, and what their terms are.

A line is noted when its ledger is told, and asks for its amount when the invoice is issued; both
happen once. What a branch has been asked for in all is the sum of its lines' amounts.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from libs.common.tables import Reference, TenantOwned

from .root import Base, Sourced

_YEN = Numeric(18, 0)


class Invoice(TenantOwned, Base):
    """The invoice of a fixed ledger (保険料請求書); it waits until every line has a premium."""

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("status IN ('PENDING', 'ISSUED')", name="status"),
        CheckConstraint(
            "(status = 'ISSUED') = (invoice_number IS NOT NULL)"
            " AND (status = 'ISSUED') = (total IS NOT NULL)"
            " AND (status = 'ISSUED') = (sample IS NOT NULL)",
            name="issued_whole",
        ),
        CheckConstraint("(due_on IS NOT NULL) = (coalesce(total, 0) > 0)", name="due_when_owed"),
        UniqueConstraint("tenant", "fixed_ledger_id"),
        UniqueConstraint("tenant", "invoice_number"),
        Index("ix_invoices_updated_at", "tenant", "updated_at", "id"),
        Index(
            "ix_invoices_pending",
            *("tenant", "published_on", "id"),
            postgresql_where="status = 'PENDING'",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    fixed_ledger_id: Mapped[str]
    agreement_code: Mapped[str]
    month: Mapped[str]  # 2026-12
    published_on: Mapped[date]  # the day of issue, too
    line_count: Mapped[int]
    status: Mapped[str]
    invoice_number: Mapped[str | None]
    due_on: Mapped[date | None]
    total: Mapped[Decimal | None] = mapped_column(_YEN)
    sample: Mapped[bool | None]
    version: Mapped[int]
    updated_at: Mapped[datetime]


class InvoiceLine(TenantOwned, Base):
    """One revision of a history on a fixed ledger, and what it is asked for (請求明細).

    Units: yen; none of the three figures before the invoice is issued.
    """

    __tablename__ = "invoice_lines"
    # No foreign key: lines are told before the ledger that the invoice is for.
    __table_args__ = (
        CheckConstraint(
            "(amount IS NULL) = (premium IS NULL)"
            " AND (amount IS NULL) = (already_invoiced IS NULL)",
            name="asked_whole",
        ),
        CheckConstraint(
            "amount = CASE WHEN superseded THEN 0 ELSE premium - already_invoiced END",
            name="difference",
        ),
        UniqueConstraint(
            *("tenant", "policy_number", "branch_number", "history_number", "revision"),
            name="uq_invoice_lines_history",
        ),
    )

    fixed_ledger_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    policy_number: Mapped[str]
    branch_number: Mapped[str]
    history_number: Mapped[str]
    revision: Mapped[int] = mapped_column(SmallInteger)
    late_surcharge: Mapped[bool] = mapped_column(server_default=false())
    superseded: Mapped[bool]  # a later state of the branch was invoiced before this one
    premium: Mapped[Decimal | None] = mapped_column(_YEN)
    already_invoiced: Mapped[Decimal | None] = mapped_column(_YEN)
    amount: Mapped[Decimal | None] = mapped_column(_YEN)


class InvoiceCounter(TenantOwned, Base):
    """The last number of a policyholder's invoices in a fiscal year (請求書番号)."""

    __tablename__ = "invoice_counters"

    fiscal_year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class InvoiceTerm(Reference, Sourced, Base):
    """One term of payment (支払条件), from its first day until the next one's."""

    __tablename__ = "invoice_terms"

    name: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[str]
