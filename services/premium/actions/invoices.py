"""Invoices are issued (保険料請求書の発行), one for each fixed ledger, with its last premium."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.money import Money
from libs.common.outbox import announce
from libs.common.wire import new_id

from .. import events, tables
from ..domain import invoice as rules
from ..domain.invoice import ListedLine
from ..queries import invoicing


class DoesNotAddUp(ArithmeticError):
    """An invoice's lines do not come to its total, or a branch's not to its premium."""


@dataclass(frozen=True, slots=True)
class FixedLedger:
    """A fixed ledger (確定用台帳) that was published, as the ledger tells it."""

    fixed_ledger_id: str
    agreement_code: str
    month: str
    published_on: date
    line_count: int


async def note_lines(
    tx: AsyncSession, fixed_ledger_id: str, lines: Sequence[ListedLine], at: datetime
) -> None:
    """Note the lines of a fixed ledger; the invoice follows when the ledger is published."""
    await invoicing.alone(tx)
    await invoicing.note_lines(tx, fixed_ledger_id, lines)
    await _issue_complete(tx, [fixed_ledger_id], at)


async def invoice(tx: AsyncSession, ledger: FixedLedger, at: datetime) -> None:
    """Invoice a fixed ledger (保険料請求): at once, or when its last premium is made."""
    await invoicing.alone(tx)
    pending = insert(tables.Invoice).values(
        tenant=tx.info["tenant"],
        id=new_id("invoice"),
        status="PENDING",
        version=1,
        updated_at=at,
        **asdict(ledger),
    )
    key = ["tenant", "fixed_ledger_id"]
    await tx.execute(pending.on_conflict_do_nothing(index_elements=key))
    await _issue_complete(tx, [ledger.fixed_ledger_id], at)


async def invoice_with(tx: AsyncSession, made: Sequence[Row[Any]], at: datetime) -> None:
    """Issue the invoices for which these premiums were the last."""
    if ledgers := await invoicing.waiting_for(tx, made):
        await _issue_complete(tx, ledgers, at)


async def _issue_complete(
    tx: AsyncSession, fixed_ledger_ids: Collection[str], at: datetime
) -> None:
    for pending in await invoicing.complete(tx, fixed_ledger_ids):
        await _issue(tx, pending, at)


async def _issue(tx: AsyncSession, pending: tables.Invoice, at: datetime) -> None:
    """Issue an invoice, dated as its ledger is, however late its last premium was made.

    Raises: DoesNotAddUp.
    """
    issued_on = pending.published_on
    terms = await invoicing.terms(tx, issued_on)
    asked = await invoicing.ask(tx, pending.fixed_ledger_id)
    if not await invoicing.adds_up(tx, pending.fixed_ledger_id, asked.total):
        raise DoesNotAddUp(pending.id)

    serial = await invoicing.next_number(tx, issued_on)
    pending.invoice_number = rules.invoice_number(pending.tenant, issued_on, serial)
    pending.due_on = rules.due_on(asked.total, issued_on, terms)
    pending.total = asked.total.amount
    pending.sample = rules.is_sample(asked, terms)
    pending.status = "ISSUED"
    pending.version += 1
    pending.updated_at = at
    await tx.flush()
    await announce(tx, _issued(pending, pending.invoice_number, asked.total))


def _issued(invoice: tables.Invoice, number: str, total: Money) -> events.InvoiceIssued:
    return events.InvoiceIssued(
        invoice_id=invoice.id,
        invoice_number=number,
        fixed_ledger_id=invoice.fixed_ledger_id,
        agreement_code=invoice.agreement_code,
        policyholder_code=invoice.tenant,
        month=invoice.month,
        issued_on=invoice.published_on,
        due_on=invoice.due_on,
        total=total,
        line_count=invoice.line_count,
        sample=bool(invoice.sample),
    )
