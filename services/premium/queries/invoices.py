"""Invoices as policyholders read them: lists, lines, and the statement with every figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .. import tables
from ..errors import InvoiceNotFound, InvoiceNotIssued

Invoice, Line, Made = tables.Invoice, tables.InvoiceLine, tables.Assessment


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices are asked for; an empty part asks for all."""

    agreement_codes: Sequence[str] = ()
    months: Sequence[str] = ()
    statuses: Sequence[str] = ()
    due_on_from: date | None = None
    due_on_to: date | None = None
    updated_at_from: datetime | None = None


def invoices(wanted: InvoiceFilter) -> Select[tables.Invoice]:
    """Select the invoices that fit, for paging."""
    statement = select(Invoice)
    if wanted.agreement_codes:
        statement = statement.where(Invoice.agreement_code.in_(wanted.agreement_codes))
    if wanted.months:
        statement = statement.where(Invoice.month.in_(wanted.months))
    if wanted.statuses:
        statement = statement.where(Invoice.status.in_(wanted.statuses))
    if wanted.due_on_from is not None:
        statement = statement.where(Invoice.due_on >= wanted.due_on_from)
    if wanted.due_on_to is not None:
        statement = statement.where(Invoice.due_on <= wanted.due_on_to)
    if wanted.updated_at_from is not None:
        statement = statement.where(Invoice.updated_at >= wanted.updated_at_from)
    return statement


async def invoice(tx: AsyncSession, invoice_id: str) -> tables.Invoice:
    """Find an invoice, issued or not.

    Raises: InvoiceNotFound.
    """
    found = await tx.get(Invoice, (tx.info["tenant"], invoice_id))
    if found is None:
        raise InvoiceNotFound
    return found


async def issued(tx: AsyncSession, invoice_id: str) -> tables.Invoice:
    """Find an invoice that was issued.

    Raises: InvoiceNotFound, InvoiceNotIssued.
    """
    found = await invoice(tx, invoice_id)
    if found.status == "PENDING":
        raise InvoiceNotIssued
    return found


def lines(invoice: tables.Invoice) -> Select[Any]:
    """Select an invoice's lines with the premium each has, or waits for; for paging."""
    return (
        select(Line)
        .add_columns(Made)
        .outerjoin(Made, of_the_same_history())
        .where(Line.fixed_ledger_id == invoice.fixed_ledger_id)
    )


async def waiting_count(tx: AsyncSession, invoice: tables.Invoice) -> int:
    """Count the lines that have been told and have no premium yet."""
    without = lines(invoice).where(Made.premium.is_(None))
    return await tx.scalar(without.with_only_columns(func.count())) or 0


def of_the_same_history() -> ColumnElement[bool]:
    """Say which premium is a line's."""
    names = ("tenant", "policy_number", "branch_number", "history_number", "revision")
    return and_(*(getattr(Line, name) == getattr(Made, name) for name in names))
