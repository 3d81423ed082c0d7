"""Facts the ledger hears: the registers of others, kept as its own copies, and invoices."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.common.events import Event
from libs.common.inbox import Inbox

from . import tables
from .actions import fixed_ledgers

inbox = Inbox("ledger.inbox")


class BuyerState(Event, type="buyers.buyer.state.v1", key="buyer_code"):
    """What we need of a buyer (海外商社): may it be named, and from which country is it."""

    buyer_code: str
    country_code: str
    rating: str | None
    active: bool


class PolicyholderState(Event, type="identity.policyholder.state.v1", key="policyholder_code"):
    """What we need of a policyholder (保険利用者): that its code exists."""

    policyholder_code: str
    name_ja: str
    active: bool


class AgreementState(Event, type="underwriting.special_agreement.state.v1", key="agreement_code"):
    """What we need of a special agreement (特約): whose it is, from when until when.

    Units: `minimum_increase_amount` in yen.
    """

    agreement_code: str
    branch_office_code: str
    policyholder_code: str
    holder_name_ja: str
    holder_short_name_ja: str | None
    valid_from: date
    valid_to: date
    significant_delay_count: int
    minimum_increase_amount: Decimal


class CodeTableState(Event, type="premium.code_table.state.v1", key="edition"):
    """What we need of a code table (コード表): its codes with their attributes, from a day on."""

    name: str
    version: int
    valid_from: date
    rows: list[dict[str, Any]]


class InvoiceIssued(Event, type="premium.invoice.issued.v1", key="invoice_id"):
    """What we need of a premium invoice (保険料請求書): for which fixed ledger, and when."""

    invoice_id: str
    invoice_number: str
    fixed_ledger_id: str
    issued_on: date


@inbox.on
async def copy_buyer(tx: AsyncSession, fact: BuyerState) -> None:
    """A file may name the buyers of the register."""
    await _copy(tx, tables.Buyer, fact)


@inbox.on
async def copy_policyholder(tx: AsyncSession, fact: PolicyholderState) -> None:
    """A file may name registered policyholders."""
    await _copy(tx, tables.Policyholder, fact)


@inbox.on
async def copy_agreement(tx: AsyncSession, fact: AgreementState) -> None:
    """Files come under a special agreement of their sender."""
    await _copy(tx, tables.Agreement, fact)


@inbox.on
async def copy_code_table(tx: AsyncSession, fact: CodeTableState) -> None:
    """Codes in a file are those of the published tables."""
    # What was published once stays; the next version comes beside it.
    await tx.execute(insert(tables.CodeTable).values(fact.model_dump()).on_conflict_do_nothing())


@inbox.on
async def note_invoice(tx: AsyncSession, fact: InvoiceIssued) -> None:
    """From its invoice on, what a fixed ledger lists is corrected as 訂正内変."""
    await fixed_ledgers.note_invoice(
        tx, fact.fixed_ledger_id, fact.invoice_id, fact.invoice_number, fact.issued_on
    )


async def _copy(tx: AsyncSession, table: type[tables.Base], fact: Event) -> None:
    """Keep the full record that was told; a later one replaces it."""
    values = fact.model_dump()
    statement = insert(table).values(values)
    await tx.execute(statement.on_conflict_do_update(index_elements=[fact.event_key], set_=values))
